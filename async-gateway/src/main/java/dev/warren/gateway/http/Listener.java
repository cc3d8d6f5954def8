package dev.warren.gateway.http;

import dev.warren.api.ConfigurationException;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.net.BindException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The servers that share one address, one on each event loop; HTTP/1.1 and h2c. */
final class Listener {
  private static final Logger LOG = LoggerFactory.getLogger(Listener.class);
  private static final Duration START_LIMIT = Duration.ofSeconds(10);
  private static final int LONGEST_FIRST_LINE = 4_096;

  /** Longer than the longest wait, during which nothing is sent. */
  private static final Duration IDLE = Duration.ofMinutes(2);

  private final HttpSettings settings;
  private final int port;
  private final AtomicInteger connections = new AtomicInteger();

  private Listener(HttpSettings settings, int port) {
    this.settings = settings;
    this.port = port;
  }

  static Listener open(Vertx vertx, HttpSettings settings, Routes routes, int loops) {
    try {
      return listening(vertx, settings, settings.port(), routes, loops);
    } catch (Exception failed) {
      // Not only unchecked ones: waiting for a future throws whatever failed it, undeclared.
      if (isTaken(failed) && !settings.exactly()) {
        LOG.info("port {} is taken; the HTTP API gets another one", settings.port());
        return listening(vertx, settings, 0, routes, loops);
      }
      throw new ConfigurationException(
          "cannot serve the HTTP API on %s:%d (%s): choose another --http, or port 0 for any"
              .formatted(settings.host(), settings.port(), failed.getMessage()),
          failed);
    }
  }

  private static Listener listening(
      Vertx vertx, HttpSettings settings, int port, Routes routes, int loops) {
    List<Server> servers = new CopyOnWriteArrayList<>();
    Listener waiting = new Listener(settings, port);
    waiting.deploy(
        vertx,
        () -> {
          Server server = waiting.new Server(routes);
          servers.add(server);
          return server;
        },
        loops);
    return new Listener(settings, servers.getFirst().bound);
  }

  URI address() {
    String host = settings.host();
    return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port);
  }

  private void deploy(Vertx vertx, Supplier<Server> servers, int loops) {
    try {
      vertx
          .deployVerticle(servers, new DeploymentOptions().setInstances(loops))
          .await(START_LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException stuck) {
      throw new IllegalStateException("no event loop answered within " + START_LIMIT, stuck);
    }
  }

  private HttpServerOptions options() {
    HttpServerOptions options =
        new HttpServerOptions()
            .setMaxHeaderSize(settings.limits().headerBytes())
            .setMaxInitialLineLength(LONGEST_FIRST_LINE)
            .setHandle100ContinueAutomatically(false)
            .setIdleTimeout((int) IDLE.toSeconds())
            .setTcpKeepAlive(true);
    options.getInitialSettings().setMaxHeaderListSize(settings.limits().headerBytes());
    return options;
  }

  private void connected(HttpConnection connection) {
    if (connections.incrementAndGet() > settings.limits().connections()) {
      connection.close();
    }
    connection.closeHandler(closed -> connections.decrementAndGet());
  }

  private static boolean isTaken(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof BindException) {
        return true;
      }
    }
    return false;
  }

  /** The server of one event loop. */
  private final class Server extends VerticleBase {
    private final Routes routes;
    private volatile int bound;

    Server(Routes routes) {
      this.routes = routes;
    }

    @Override
    public Future<?> start() {
      HttpServer server = vertx.createHttpServer(options());
      return server
          .connectionHandler(Listener.this::connected)
          .invalidRequestHandler(Server::unreadable)
          .exceptionHandler(broken -> LOG.debug("a connection failed", broken))
          .requestHandler(routes.router(vertx))
          // Below zero: any port, but the same for all of them.
          .listen(port == 0 ? -1 : port, settings.host())
          .onSuccess(listening -> bound = listening.actualPort());
    }

    /** Bad request lines and headers do not reach the router. */
    private static void unreadable(HttpServerRequest request) {
      Throwable cause = request.decoderResult().cause();
      String why =
          cause == null || cause.getMessage() == null ? "" : " (" + cause.getMessage() + ")";
      boolean long_ = cause instanceof io.netty.handler.codec.TooLongFrameException;
      Problem problem =
          long_
              ? Problem.of(
                  "headers-too-large",
                  431,
                  "Headers too large",
                  "the first line takes more than 4 kB or the headers more than 16 kB: send less")
              : Problems.badRequest("the request is no HTTP" + why);
      request
          .response()
          .setStatusCode(problem.status())
          .putHeader("Content-Type", Answers.PROBLEM)
          .end(io.vertx.core.buffer.Buffer.buffer(Documents.problem(problem)))
          .onComplete(sent -> request.connection().close());
    }
  }
}
