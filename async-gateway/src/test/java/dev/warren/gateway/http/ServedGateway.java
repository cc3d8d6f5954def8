package dev.warren.gateway.http;

import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.warren.api.Outcome;
import dev.warren.api.RejectedTask;
import dev.warren.api.TaskId;
import dev.warren.api.TaskType;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.wire.Event;
import dev.warren.engine.wire.EventCodec;
import dev.warren.engine.wire.Lineage;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.gateway.Gateway;
import dev.warren.gateway.GatewaySettings;
import dev.warren.gateway.aggregate.ResultStore;
import dev.warren.gateway.aggregate.StoreSettings;
import dev.warren.producer.WarrenClient;
import dev.warren.testkit.VirtualHost;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
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
  private final ResultStore store;
  private final HttpApi api;
  private final Connection feed;
  private final Caller caller;
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  ServedGateway(VirtualHost host, Path folder, HttpSettings settings) {
    store = ResultStore.open(StoreSettings.in(folder.resolve("store")), registry);
    gateway =
        new Gateway(
            GatewaySettings.of(BrokerSettings.of(host.uri())),
            List.of(
                tasks -> {
                  tasks.register(SAY, (argument, context) -> Future.succeededFuture(argument));
                  tasks.register(
                      REFUSE,
                      (argument, context) -> Future.failedFuture(new RejectedTask("not this")));
                  tasks.register(HOLD, (argument, context) -> Future.future(promise -> {}));
                }));
    try {
      gateway.member().start();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
    feed = feed(host);
    api =
        new HttpApi(
            settings,
            new HttpApi.Parts(
                store,
                () ->
                    WarrenClient.builder()
                        .broker(host.uri())
                        .typeCache(folder.resolve("types"))
                        .connect(),
                gateway::health,
                gateway::metrics,
                registry));
    api.start();
    caller = new Caller(api.address());
    await().atMost(LIMIT).until(() -> gateway.member().health().ready());
  }

  /** Records what the fleet tells, as the aggregator does. */
  private Connection feed(VirtualHost host) {
    Connection connection = host.connect("feed");
    try {
      Channel channel = connection.createChannel();
      String queue = channel.queueDeclare().getQueue();
      channel.queueBind(queue, "warren.events", "#");
      channel.basicConsume(
          queue,
          true,
          (tag, message) -> {
            for (Event event : EventCodec.read(message.getBody(), unreadable -> {})) {
              store.note(event).toCompletableFuture().join();
            }
          },
          tag -> {});
      return connection;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Records the end of a task that ran nowhere. */
  void ended(TaskId id, Lineage lineage, String result) {
    store
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

  HttpApi api() {
    return api;
  }

  ResultStore store() {
    return store;
  }

  /** How many requests of a kind are held open. */
  double held(String kind) {
    return registry.get("warren.http.held").tag("kind", kind).gauge().value();
  }

  @Override
  public void close() {
    caller.close();
    api.close();
    gateway.close();
    try {
      feed.close();
    } catch (IOException gone) {
      throw new UncheckedIOException(gone);
    }
    store.close();
  }
}
