package dev.warren.gateway.aggregate;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.function.Supplier;

/** Counts what the store does. Safe for concurrent use. */
final class AggregateMetrics {
  private static final Duration[] BUCKETS = {
    Duration.ofMillis(1),
    Duration.ofMillis(5),
    Duration.ofMillis(20),
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofSeconds(2),
    Duration.ofSeconds(10)
  };

  private final MeterRegistry registry;
  private final Counter recorded;
  private final Counter ended;
  private final Counter duplicates;
  private final Counter unreadable;
  private final Counter deleted;
  private final Timer commits;
  private final DistributionSummary entries;
  private volatile long lastCommitNanos = System.nanoTime();

  AggregateMetrics(MeterRegistry registry) {
    this.registry = registry;
    recorded = counter("warren.aggregate.recorded", "Events that were news, and are recorded");
    ended = counter("warren.aggregate.ended", "Tasks that have ended, each counted once");
    duplicates = counter("warren.aggregate.duplicates", "Events that were known already");
    unreadable = counter("warren.aggregate.unreadable", "Event messages kept unread");
    deleted = counter("warren.aggregate.deleted", "Tasks deleted after their retention");
    commits =
        Timer.builder("warren.aggregate.commit")
            .description("Time of a transaction of the store")
            .serviceLevelObjectives(BUCKETS)
            .register(registry);
    entries =
        DistributionSummary.builder("warren.aggregate.transaction.events")
            .description("Events recorded in one transaction")
            .register(registry);
    Gauge.builder("warren.aggregate.commit.age", this::secondsSinceCommit)
        .description("Seconds since the last commit; grows while there is nothing to record")
        .strongReference(true)
        .register(registry);
  }

  void watch(Supplier<Number> waiting, Supplier<Number> failing) {
    Gauge.builder("warren.aggregate.waiting", waiting)
        .description("Messages that wait for a transaction")
        .strongReference(true)
        .register(registry);
    Gauge.builder("warren.aggregate.failing", failing)
        .description("1 while the store cannot be written")
        .strongReference(true)
        .register(registry);
  }

  void committed(Ledger ledger, int inTransaction, int unread, long tookNanos) {
    recorded.increment((double) ledger.recorded());
    ended.increment((double) ledger.ended());
    duplicates.increment((double) ledger.duplicates());
    unreadable.increment(unread);
    entries.record(inTransaction);
    commits.record(Duration.ofNanos(tookNanos));
    lastCommitNanos = System.nanoTime();
  }

  void deleted(long tasks) {
    deleted.increment((double) tasks);
  }

  private double secondsSinceCommit() {
    return Duration.ofNanos(System.nanoTime() - lastCommitNanos).toMillis() / 1_000.0;
  }

  private Counter counter(String name, String description) {
    return Counter.builder(name).description(description).register(registry);
  }
}
