package dev.warren.engine.metrics;

import dev.warren.api.Lane;
import dev.warren.api.Outcome;
import dev.warren.engine.cancel.CancellationFeed;
import dev.warren.engine.delivery.DeliveryEngine;
import dev.warren.engine.delivery.EngineListener;
import dev.warren.engine.delivery.EngineState;
import dev.warren.engine.delivery.LaneExecutor;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * Counts what an engine does, under names that begin with {@code warren}. Types that this process
 * does not run share the label {@code unknown}: anyone may send a message of any type, and each new
 * label costs memory for ever. Safe for concurrent use.
 */
public final class EngineMetrics implements EngineListener {
  private static final String UNKNOWN = "unknown";
  private static final Duration[] BUCKETS = {
    Duration.ofMillis(1),
    Duration.ofMillis(5),
    Duration.ofMillis(20),
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofSeconds(2),
    Duration.ofSeconds(10),
    Duration.ofMinutes(1),
    Duration.ofMinutes(10)
  };

  private record Label(String name, String first, String second, String third) {}

  private final MeterRegistry registry;
  private final Set<String> types;
  private final Map<Label, Counter> counters = new ConcurrentHashMap<>();
  private final Map<Label, Timer> timers = new ConcurrentHashMap<>();
  private final LongAdder done = new LongAdder();
  private final LongAdder failed = new LongAdder();

  /**
   * @param types the types that this process runs
   */
  public EngineMetrics(MeterRegistry registry, Collection<String> types) {
    this.registry = registry;
    this.types = Set.copyOf(types);
  }

  /** Adds what can be read off an engine at any time. */
  public void watch(Supplier<EngineState> state, Collection<String> queues) {
    gauge("warren.attempts.running", "Attempts that run now", state, EngineState::running);
    gauge(
        "warren.attempts.waiting", "Attempts that wait for a thread", state, EngineState::waiting);
    gauge(
        "warren.attempts.stuck",
        "Attempts that were given up and still hold their thread",
        state,
        one -> one.stuck().size());
    gauge("warren.ready", "1 if every queue is consumed", state, one -> one.ready() ? 1 : 0);
    gauge("warren.draining", "1 while the process stops", state, one -> one.draining() ? 1 : 0);
    for (String queue : queues) {
      queueGauge(
          "warren.queue.consuming",
          "1 if the queue is consumed",
          queue,
          state,
          one -> one.consuming() ? 1 : 0);
      queueGauge(
          "warren.deliveries.unacknowledged",
          "Deliveries held",
          queue,
          state,
          EngineState.QueueState::unacknowledged);
      queueGauge(
          "warren.deliveries.prefetch",
          "Deliveries held at most",
          queue,
          state,
          EngineState.QueueState::prefetch);
    }
  }

  /** Adds how many attempts a lane runs. */
  public void watch(LaneExecutor lane) {
    Gauge.builder("warren.lane.running", lane, LaneExecutor::running)
        .description("Attempts that run now in a lane")
        .tag("lane", lane.lane().word())
        .register(registry);
    Gauge.builder("warren.lane.concurrency", lane, LaneExecutor::concurrency)
        .description("Attempts that run at once in a lane, at most")
        .tag("lane", lane.lane().word())
        .register(registry);
  }

  /** Adds what is known of cancellations. */
  public void watch(CancellationFeed cancellations) {
    Gauge.builder("warren.cancellations.known", cancellations, feed -> feed.known().size())
        .description("Cancelled tasks and batches of the last 15 days")
        .register(registry);
    Gauge.builder(
            "warren.cancellations.current",
            cancellations,
            feed -> feed.notCurrent().isEmpty() ? 1 : 0)
        .description("1 if all cancellations are known")
        .register(registry);
  }

  /** Adds how many messages that the broker gave up this process has told the end of. */
  public void watchUndertaker(DeliveryEngine engine) {
    FunctionCounter.builder("warren.undertaken", engine, DeliveryEngine::undertaken)
        .description("Messages the broker gave up whose end was told here")
        .register(registry);
  }

  /** Tasks that ended well here. */
  public long done() {
    return done.sum();
  }

  /** Tasks that are dead because of what happened here. */
  public long failed() {
    return failed.sum();
  }

  @Override
  public void delivered(String queue, String type, boolean redelivered) {
    count(
        new Label("warren.deliveries", queue, known(type), redelivered ? "yes" : "no"),
        "queue",
        "type",
        "redelivered",
        "Tasks that came from the broker");
  }

  @Override
  public void attemptStarted(String type, Lane lane, Duration waited) {
    time(
        new Label("warren.attempt.waited", known(type), lane.word(), ""),
        waited,
        "Time between delivery and start");
  }

  @Override
  public void attemptEnded(String type, Lane lane, String verdict, Duration ran) {
    count(
        new Label("warren.attempts", known(type), lane.word(), verdict),
        "type",
        "lane",
        "verdict",
        "Attempts by their verdict");
    time(
        new Label("warren.attempt.ran", known(type), lane.word(), ""), ran, "Time an attempt took");
  }

  @Override
  public void outcomeRecorded(String type, Outcome.Status status) {
    if (status == Outcome.Status.SUCCEEDED) {
      done.increment();
    } else if (status == Outcome.Status.DEAD) {
      failed.increment();
    }
    count(
        new Label("warren.outcomes", known(type), status.word(), ""),
        "type",
        "status",
        "",
        "Tasks that ended, by their outcome");
  }

  @Override
  public void acknowledged(String queue, int deliveries) {
    count(
        deliveries,
        new Label("warren.deliveries.acknowledged", queue, "", ""),
        "queue",
        "",
        "",
        "Deliveries that are settled");
  }

  @Override
  public void duplicate(String queue, String type) {
    count(
        new Label("warren.deliveries.duplicate", queue, known(type), ""),
        "queue",
        "type",
        "",
        "Tasks that came again although they were settled, and were not run again");
  }

  @Override
  public void alone(String type) {
    count(
        new Label("warren.attempts.alone", known(type), "", ""),
        "type",
        "",
        "",
        "Suspects that were run with nothing beside them");
  }

  @Override
  public void wentAway(String type, String reason) {
    count(
        new Label("warren.attempts.away", known(type), reason, ""),
        "type",
        "reason",
        "",
        "Attempts that found no room and were sent away for a while");
  }

  @Override
  public void reopened(String queue, Reopened why) {
    count(
        new Label("warren.channels.reopened", queue, why.name().toLowerCase(Locale.ROOT), ""),
        "queue",
        "reason",
        "",
        "Channels that were opened anew because nothing came");
  }

  @Override
  public void returned(String queue) {
    count(
        new Label("warren.deliveries.returned", queue, "", ""),
        "queue",
        "",
        "",
        "Deliveries that went back to their queue");
  }

  private String known(String type) {
    return types.contains(type) ? type : UNKNOWN;
  }

  private void count(Label label, String first, String second, String third, String description) {
    count(1, label, first, second, third, description);
  }

  private void count(
      int more, Label label, String first, String second, String third, String description) {
    Counter counter = counters.get(label);
    if (counter == null) {
      counter =
          counters.computeIfAbsent(
              label,
              missing ->
                  Counter.builder(label.name())
                      .description(description)
                      .tags(tags(first, label.first()))
                      .tags(tags(second, label.second()))
                      .tags(tags(third, label.third()))
                      .register(registry));
    }
    counter.increment(more);
  }

  private static Tags tags(String name, String value) {
    return name.isEmpty() ? Tags.empty() : Tags.of(name, value);
  }

  private void time(Label label, Duration time, String description) {
    Timer timer = timers.get(label);
    if (timer == null) {
      timer =
          timers.computeIfAbsent(
              label,
              missing ->
                  Timer.builder(label.name())
                      .description(description)
                      .tags("type", label.first(), "lane", label.second())
                      .serviceLevelObjectives(BUCKETS)
                      .register(registry));
    }
    timer.record(time);
  }

  private void gauge(
      String name,
      String description,
      Supplier<EngineState> state,
      ToDoubleFunction<EngineState> value) {
    Gauge.builder(name, state, now -> value.applyAsDouble(now.get()))
        .description(description)
        .strongReference(true)
        .register(registry);
  }

  private void queueGauge(
      String name,
      String description,
      String queue,
      Supplier<EngineState> state,
      ToDoubleFunction<EngineState.QueueState> value) {
    ToDoubleFunction<Supplier<EngineState>> read =
        now ->
            now.get().queues().stream()
                .filter(one -> one.queue().equals(queue))
                .mapToDouble(value)
                .sum();
    Gauge.builder(name, state, read)
        .description(description)
        .tag("queue", queue)
        .strongReference(true)
        .register(registry);
  }
}
