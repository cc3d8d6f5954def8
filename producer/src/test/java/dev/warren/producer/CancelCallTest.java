package dev.warren.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.warren.api.AccessDeniedException;
import dev.warren.api.TaskId;
import dev.warren.api.TopologyMismatchException;
import dev.warren.api.WarrenException;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.connection.ProcessName;
import dev.warren.engine.connection.StreamReplay;
import dev.warren.engine.topology.Declarer;
import dev.warren.engine.topology.Grant;
import dev.warren.engine.topology.Topology;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.Cancellation;
import dev.warren.engine.wire.CancellationCodec;
import dev.warren.testkit.Permissions;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@RabbitMq
class CancelCallTest {
  private static final Duration AMPLE = Duration.ofSeconds(30);

  private final VirtualHost host;
  private @TempDir Path cache = Path.of("");

  CancelCallTest(VirtualHost host) {
    this.host = host;
  }

  @BeforeEach
  void declare() {
    new Declarer(new Connections(BrokerSettings.of(host.uri()), ProcessName.of("test")))
        .apply(Topology.fleet());
  }

  /** Named after the test: what others have cancelled does not count. */
  private final String name = "test-" + UUID.randomUUID();

  private WarrenClient client(URI uri) {
    return WarrenClient.builder().broker(uri).typeCache(cache).appId(name).connect();
  }

  private List<Cancellation> entries() throws Exception {
    List<Cancellation> entries = Collections.synchronizedList(new ArrayList<>());
    try (Connection connection = host.connect("reader");
        Channel channel = connection.createChannel()) {
      StreamReplay replay =
          new StreamReplay(
              channel,
              TopologyNames.CANCELLATIONS,
              delivery ->
                  entries.add(
                      CancellationCodec.read(JsonText.wrap(delivery.getBody()), Instant.EPOCH)));
      replay.start(() -> {});
      assertThat(replay.awaitEnd(AMPLE, Duration.ofSeconds(1))).isTrue();
    }
    return entries.stream().filter(entry -> entry.by().equals(name)).toList();
  }

  @Test
  void whatIsCancelledIsInTheStreamWhenTheCallReturns() throws Exception {
    TaskId one = TaskId.next();
    TaskId other = TaskId.next();
    try (WarrenClient client = client(host.uri())) {
      client.cancel(one);
      client.cancel(other, 2);
      client.cancelBatch("b-1");
      client.cancelAsync(one).toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    assertThat(entries())
        .allSatisfy(
            entry ->
                assertThat(entry.at())
                    .isBetween(Instant.now().minus(AMPLE), Instant.now().plusSeconds(1)))
        .extracting(
            entry ->
                switch (entry) {
                  case Cancellation.OfTask task -> task.task() + "/" + task.generation();
                  case Cancellation.OfBatch batch -> batch.batch();
                })
        .containsExactly(one + "/0", other + "/2", "b-1", one + "/0");
  }

  @Test
  void aProducerWithLeastPrivilegeMayCancel() throws Exception {
    URI producer =
        host.createUser(
            Permissions.of(
                    Grant.PRODUCER.configure(), Grant.PRODUCER.write(), Grant.PRODUCER.read())
                .withTopic(
                    TopologyNames.EVENTS,
                    Grant.PRODUCER.eventsWrite().orElseThrow(),
                    Grant.PRODUCER.eventsRead().orElseThrow()));
    TaskId task = TaskId.next();

    try (WarrenClient client = client(producer)) {
      client.cancel(task);
    }

    assertThat(entries()).hasSize(1);
  }

  @Test
  void whoMayNotCancelIsTold() {
    URI stranger = host.createUser(Permissions.of("^$", "^warren\\.tasks$", "^$"));

    try (WarrenClient client = client(stranger)) {
      assertThatThrownBy(() -> client.cancel(TaskId.next()))
          .isInstanceOf(AccessDeniedException.class)
          .hasMessageContaining(TopologyNames.CANCELLATIONS);
    }
  }

  @Test
  void anEntryThatNoWorkerWouldHearIsAFailure() {
    host.deleteQueue(TopologyNames.CANCELLATIONS);

    try (WarrenClient client = client(host.uri())) {
      assertThatThrownBy(() -> client.cancelBatch("b-1"))
          .isInstanceOf(TopologyMismatchException.class)
          .hasMessageContaining("batch b-1")
          .hasMessageContaining("topology apply");
    }
  }

  @Test
  void aVirtualHostWithoutCancellationsSaysSo() {
    host.deleteExchange(TopologyNames.CANCELLATIONS);

    try (WarrenClient client = client(host.uri())) {
      assertThatThrownBy(() -> client.cancel(TaskId.next()))
          .isInstanceOf(WarrenException.class)
          .hasMessageContaining(TopologyNames.CANCELLATIONS);
    }
  }
}
