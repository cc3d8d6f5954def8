package dev.warren.producer;

import dev.warren.api.Outcome;
import dev.warren.engine.wire.OutcomeEvent;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * How long tasks of each type take, as the outcomes tell that come to this client. Of many the last
 * ones count. Safe for concurrent use.
 */
final class TaskDurations {
  /** An average over about so many outcomes. */
  private static final int MEMORY = 200;

  /** A program that waits for more types than that gets small chunks of the others. */
  private static final int MOST_TYPES = 10_000;

  /**
   * Guarded by itself, as outcomes come on one thread and chunks are packed on others; hardly ever
   * both at a time.
   */
  private static final class Measure {
    private final ReentrantLock lock = new ReentrantLock();
    private long ended;
    private double meanMillis;
    private long unheard;

    void add(long millis) {
      lock.lock();
      try {
        ended++;
        meanMillis += (millis - meanMillis) / Math.min(ended, MEMORY);
      } finally {
        lock.unlock();
      }
    }

    boolean isSample() {
      lock.lock();
      try {
        return ChunkRule.isSample(unheard++, ended);
      } finally {
        lock.unlock();
      }
    }

    int mostInChunk() {
      lock.lock();
      try {
        return ChunkRule.most(ended, meanMillis);
      } finally {
        lock.unlock();
      }
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
    Measure measure = measure(outcome.type());
    if (measure != null) {
      // The clock of one process, which may have been set back in between.
      measure.add(Math.max(0, outcome.endedAt().toEpochMilli() - started.toEpochMilli()));
    }
  }

  /**
   * Whether the next chunk of the type, for whose outcomes nobody waits, is to tell them here
   * nevertheless; asked once for each.
   */
  boolean isSample(String type) {
    Measure measure = measure(type);
    return measure != null && measure.isSample();
  }

  private @Nullable Measure measure(String type) {
    Measure known = types.get(type);
    if (known != null || types.size() >= MOST_TYPES) {
      return known;
    }
    return types.computeIfAbsent(type, fresh -> new Measure());
  }

  /** How many tasks of the type a chunk holds now. */
  int mostInChunk(String type) {
    Measure known = types.get(type);
    return known == null ? ChunkRule.most(0, 0) : known.mostInChunk();
  }
}
