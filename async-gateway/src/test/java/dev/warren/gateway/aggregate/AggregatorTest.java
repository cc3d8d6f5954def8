package dev.warren.gateway.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.api.AccessDeniedException;
import dev.warren.api.AlreadyRunningException;
import dev.warren.api.Outcome;
import dev.warren.api.TaskId;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.connection.ProcessName;
import dev.warren.engine.topology.TopologyMode;
import dev.warren.engine.wire.BatchClosed;
import dev.warren.engine.wire.Event;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.testkit.Permissions;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Aggregation on a real broker: what is published is recorded once, whatever breaks. */
@RabbitMq
class AggregatorTest {
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final String QUEUE = "warren.outcomes";

  private final VirtualHost host;
  @TempDir Path folder;

  AggregatorTest(VirtualHost host) {
    this.host = host;
  }

  @Test
  void outcomesAreRecordedAndOnlyThenAcknowledged() throws Exception {
    try (ResultStore store = open(folder);
        Aggregator aggregator = aggregator(store)) {
      aggregator.start();
      assertThat(aggregator.trouble()).isEmpty();
      OutcomeEvent alone = Told.succeeded(TaskId.next(), "{\"answer\":42}");
      publish(alone);
      publish(new BatchClosed("b", 100, Told.BEGUN, null));
      publishMembers("b", 0, 100);
      publishMembers("b", 50, 60);

      await()
          .atMost(LIMIT)
          .untilAsserted(
              () ->
                  assertThat(get(store.batch("b")).map(BatchRecord::state))
                      .contains(BatchState.COMPLETED));
      assertThat(get(store.batch("b")).orElseThrow().succeeded()).isEqualTo(100);
      assertThat(get(store.task(alone.task())).orElseThrow().result())
          .hasToString("{\"answer\":42}");
      await().atMost(LIMIT).until(() -> unacknowledged() == 0 && host.readyCount(QUEUE) == 0);
    }
  }

  @Test
  void aMessageThatIsNoEventDoesNotStopTheOthers() throws Exception {
    try (ResultStore store = open(folder);
        Aggregator aggregator = aggregator(store)) {
      aggregator.start();
      send("{\"event\":".getBytes(StandardCharsets.UTF_8), "outcome.q.-");
      OutcomeEvent next = Told.succeeded(TaskId.next(), "1");
      publish(next);

      await().atMost(LIMIT).until(() -> get(store.task(next.task())).isPresent());
      await().atMost(LIMIT).until(() -> unacknowledged() == 0 && host.readyCount(QUEUE) == 0);
    }
  }

  @Test
  void connectionsThatAreClosedInTheMiddleLoseAndDoubleNothing() throws Exception {
    int members = 3_000;
    try (ResultStore store = open(folder);
        Aggregator aggregator = aggregator(store)) {
      aggregator.start();
      publish(new BatchClosed("b", members, Told.BEGUN, null));
      for (int from = 0; from < members; from += 100) {
        publishMembers("b", from, from + 100);
        if (from % 1_000 == 500) {
          await().atMost(LIMIT).until(() -> aggregatorConnection().isPresent());
          host.closeConnections(aggregatorConnection().orElseThrow());
        }
      }

      await()
          .atMost(LIMIT)
          .untilAsserted(
              () ->
                  assertThat(get(store.batch("b")).map(BatchRecord::state))
                      .contains(BatchState.COMPLETED));
      assertThat(get(store.batch("b")).orElseThrow().succeeded()).isEqualTo(members);
      assertThat(get(store.members("b", 0, members + 1))).hasSize(members);
      await().atMost(LIMIT).until(() -> unacknowledged() == 0 && host.readyCount(QUEUE) == 0);
    }
  }

  @Test
  void aDeletedQueueIsDeclaredAgain() throws Exception {
    try (ResultStore store = open(folder);
        Aggregator aggregator = aggregator(store)) {
      aggregator.start();
      host.deleteQueue(QUEUE);
      await().atMost(LIMIT).until(() -> aggregator.trouble().isEmpty() && isBound());
      OutcomeEvent next = Told.succeeded(TaskId.next(), "1");
      await()
          .atMost(LIMIT)
          .until(
              () -> {
                publish(next);
                return get(store.task(next.task())).isPresent();
              });
    }
  }

  @Test
  void aDeletedBindingIsMadeAgain() throws Exception {
    try (ResultStore store = open(folder);
        Aggregator aggregator = aggregator(store)) {
      aggregator.start();
      host.unbindQueue(QUEUE, "warren.events", "outcome.#");
      await().atMost(LIMIT).until(this::isBound);
      OutcomeEvent next = Told.succeeded(TaskId.next(), "1");
      publish(next);

      await().atMost(LIMIT).until(() -> get(store.task(next.task())).isPresent());
    }
  }

  @Test
  void aSecondGatewayIsRefusedAndTakesOverWhenTheFirstHasEnded(@TempDir Path other)
      throws Exception {
    try (ResultStore second = open(other)) {
      try (ResultStore first = open(folder);
          Aggregator running = aggregator(first)) {
        running.start();
        try (Aggregator refused = aggregator(second)) {
          assertThatThrownBy(refused::start)
              .isInstanceOf(AlreadyRunningException.class)
              .hasMessageContaining("another gateway aggregates")
              .hasMessageContaining("stop the other one");
          assertThat(refused.trouble()).isPresent();
        }
        assertThat(running.trouble()).isEmpty();
      }
      try (Aggregator next = aggregator(second)) {
        next.start();
        assertThat(next.trouble()).isEmpty();
      }
    }
  }

  @Test
  void aUserThatMayNotTakeTheLockIsToldInsteadOfTryingForEver() throws Exception {
    URI stranger = host.createUser(Permissions.of("^warren\\.(?!lock).*$", ".*", ".*"));
    try (ResultStore store = open(folder);
        Aggregator refused = aggregator(store, stranger)) {
      assertThatThrownBy(refused::start)
          .isInstanceOf(AccessDeniedException.class)
          .hasMessageContaining("may not aggregate outcomes")
          .hasMessageContaining("warren.lock.aggregator");
    }
  }

  private boolean isBound() {
    return host.bindings().stream()
        .anyMatch(
            binding ->
                binding.destination().equals(QUEUE) && binding.routingKey().equals("outcome.#"));
  }

  private long unacknowledged() {
    return host.queues().stream()
        .filter(queue -> queue.name().equals(QUEUE))
        .mapToLong(queue -> queue.unacknowledged())
        .sum();
  }

  private Optional<String> aggregatorConnection() {
    return host.connections().stream()
        .map(connection -> connection.clientName())
        .filter(name -> name.endsWith(" aggregate"))
        .findFirst();
  }

  private void publishMembers(String batch, int from, int to) {
    List<Event> members = new ArrayList<>();
    for (int index = from; index < to; index++) {
      TaskId id = TaskId.derived(new TaskId(new UUID(7, 7)), 1, batch + "/" + index);
      members.add(Told.member(id, 1, Outcome.Status.SUCCEEDED, batch, index));
    }
    publish(members.toArray(Event[]::new));
  }

  private void publish(Event... events) {
    send(Told.message(events), events[0].routingKey());
  }

  private void send(byte[] body, String key) {
    host.publish("warren.events", key, new BasicProperties.Builder().deliveryMode(2).build(), body);
  }

  private static ResultStore open(Path in) {
    return ResultStore.open(StoreSettings.in(in), new SimpleMeterRegistry());
  }

  private Aggregator aggregator(ResultStore store) {
    return aggregator(store, host.uri());
  }

  private static Aggregator aggregator(ResultStore store, URI uri) {
    BrokerSettings broker = BrokerSettings.of(uri).withHeartbeat(Duration.ofSeconds(1));
    return new Aggregator(
        new Connections(broker, ProcessName.of("gateway")),
        TopologyMode.APPLY,
        Duration.ofMinutes(5),
        store);
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
