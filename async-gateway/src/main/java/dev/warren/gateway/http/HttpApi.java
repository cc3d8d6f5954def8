package dev.warren.gateway.http;

import dev.warren.api.ConfigurationException;
import dev.warren.engine.health.AddressFile;
import dev.warren.engine.health.Health;
import dev.warren.gateway.aggregate.ResultStore;
import dev.warren.producer.WarrenClient;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP API of a gateway. It has event loops of its own, so that a task which blocks a loop of
 * the lane keeps nobody from asking how the gateway is. Make it, {@link #start}, {@link #stop} and
 * {@link #close}.
 */
public final class HttpApi implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpApi.class);
  private static final int LOOPS = 2;
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);
  private static final Duration TOKEN_CHECK = Duration.ofSeconds(1);

  private final HttpSettings settings;
  private final Vertx vertx;
  private final Traffic traffic;
  private final Submissions submissions;
  private final Optional<TokenFile> token;
  private final Routes routes;
  private @Nullable Listener listener;

  /**
   * What it serves.
   *
   * @param connect makes the library's client; called when the first task comes
   * @param health may block, like {@code metrics}, the text of {@code /metrics}
   */
  public record Parts(
      ResultStore store,
      Supplier<WarrenClient> connect,
      Supplier<Health> health,
      Supplier<String> metrics,
      MeterRegistry registry) {}

  /**
   * Makes an API that is not served yet.
   *
   * @throws ConfigurationException if the token file cannot be used
   */
  public HttpApi(HttpSettings settings, Parts parts) {
    this.settings = settings;
    token = settings.token().map(TokenFile::new);
    traffic = new Traffic(settings.limits());
    submissions = new Submissions(parts.connect());
    HttpMetrics metrics = new HttpMetrics(parts.registry(), traffic);
    Waits waits = new Waits(traffic);
    List<Resource> resources = new ArrayList<>();
    Gatekeeper gatekeeper = new Gatekeeper(token);
    resources.add(new HealthResource(parts.health(), parts.metrics(), gatekeeper));
    HttpLimits limits = settings.limits();
    Uploads uploads = new Uploads(submissions, traffic, limits, metrics.uploadedTasks());
    resources.add(new TaskResource(parts.store(), submissions, waits, limits));
    resources.add(new BatchResource(parts.store(), submissions, waits, uploads, limits));
    resources.add(new ResultResource(parts.store(), traffic, limits));
    resources.add(new EventResource(parts.store(), traffic, limits));
    routes = new Routes(metrics, traffic, gatekeeper, resources);
    vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(LOOPS).setWorkerPoolSize(LOOPS));
  }

  /**
   * Begins to serve.
   *
   * @throws ConfigurationException if the address cannot be had, or not be written
   */
  public void start() {
    listener = Listener.open(vertx, settings, routes, LOOPS);
    token.ifPresent(
        file ->
            vertx.setPeriodic(
                TOKEN_CHECK.toMillis(),
                fired ->
                    vertx.executeBlocking(
                        () -> {
                          file.refresh();
                          return "";
                        })));
    LOG.info("the HTTP API is at {}{}", address(), token.isPresent() ? ", with a token" : "");
    Path file = settings.addressFile();
    if (file != null) {
      AddressFile.write(file, address(), "the HTTP API");
    }
  }

  /** Where it is served. */
  public URI address() {
    Listener open = listener;
    if (open == null) {
      throw new IllegalStateException("the HTTP API is not started");
    }
    return open.address();
  }

  /** What can be asked of it. */
  List<Operation> operations() {
    return routes.operations();
  }

  /** Begins to stop: refuses new requests, ends streams and waits. Returns at once. */
  public void beginStop() {
    traffic.stop();
  }

  /** Stops in order: what is being answered gets the grace to come to its end. */
  public void stop(Duration grace) throws InterruptedException {
    traffic.stop();
    if (!traffic.awaitIdle(grace)) {
      LOG.warn("{} requests did not end within {} s", traffic.requests(), grace.toSeconds());
    }
  }

  /** Ends everything at once. */
  @Override
  public void close() {
    traffic.stop();
    try {
      vertx.close().await(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException stuck) {
      LOG.warn("the HTTP API ends later: a request holds an event loop");
    }
    submissions.close();
  }
}
