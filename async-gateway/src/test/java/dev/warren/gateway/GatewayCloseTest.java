package dev.warren.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.engine.connection.BrokerSettings;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class GatewayCloseTest {
  @Test
  void aLoopThatIsBlockedForEverDoesNotKeepItFromClosing() throws Exception {
    AtomicReference<Vertx> vertx = new AtomicReference<>();
    GatewaySettings some = GatewaySettings.of(BrokerSettings.of(URI.create("amqp://127.0.0.1:1")));
    Gateway gateway =
        new Gateway(
            new GatewaySettings(
                some.broker(),
                some.queues(),
                1,
                1,
                some.topology(),
                some.consumerTimeout(),
                Map.of(),
                null,
                some.stopGrace(),
                false),
            List.of(tasks -> vertx.set(tasks.vertx())));
    CountDownLatch blocked = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    vertx
        .get()
        .runOnContext(
            nothing -> {
              blocked.countDown();
              awaitQuietly(over);
            });
    blocked.await();
    try {
      assertThat(CompletableFuture.runAsync(gateway::close)).succeedsWithin(Duration.ofSeconds(60));
    } finally {
      over.countDown();
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
