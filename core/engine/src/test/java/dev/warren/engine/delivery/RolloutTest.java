package dev.warren.engine.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.GetResponse;
import dev.warren.api.Failure;
import dev.warren.api.Lane;
import dev.warren.api.Outcome;
import dev.warren.api.TaskId;
import dev.warren.api.TaskType;
import dev.warren.api.Verdict;
import dev.warren.engine.settle.DispatchRules;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.Headers;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.engine.wire.TaskRetrying;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Workers of two versions on one queue: the newer one knows a type that the older one does not. */
@RabbitMq
class RolloutTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final String OLD = "word.old";
  private static final String NEW = "word.new";
  private static final int EACH = 10;

  record Word(String text) {}

  private final VirtualHost host;
  private EngineFixture fixture;

  RolloutTest(VirtualHost host) {
    this.host = host;
  }

  @BeforeEach
  void open() throws Exception {
    fixture = new EngineFixture(host);
  }

  @AfterEach
  void close() throws Exception {
    fixture.close();
  }

  private DeliveryEngine worker(Clock clock, String queue, String... types) {
    DeliveryEngine.Builder builder = fixture.engine(queue).clock(clock);
    for (String type : types) {
      builder.register(
          Registration.blocking(
              TaskType.of(type, Word.class, Integer.class)
                  .with(options -> options.withQueue(queue)),
              Lane.VIRTUAL,
              (word, context) -> Verdict.done(context.attempt())));
    }
    DeliveryEngine engine = fixture.started(builder);
    await().atMost(LIMIT).until(() -> engine.state().ready());
    return engine;
  }

  private void send(Set<TaskId> sent, String queue) {
    for (int i = 0; i < EACH; i++) {
      sent.add(fixture.send(queue, OLD, "{\"text\":\"x\"}"));
      sent.add(fixture.send(queue, NEW, "{\"text\":\"y\"}"));
    }
  }

  private static void stop(DeliveryEngine engine) throws InterruptedException {
    assertThat(engine.drain(Duration.ofSeconds(20)).interrupted()).isZero();
    engine.close();
  }

  private long parked() {
    return fixture.retrying.stream()
        .filter(told -> told.reason() == TaskRetrying.Reason.PARKED)
        .map(TaskRetrying::task)
        .distinct()
        .count();
  }

  @Test
  void aRolloutAndARollbackLoseNothingAndUseNoAttempt() throws Exception {
    String queue = "rollout";
    fixture.queue(queue, OLD, NEW);
    Clock clock = Clock.systemUTC();
    Set<TaskId> sent = new HashSet<>();

    // The submitters are ahead of the workers.
    DeliveryEngine before = worker(clock, queue, OLD);
    send(sent, queue);
    await().atMost(LIMIT).until(() -> parked() == EACH);

    // Rollout: both versions work.
    DeliveryEngine after = worker(clock, queue, OLD, NEW);
    send(sent, queue);
    await().atMost(LIMIT).until(() -> fixture.outcomes.size() >= 2 * EACH);

    // Rollback: only the old one is left.
    stop(after);
    send(sent, queue);
    await().atMost(LIMIT).until(() -> oldOnes(sent) == 3 * EACH);

    // Rollout once more, and then the old version goes.
    worker(clock, queue, OLD, NEW);
    stop(before);
    await().atMost(LIMIT).until(() -> fixture.outcomes.size() >= sent.size());

    Map<TaskId, Long> times =
        fixture.outcomes.stream()
            .collect(Collectors.groupingBy(OutcomeEvent::task, Collectors.counting()));
    assertThat(times.keySet()).isEqualTo(sent);
    assertThat(times.values()).containsOnly(1L);
    assertThat(fixture.outcomes)
        .allSatisfy(
            outcome -> {
              assertThat(outcome.status()).isEqualTo(Outcome.Status.SUCCEEDED);
              assertThat(outcome.attempt()).isEqualTo(1);
              assertThat(outcome.result()).hasToString("1");
            });
    assertThat(host.readyCount(TopologyNames.dead(queue))).isZero();
  }

  private long oldOnes(Set<TaskId> sent) {
    return fixture.outcomes.stream()
        .filter(outcome -> sent.contains(outcome.task()) && outcome.type().equals(OLD))
        .count();
  }

  @Test
  void whenPatienceIsOverAnUnknownTaskIsDeadWithTheReason() {
    String queue = "patience";
    fixture.queue(queue, OLD, NEW);
    AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
    worker(new AheadClock(ahead), queue, OLD);

    TaskId task = fixture.send(queue, NEW, "{\"text\":\"y\"}");
    await().atMost(LIMIT).until(() -> parked() == 1);
    ahead.set(DispatchRules.PATIENCE);
    await().atMost(LIMIT).until(() -> !fixture.outcomes.isEmpty());

    OutcomeEvent outcome = fixture.outcomes.element();
    assertThat(outcome.task()).isEqualTo(task);
    assertThat(outcome.attempt()).isEqualTo(1);
    Failure failure = Objects.requireNonNull(outcome.failure());
    assertThat(failure.type()).isEqualTo(Failure.UNKNOWN_TYPE);
    assertThat(failure.message()).contains("patience is over", "start a worker that knows it");
    List<GetResponse> letters = host.peek(TopologyNames.dead(queue), 2);
    assertThat(letters).hasSize(1);
    assertThat(letters.getFirst().getProps().getHeaders().get(Headers.DEAD_REASON))
        .hasToString(Failure.UNKNOWN_TYPE);
  }

  /** The system's time and more. */
  private static final class AheadClock extends Clock {
    private final AtomicReference<Duration> ahead;

    AheadClock(AtomicReference<Duration> ahead) {
      this.ahead = ahead;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return Instant.now().plus(ahead.get());
    }
  }
}
