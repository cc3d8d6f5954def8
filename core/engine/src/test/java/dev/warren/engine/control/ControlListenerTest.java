package dev.warren.engine.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.connection.ProcessName;
import dev.warren.engine.delivery.DrainReport;
import dev.warren.engine.delivery.HeldTask;
import dev.warren.engine.topology.Declarer;
import dev.warren.engine.topology.Topology;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.EventCodec;
import dev.warren.engine.wire.Pong;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@RabbitMq
class ControlListenerTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static final HeldTask HELD =
      new HeldTask(
          TaskId.next(),
          2,
          3,
          "echo",
          "default",
          HeldTask.State.RUNNING,
          Instant.ofEpochMilli(1_800_000_000_000L),
          "virtual");

  private final VirtualHost host;
  private final Connections connections;
  private final Connection asker;
  private final Channel channel;
  private final ControlListener listener;
  private final Queue<String> answers = new ConcurrentLinkedQueue<>();
  private final Queue<Pong> pongs = new ConcurrentLinkedQueue<>();

  ControlListenerTest(VirtualHost host) throws Exception {
    this.host = host;
    connections = new Connections(BrokerSettings.of(host.uri()), ProcessName.of("test"));
    new Declarer(connections).apply(Topology.fleet());
    asker = host.connect("asker");
    channel = asker.createChannel();
    String queue = channel.queueDeclare().getQueue();
    channel.queueBind(queue, TopologyNames.EVENTS, "pong.#");
    channel.basicConsume(
        queue,
        true,
        (tag, delivery) -> {
          EventCodec.read(
                  delivery.getBody(),
                  unreadable -> {
                    throw unreadable;
                  })
              .forEach(event -> pongs.add((Pong) event));
          answers.add(delivery.getEnvelope().getRoutingKey());
        },
        tag -> {});
    listener =
        new ControlListener(
            connections,
            () -> JsonCodec.json().createObjectNode().put("state", "fine"),
            task -> Optional.of(HELD).filter(held -> held.task().equals(task)));
  }

  @BeforeEach
  void start() {
    listener.start();
    awaitQueue();
  }

  @AfterEach
  void close() throws Exception {
    listener.close();
    asker.close();
  }

  @Test
  void aPingIsAnsweredToWhoAsked() throws Exception {
    say("{\"control\":\"ping\",\"reply\":\"me\"}");

    await().atMost(LIMIT).until(() -> answers.contains("pong.-.me"));
    assertThat(pongs.peek())
        .satisfies(
            pong -> {
              assertThat(pong.process()).isEqualTo(connections.process().text());
              assertThat(pong.about().path("state").asText()).isEqualTo("fine");
            });
  }

  @Test
  void whoHoldsATaskSaysSoAndNobodyElse() throws Exception {
    say("{\"control\":\"find\",\"task\":\"" + TaskId.next() + "\",\"reply\":\"other\"}");
    say("{\"control\":\"find\",\"task\":\"" + HELD.task() + "\",\"reply\":\"held\"}");

    await().atMost(LIMIT).until(() -> answers.contains("pong.-.held"));
    assertThat(answers).containsExactly("pong.-.held");
    assertThat(pongs)
        .singleElement()
        .satisfies(pong -> assertThat(HeldTask.read(pong.about().path("found"))).isEqualTo(HELD));
  }

  @Test
  void whatIsNotUnderstoodIsPassedOver() throws Exception {
    for (String nonsense :
        List.of(
            "",
            "no JSON",
            "[1,2]",
            "{\"control\":\"explode\",\"reply\":\"a\"}",
            "{\"control\":\"ping\"}",
            "{\"control\":\"find\",\"reply\":\"a\"}",
            "{\"control\":\"find\",\"task\":\"none\",\"reply\":\"a\"}",
            "{\"control\":\"ping\",\"reply\":\"a.b\"}",
            "{\"control\":\"ping\",\"reply\":\"" + "x".repeat(300) + "\"}")) {
      say(nonsense);
    }
    say("{\"control\":\"ping\",\"reply\":\"after\"}");

    await().atMost(LIMIT).until(() -> answers.contains("pong.-.after"));
    assertThat(answers).containsExactly("pong.-.after");
  }

  @Test
  void whoIsToldToStopObeysAnswersAndHasALastWord() throws Exception {
    Queue<StopOrder> orders = new ConcurrentLinkedQueue<>();
    listener.whenToldToStop(
        order -> {
          orders.add(order);
          return order.obeyed(Duration.ofSeconds(7), true);
        });
    String me = connections.process().text();
    say("{\"control\":\"drain\",\"process\":\"" + me + "x\",\"reply\":\"other\"}");
    say("{\"control\":\"drain\",\"reply\":\"nobody\"}");
    say("{\"control\":\"restart\",\"process\":\"" + me + "\",\"by\":\"ops\",\"reply\":\"mine\"}");

    await().atMost(LIMIT).until(() -> answers.contains("pong.-.mine"));
    listener.stopped(new DrainReport(3, 1, Duration.ofMillis(1_500)));
    listener.close();

    await().atMost(LIMIT).until(() -> pongs.size() == 2);
    assertThat(answers).containsExactly("pong.-.mine", "pong.-.mine");
    assertThat(orders).containsExactly(new StopOrder(StopOrder.Action.RESTART, "ops"));
    assertThat(pongs)
        .extracting(pong -> pong.about().toString())
        .containsExactly(
            "{\"stopping\":{\"action\":\"restart\",\"graceMillis\":7000,\"supervised\":true}}",
            "{\"stopped\":{\"returned\":3,\"interrupted\":1,\"tookMillis\":1500}}");
  }

  @Test
  void whoCannotStopSaysSo() throws Exception {
    say(
        "{\"control\":\"drain\",\"process\":\""
            + connections.process().text()
            + "\",\"reply\":\"me\"}");

    await().atMost(LIMIT).until(() -> !pongs.isEmpty());
    assertThat(pongs.element().about().path("stopping").path("refused").asText())
        .contains("other means");
  }

  @Test
  void itListensAgainAfterItsConnectionWasLost() throws Exception {
    host.closeConnections(connections.process().text() + " control");

    await()
        .atMost(LIMIT)
        .untilAsserted(
            () -> {
              say("{\"control\":\"ping\",\"reply\":\"again\"}");
              assertThat(answers).contains("pong.-.again");
            });
  }

  private void say(String message) throws Exception {
    channel.basicPublish(
        TopologyNames.CONTROL,
        "",
        new BasicProperties.Builder().contentType("application/json").build(),
        message.getBytes(StandardCharsets.UTF_8));
  }

  private void awaitQueue() {
    String queue = TopologyNames.control(connections.process().token());
    await()
        .atMost(LIMIT)
        .until(() -> host.queues().stream().anyMatch(one -> one.name().equals(queue)));
  }
}
