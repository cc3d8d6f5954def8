package dev.warren.engine.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import dev.warren.api.TopologyMismatchException;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.connection.ProcessName;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

@RabbitMq
class DeclarerTest {
  private final VirtualHost host;
  private final Declarer declarer;

  DeclarerTest(VirtualHost host) {
    this.host = host;
    this.declarer = declarer(host);
  }

  private static Declarer declarer(VirtualHost host) {
    return new Declarer(new Connections(BrokerSettings.of(host.uri()), ProcessName.of("test")));
  }

  @Test
  void whatWasAppliedIsThereAndEqual() {
    Topology all = Topology.fleet().and(Topology.workQueue("default")).and(Topology.outcomes());

    declarer.apply(all);
    declarer.apply(all);

    declarer.verify(all);
    assertThat(declarer.diff(all))
        .hasSize(all.exchanges().size() + all.queues().size())
        .allSatisfy(each -> assertThat(each.state()).isEqualTo(Difference.State.OK));
  }

  @Test
  void severalProcessesMayApplyAtOnce() throws Exception {
    try (VirtualHost fresh = host.broker().createVirtualHost("apply-at-once");
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        running.add(
            threads.submit(
                () ->
                    declarer(fresh)
                        .establish(TopologyMode.APPLY, Map.of("default", Set.of("echo")))));
      }
      for (Future<?> each : running) {
        each.get();
      }
      declarer(fresh).establish(TopologyMode.VERIFY, Map.of("default", Set.of("echo")));
    }
  }

  @Test
  void verifyNamesWhatIsMissingAndDeclaresNothing() {
    try (VirtualHost empty = host.broker().createVirtualHost("verify-empty")) {
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> declarer(empty).verify(Topology.fleet()))
            .isInstanceOf(TopologyMismatchException.class)
            .hasMessageContaining("lacks exchange warren.unrouted")
            .hasMessageContaining("topology apply")
            .hasMessageContaining(empty.name());
      }
      assertThat(declarer(empty).diff(Topology.workQueue("default")))
          .extracting(Difference::toString)
          .containsExactly("queue warren.dead.default: missing", "queue warren.q.default: missing");
    }
  }

  @Test
  void anotherArgumentIsNamedWithBothValues() throws Exception {
    declarer.apply(Topology.fleet());
    Map<String, Object> other =
        new HashMap<>(queue(Topology.workQueue("odd"), "warren.q.odd").arguments());
    other.put("x-delivery-limit", 3);
    try (Connection connection = host.connect("test");
        Channel channel = connection.createChannel()) {
      channel.queueDeclare("warren.q.odd", true, false, false, other);
    }

    assertThatThrownBy(() -> declarer.apply(Topology.workQueue("odd")))
        .isInstanceOf(TopologyMismatchException.class)
        .hasMessageContaining("queue warren.q.odd: x-delivery-limit should be 20 and is 3");
    assertThat(declarer.diff(Topology.workQueue("odd")))
        .contains(new Difference("queue warren.dead.odd", Difference.State.OK, "", "", "", ""))
        .anySatisfy(
            each -> {
              assertThat(each.state()).isEqualTo(Difference.State.DIFFERENT);
              assertThat(each.argument()).isEqualTo("x-delivery-limit");
              assertThat(each.expected()).isEqualTo("20");
              assertThat(each.found()).isEqualTo("3");
            });
  }

  @Test
  void anotherKindOfExchangeIsNamedToo() throws Exception {
    try (VirtualHost odd = host.broker().createVirtualHost("odd-exchange")) {
      try (Connection connection = odd.connect("test");
          Channel channel = connection.createChannel()) {
        channel.exchangeDeclare(TopologyNames.TASKS, "fanout", true);
        channel.queueDeclare(TopologyNames.OUTCOMES, true, false, false, Map.of());
      }
      assertThatThrownBy(() -> declarer(odd).apply(Topology.fleet()))
          .isInstanceOf(TopologyMismatchException.class)
          .hasMessageContaining("exchange warren.tasks: type should be direct and is fanout");
      assertThatThrownBy(() -> declarer(odd).apply(Topology.outcomes()))
          .isInstanceOf(TopologyMismatchException.class)
          .hasMessageContaining("queue warren.outcomes: x-");
    }
  }

  @Test
  void aBindingToAMissingQueueSaysWhatToDo() {
    assertThatThrownBy(() -> declarer.bind(Topology.type("nowhere", "echo")))
        .isInstanceOf(TopologyMismatchException.class)
        .hasMessageContaining("warren.q.nowhere")
        .hasMessageContaining("topology apply");
  }

  @Test
  void exclusiveQueuesLiveOnTheChannelThatDeclaresThem() throws Exception {
    declarer.apply(Topology.fleet());
    try (Connection connection = host.connect("test");
        Channel channel = connection.createChannel()) {
      Declarer.declareOn(channel, Topology.control("worker-a-1-abc"));
      Declarer.declareOn(channel, Topology.live("gateway-a-1-abc"));
      channel.basicPublish(
          TopologyNames.CONTROL, "", null, "ping".getBytes(StandardCharsets.UTF_8));
      Awaitility.await()
          .until(() -> channel.basicGet("warren.control.worker-a-1-abc", true) != null);
    }
    assertThatThrownBy(() -> declarer.apply(Topology.control("x")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aTaskComesThroughTheLadderOnlyAfterItsDelay() throws Exception {
    declarer.apply(Topology.fleet().and(Topology.workQueue("late")));
    String oneSecond = "0.".repeat(TopologyNames.DELAY_LEVELS - 1) + "1.late.image.thumbnail";
    try (Connection connection = host.connect("test");
        Channel channel = connection.createChannel()) {
      channel.confirmSelect();
      long sent = System.nanoTime();
      channel.basicPublish(
          TopologyNames.delay(TopologyNames.DELAY_LEVELS - 1),
          oneSecond,
          true,
          MessageProperties.PERSISTENT_BASIC,
          new byte[] {1});
      channel.waitForConfirmsOrDie(10_000);

      GetResponse arrived =
          Awaitility.await()
              .atMost(Duration.ofSeconds(20))
              .until(() -> channel.basicGet("warren.q.late", true), message -> message != null);

      assertThat(Duration.ofNanos(System.nanoTime() - sent))
          .isGreaterThanOrEqualTo(Duration.ofSeconds(1));
      assertThat(arrived.getEnvelope().getRoutingKey()).isEqualTo(oneSecond);
    }
  }

  @Test
  void whatNobodyBoundLeavesTheLadderForTheUnroutedQueue() throws Exception {
    declarer.apply(Topology.fleet());
    String atOnce = "0.".repeat(TopologyNames.DELAY_LEVELS) + "unknown.type";
    try (Connection connection = host.connect("test");
        Channel channel = connection.createChannel()) {
      channel.basicPublish(
          TopologyNames.delay(0), atOnce, MessageProperties.PERSISTENT_BASIC, new byte[] {1});
      Awaitility.await().until(() -> channel.basicGet(TopologyNames.UNROUTED, true) != null);
    }
  }

  @Test
  void whatAWorkQueueRejectsReachesTheDeadInbox() throws Exception {
    declarer.apply(Topology.fleet().and(Topology.workQueue("bad")).and(Topology.type("bad", "t")));
    try (Connection connection = host.connect("test");
        Channel channel = connection.createChannel()) {
      channel.basicPublish(
          TopologyNames.TASKS, "bad.t", MessageProperties.PERSISTENT_BASIC, new byte[] {1});
      GetResponse task =
          Awaitility.await()
              .until(() -> channel.basicGet("warren.q.bad", false), message -> message != null);
      channel.basicReject(task.getEnvelope().getDeliveryTag(), false);

      Awaitility.await()
          .until(() -> channel.queueDeclarePassive(TopologyNames.DEAD_INBOX).getMessageCount() > 0);
    }
  }

  private static QueueDefinition queue(Topology topology, String name) {
    return topology.queues().stream()
        .filter(queue -> queue.name().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
