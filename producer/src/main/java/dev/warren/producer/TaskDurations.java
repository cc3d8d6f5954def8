package dev.warren.producer;

import dev.warren.api.Outcome;
import dev.warren.engine.wire.OutcomeEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How long tasks of each type take, as the outcomes tell that come to this client. Of many the last
 * ones count. Safe for concurrent use.
 */
final class TaskDurations {
  /** An average over about so many outcomes. */
  private static final int MEMORY = 200;

  /** A program that waits for more types than that gets small chunks of the others. */
  private static final int MOST_TYPES = 10_000;

  private record Measure(long ended, double meanMillis) {
    static final Measure NOTHING = new Measure(0, 0);

    Measure and(double millis) {
      long count = ended + 1;
      return new Measure(count, meanMillis + (millis - meanMillis) / Math.min(count, MEMORY));
    }
  }

  private final ConcurrentHashMap<String, Measure> types = new ConcurrentHashMap<>();

  /** Takes what an outcome tells; nothing if the task never ran. */
  void heard(OutcomeEvent outcome) {
    Instant started = outcome.startedAt();
    boolean ran =
        outcome.status() == Outcome.Status.SUCCEEDED || outcome.status() == Outcome.Status.DEAD;
    if (started == null || !ran) {
      return;
    }
    // Clocks of one process, which may have been set back in between.
    double millis = Math.max(0, Duration.between(started, outcome.endedAt()).toMillis());
    Measure before = types.get(outcome.type());
    if (before != null || types.size() < MOST_TYPES) {
      types.merge(outcome.type(), Measure.NOTHING.and(millis), (known, first) -> known.and(millis));
    }
  }

  /** How many tasks of the type a chunk holds now. */
  int mostInChunk(String type) {
    Measure known = types.getOrDefault(type, Measure.NOTHING);
    return ChunkRule.most(known.ended, known.meanMillis);
  }
}
