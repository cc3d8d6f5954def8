package dev.warren.bench.lane;

import dev.warren.api.TaskContext;
import dev.warren.gateway.lane.AsyncTaskProvider;
import dev.warren.gateway.lane.AsyncTaskRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.NetClient;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The same for event loops, as far as it can be done without blocking one; and a loop that blocks
 * one all the same. Without the setting {@value LanesTasks#LANE_SETTING} there is nothing.
 */
public final class LanesAsyncTasks implements AsyncTaskProvider {
  private static final int CONNECTIONS = 1_000;
  private static final String LOOPBACK = "127.0.0.1";

  @Override
  public void register(AsyncTaskRegistry registry) {
    registry
        .setting(LanesTasks.LANE_SETTING)
        .ifPresent(lane -> register(registry, DemoLane.valueOf(lane).queue()));
  }

  private static void register(AsyncTaskRegistry registry, String queue) {
    Duration limit = LanesTasks.limit(registry.setting(LanesTasks.LIMIT_SETTING));
    Vertx vertx = registry.vertx();
    HttpClient http =
        vertx.createHttpClient(
            new HttpClientOptions(), new PoolOptions().setHttp1MaxSize(CONNECTIONS));
    NetClient net = vertx.createNetClient();
    registry.register(LanesTypes.pause(queue), (pause, context) -> pause(vertx, pause.millis()));
    registry.register(LanesTypes.fetch(queue), (page, context) -> fetch(http, page.url()));
    registry.register(
        LanesTypes.read(queue, limit), (silence, context) -> read(net, silence.port()));
    registry.register(LanesTypes.loop(queue, limit), LanesAsyncTasks::loop);
  }

  private static Future<LanesTypes.Span> pause(Vertx vertx, long millis) {
    long began = System.currentTimeMillis();
    return vertx
        .timer(millis, TimeUnit.MILLISECONDS)
        .map(over -> new LanesTypes.Span(began, System.currentTimeMillis()));
  }

  private static Future<LanesTypes.Length> fetch(HttpClient http, URI page) {
    return http.request(HttpMethod.GET, page.getPort(), page.getHost(), page.getPath())
        .compose(HttpClientRequest::send)
        .compose(HttpClientResponse::body)
        .map(body -> new LanesTypes.Length(body.length()));
  }

  private static Future<LanesTypes.Nothing> read(NetClient net, int port) {
    return net.connect(port, LOOPBACK)
        .compose(
            socket -> {
              Promise<LanesTypes.Nothing> answer = Promise.promise();
              socket.endHandler(end -> answer.complete(new LanesTypes.Nothing()));
              return answer.future();
            });
  }

  private static Future<LanesTypes.Nothing> loop(LanesTypes.Turns turns, TaskContext context) {
    for (long turn = 0; turn != turns.count(); turn++) {
      Thread.onSpinWait();
    }
    return Future.succeededFuture(new LanesTypes.Nothing());
  }
}
