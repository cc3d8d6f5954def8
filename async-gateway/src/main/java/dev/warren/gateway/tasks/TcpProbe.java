package dev.warren.gateway.tasks;

import dev.warren.api.RejectedTask;
import dev.warren.api.TaskContext;
import dev.warren.api.TaskType;
import dev.warren.gateway.lane.AsyncTaskHandler;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** {@code tcp.probe}: whether something accepts connections. */
public final class TcpProbe implements AsyncTaskHandler<TcpProbe.Arguments, TcpProbe.Result> {
  public static final TaskType<Arguments, Result> TYPE =
      TaskType.of("tcp.probe", Arguments.class, Result.class)
          .with(options -> options.withQueue(BuiltInAsyncTasks.QUEUE))
          .describedAs("Connects to a TCP port and closes again: whether, where and how fast");

  private final Vertx vertx;
  private final Destinations destinations;
  private final NetClient client;

  TcpProbe(Vertx vertx, Destinations destinations) {
    this.vertx = vertx;
    this.destinations = destinations;
    this.client = vertx.createNetClient(new NetClientOptions());
  }

  /**
   * What to connect to.
   *
   * @param host a name or an IP address
   * @param port 1 to 65535
   * @param timeout default is 5 s, at most 1 min
   */
  public record Arguments(String host, int port, @Nullable Duration timeout) {
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration LONGEST = Duration.ofMinutes(1);

    public Arguments {
      if (host == null || host.isBlank()) {
        throw new RejectedTask("'host' is missing: a name or an IP address");
      }
      if (port < 1 || port > 65_535) {
        throw new RejectedTask("'port' is from 1 to 65535, not " + port);
      }
      HttpArguments.requireTimeout(timeout);
      if (timeout != null && timeout.compareTo(LONGEST) > 0) {
        throw new RejectedTask("'timeout' is at most " + LONGEST.toSeconds() + " s");
      }
    }
  }

  /**
   * What came of it; that nothing accepts is a result, not a failure.
   *
   * @param address the IP address tried; null if the host has none
   * @param reason why it is not connected; null if it is
   * @param millis for the connection, the lookup of the name left out
   */
  public record Result(
      boolean connected, @Nullable String address, long millis, @Nullable String reason) {}

  @Override
  public Future<Result> handle(Arguments arguments, TaskContext context) {
    Duration timeout = Objects.requireNonNullElse(arguments.timeout(), Arguments.DEFAULT_TIMEOUT);
    Abort abort = new Abort(vertx, context, timeout);
    return abort
        .guard(
            destinations
                .of(arguments.host())
                .compose(
                    addresses -> probe(addresses.getFirst(), arguments.port(), timeout, abort)))
        .onComplete(any -> abort.over())
        .recover(
            failed ->
                failed instanceof UnreachableException unreachable
                    ? Future.succeededFuture(new Result(false, null, 0, unreachable.getMessage()))
                    : Future.failedFuture(failed));
  }

  private Future<Result> probe(InetAddress address, int port, Duration timeout, Abort abort) {
    long began = System.nanoTime();
    String where = address.getHostAddress();
    return client
        .connect(
            new ConnectOptions()
                .setRemoteAddress(
                    SocketAddress.inetSocketAddress(new InetSocketAddress(address, port)))
                .setTimeout((int) Math.max(1, timeout.toMillis())))
        .map(
            socket -> {
              abort.closing(why -> socket.close());
              Result result = new Result(true, where, millis(began), null);
              close(socket);
              return result;
            })
        .recover(
            failed ->
                Future.succeededFuture(
                    new Result(false, where, millis(began), failed.getMessage())));
  }

  private static void close(NetSocket socket) {
    // What the other side may have sent already is of no interest.
    socket.exceptionHandler(broken -> {});
    socket.close();
  }

  private static long millis(long began) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
  }
}
