package dev.warren.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.api.TopologyMismatchException;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.connection.ProcessName;
import dev.warren.engine.control.ControlListener;
import dev.warren.engine.topology.Declarer;
import dev.warren.engine.topology.Topology;
import dev.warren.engine.wire.Pong;
import dev.warren.testkit.Broker;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@RabbitMq
class FleetQueryTest {
  private final VirtualHost host;
  private @TempDir Path cache = Path.of("");

  FleetQueryTest(VirtualHost host) {
    this.host = host;
  }

  private Connections connections(String role) {
    return new Connections(BrokerSettings.of(host.uri()), ProcessName.of(role));
  }

  @Test
  void everyProcessAnswersAPingOnce() {
    new Declarer(connections("test")).apply(Topology.fleet());
    Connections one = connections("worker");
    Connections two = connections("worker");
    try (ControlListener first =
            new ControlListener(
                one,
                () -> JsonCodec.json().createObjectNode().put("n", 1),
                task -> Optional.empty());
        ControlListener second =
            new ControlListener(
                two,
                () -> JsonCodec.json().createObjectNode().put("n", 2),
                task -> Optional.empty());
        WarrenClient client =
            WarrenClient.builder().broker(host.uri()).typeCache(cache).connect()) {
      first.start();
      second.start();
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () ->
                  host.queues().stream().filter(q -> q.name().startsWith("warren.control.")).count()
                      == 2);

      List<Pong> pongs = client.fleet().ping(Duration.ofSeconds(10));
      assertThat(pongs)
          .extracting(Pong::process)
          .containsExactly(one.process().text(), two.process().text());
      assertThat(pongs).extracting(pong -> pong.about().path("n").asInt()).containsExactly(1, 2);
      assertThat(
              client
                  .fleet()
                  .pingFor(pong -> pong.about().path("n").asInt() == 2, Duration.ofSeconds(10)))
          .map(Pong::process)
          .contains(two.process().text());
      assertThat(client.fleet().pingFor(pong -> false, Duration.ofSeconds(10))).isEmpty();
      assertThat(client.fleet().ping(Duration.ofSeconds(10))).hasSize(2);
    }
  }

  @Test
  void whereNobodyListensThePingEndsAtItsLimit(Broker broker) {
    try (VirtualHost empty = broker.createVirtualHost("nobody")) {
      new Declarer(new Connections(BrokerSettings.of(empty.uri()), ProcessName.of("test")))
          .apply(Topology.fleet());
      try (WarrenClient client =
          WarrenClient.builder().broker(empty.uri()).typeCache(cache).connect()) {
        assertThat(client.fleet().ping(Duration.ofSeconds(1))).isEmpty();
      }
    }
  }

  @Test
  void anEmptyVirtualHostIsToldToLackTheTopology(Broker broker) {
    try (VirtualHost empty = broker.createVirtualHost("empty");
        WarrenClient client =
            WarrenClient.builder().broker(empty.uri()).typeCache(cache).connect()) {
      assertThatThrownBy(() -> client.fleet().ping(Duration.ofSeconds(5)))
          .isInstanceOf(TopologyMismatchException.class)
          .hasMessageContaining("warren topology apply");
    }
  }

  @Test
  void queuesAreToldWithTheirDepthAndWhetherTheyAreThere() {
    try (TestFleet fleet = new TestFleet(host);
        WarrenClient client =
            WarrenClient.builder().broker(host.uri()).typeCache(cache).connect()) {
      new Declarer(fleet.connections())
          .apply(Topology.workQueue("idle").and(Topology.type("idle", "echo")));
      var idle = TestFleet.ECHO.with(options -> options.withQueue("idle"));
      client.submit(idle, new TestFleet.Word("a"));
      client.submit(idle, new TestFleet.Word("b"));

      Awaitility.await()
          .until(() -> client.fleet().queues(List.of("default")).getFirst().consumers() == 1);
      assertThat(client.fleet().queues(List.of("default", "no-such", "idle")))
          .containsExactly(
              new QueueDepth("default", QueueDepth.State.THERE, 0, 1, OptionalLong.of(0)),
              new QueueDepth("no-such", QueueDepth.State.MISSING, 0, 0, OptionalLong.empty()),
              new QueueDepth("idle", QueueDepth.State.THERE, 2, 0, OptionalLong.of(0)));
    }
  }
}
