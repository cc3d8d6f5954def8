package dev.warren.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.api.TaskHandle;
import dev.warren.api.TaskId;
import dev.warren.api.TaskType;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.registry.TypeAnnouncement;
import dev.warren.gateway.aggregate.StoreSettings;
import dev.warren.gateway.lane.AsyncTaskProvider;
import dev.warren.producer.WarrenClient;
import dev.warren.testkit.ConnectionView;
import dev.warren.testkit.QueueView;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What strangers put into the queues and streams that are not for tasks. */
@RabbitMq
class GarbageTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Predicate<String> NOT_FOR_TASKS =
      Pattern.compile("warren\\.(control|wait|live|outcomes|cancellations|registry)\\b.*")
          .asMatchPredicate();
  private static final TaskType<Integer, Integer> LATER =
      TaskType.of("test.later", Integer.class, Integer.class)
          .with(options -> options.withQueue("async"));
  private static final List<String> BODIES =
      List.of(
          "{",
          "[]",
          "null",
          "42",
          "\"text\"",
          "{} {}",
          "[[[[{\"event\":[1]}]]]]",
          "[1,null,\"x\",{\"event\":null}]",
          "{\"control\":7,\"reply\":{}}",
          "{\"control\":\"find\",\"task\":\"x\",\"reply\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}",
          "{\"task\":1,\"at\":\"someday\"}",
          "{\"task\":\"nobody\",\"generation\":-1}",
          "{\"batch\":\"\"}",
          "{\"queue\":{},\"type\":[],\"at\":-1,\"version\":{}}",
          "{\"queue\":\"a queue\",\"type\":\"a type\",\"at\":9223372036854775807}",
          "{\"type\":\"x\",\"queue\":\"default\",\"arguments\":7,\"timeLimitMs\":-1}",
          "[{\"event\":\"outcome\"},{\"event\":\"outcome\",\"task\":\"%s\",\"type\":\"t\"}]"
              .formatted(TaskId.next()),
          ("[{\"event\":\"outcome\",\"task\":\"%s\",\"type\":\"t\",\"queue\":\"q\",\"generation\":-7,"
                  + "\"status\":\"dead\",\"endedAt\":9223372036854775807}]")
              .formatted(TaskId.next()),
          "[{\"event\":\"batch-closed\",\"batch\":\"b\",\"members\":-9}]",
          "\"" + "x".repeat(300_000) + "\"");

  private final VirtualHost host;
  @TempDir Path folder;

  GarbageTest(VirtualHost host) {
    this.host = host;
  }

  private void publishAll() {
    List<BasicProperties> properties =
        List.of(
            new BasicProperties.Builder().build(),
            new BasicProperties.Builder()
                .type("warren.cancellation")
                .contentType("image/png")
                .headers(Map.of("x-stream-offset", "none", "warren-version", "new"))
                .build(),
            new BasicProperties.Builder().type("warren.pause").messageId("").build());
    List<String> queues =
        host.queues().stream().map(QueueView::name).filter(NOT_FOR_TASKS).toList();
    assertThat(queues)
        .contains("warren.outcomes", "warren.cancellations", "warren.registry")
        .anyMatch(name -> name.startsWith("warren.control."))
        .anyMatch(name -> name.startsWith("warren.wait."));
    for (String queue : queues) {
      for (int i = 0; i < BODIES.size(); i++) {
        host.publish(
            "",
            queue,
            properties.get(i % properties.size()),
            BODIES.get(i).getBytes(StandardCharsets.UTF_8));
      }
      host.publish("", queue, properties.get(0), new byte[] {-1, -2, 0, 3});
    }
  }

  private Set<String> connections() {
    return host.connections().stream()
        .filter(connection -> connection.clientName().startsWith("warren-"))
        .map(ConnectionView::name)
        .collect(Collectors.toSet());
  }

  @Test
  void neitherGatewayNorClientNorAnyOfTheirConnectionsIsHurt() throws Exception {
    AsyncTaskProvider provider =
        registry ->
            registry.register(LATER, (number, context) -> Future.succeededFuture(number + 1));
    Gateway gateway =
        new Gateway(
            GatewaySettings.of(BrokerSettings.of(host.uri()))
                .withStore(StoreSettings.in(folder.resolve("data"))),
            List.of(provider));
    try (gateway;
        WarrenClient client =
            WarrenClient.builder().broker(host.uri()).typeCache(folder).connect()) {
      gateway.startAggregating();
      gateway.member().start();
      await().atMost(LIMIT).until(() -> gateway.member().health().ready());
      assertThat(client.submit(LATER, 1).await(LIMIT)).isEqualTo(2);
      await().atMost(LIMIT).until(() -> connections().size() >= 6);
      Set<String> before = connections();

      publishAll();

      TaskHandle<Integer> good = client.submit(LATER, 41);
      assertThat(good.await(LIMIT)).isEqualTo(42);
      assertThat(client.fleet().ping(LIMIT)).hasSize(1);
      assertThat(client.types().refresh(Duration.ofSeconds(20)))
          .extracting(TypeAnnouncement::type)
          .contains("test.later");
      assertThat(gateway.member().health().ready()).isTrue();
      await().atMost(LIMIT).until(() -> host.readyCount("warren.outcomes") == 0);
      assertThat(connections()).containsAll(before);
    }

    // Who comes later reads the streams from their beginning.
    Gateway later =
        new Gateway(GatewaySettings.of(BrokerSettings.of(host.uri())), List.of(provider));
    try (later;
        WarrenClient client =
            WarrenClient.builder().broker(host.uri()).typeCache(folder).connect()) {
      later.member().start();
      await().atMost(LIMIT).until(() -> later.member().health().ready());
      assertThat(client.submit(LATER, 6).await(LIMIT)).isEqualTo(7);
    }
  }
}
