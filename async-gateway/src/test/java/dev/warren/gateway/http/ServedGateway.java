package dev.warren.gateway.http;

import static org.awaitility.Awaitility.await;

import dev.warren.api.Outcome;
import dev.warren.api.RejectedTask;
import dev.warren.api.TaskId;
import dev.warren.api.TaskType;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.wire.Lineage;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.gateway.Gateway;
import dev.warren.gateway.GatewaySettings;
import dev.warren.gateway.aggregate.ResultStore;
import dev.warren.gateway.aggregate.StoreSettings;
import dev.warren.producer.WarrenClient;
import dev.warren.testkit.VirtualHost;
import io.vertx.core.Future;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A gateway with its API on a real broker, and a caller. */
final class ServedGateway implements AutoCloseable {
  static final Duration LIMIT = Duration.ofSeconds(60);
  static final TaskType<String, String> SAY =
      TaskType.of("test.say", String.class, String.class)
          .with(options -> options.withQueue("async"));
  private static final TaskType<String, String> REFUSE =
      TaskType.of("test.refuse", String.class, String.class)
          .with(options -> options.withQueue("async"));
  private static final TaskType<String, String> HOLD =
      TaskType.of("test.hold", String.class, String.class)
          .with(options -> options.withQueue("async"));

  private final Gateway gateway;
  private final URI address;
  private final Caller caller;

  ServedGateway(VirtualHost host, Path folder, HttpSettings settings) {
    gateway =
        new Gateway(
            GatewaySettings.of(BrokerSettings.of(host.uri()))
                .withStore(StoreSettings.in(folder.resolve("store")))
                // HOLD does not react to anything.
                .withStopGrace(Duration.ofSeconds(1)),
            List.of(
                tasks -> {
                  tasks.register(SAY, (argument, context) -> Future.succeededFuture(argument));
                  tasks.register(
                      REFUSE,
                      (argument, context) -> Future.failedFuture(new RejectedTask("not this")));
                  tasks.register(HOLD, (argument, context) -> Future.future(promise -> {}));
                }));
    try {
      gateway.startAggregating();
      address = gateway.startServing(settings);
      gateway.member().start();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
    caller = new Caller(address);
    await().atMost(LIMIT).until(() -> gateway.health().ready());
    try (WarrenClient client =
        WarrenClient.builder().broker(host.uri()).typeCache(folder.resolve("types")).connect()) {
      await()
          .atMost(LIMIT)
          .until(
              () ->
                  client.types().refresh(LIMIT).stream()
                      .anyMatch(type -> type.type().equals(SAY.name())));
    }
  }

  /** Records the end of a task that ran nowhere. */
  void ended(TaskId id, Lineage lineage, String result) {
    store()
        .note(
            new OutcomeEvent(
                id,
                1,
                "test.say",
                "async",
                1,
                "worker",
                "async",
                Instant.now(),
                Instant.now(),
                Instant.now(),
                Outcome.Status.SUCCEEDED,
                JsonText.of(result),
                null,
                lineage,
                false))
        .toCompletableFuture()
        .join();
  }

  Caller caller() {
    return caller;
  }

  URI address() {
    return address;
  }

  ResultStore store() {
    return gateway.results().orElseThrow();
  }

  void beginStop() {
    gateway.beginStopServing();
  }

  /** How many requests of a kind are held open. */
  double held(String kind) {
    return gateway
        .metrics()
        .lines()
        .filter(line -> line.startsWith("warren_http_held{kind=\"" + kind + "\""))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void close() {
    caller.close();
    gateway.close();
  }
}
