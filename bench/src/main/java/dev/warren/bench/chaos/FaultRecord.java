package dev.warren.bench.chaos;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A fault as it happened; times are epoch milliseconds.
 *
 * @param target what it hit
 * @param overMillis when its cause was gone: the broker was back, the network whole
 * @param killed processes that it ended
 * @param measured how long after that it took until every process was ready and a task had started;
 *     null if that did not come
 */
record FaultRecord(
    PlannedFault plan,
    String target,
    long beganMillis,
    long overMillis,
    List<Long> killed,
    @Nullable Duration measured) {
  FaultRecord {
    killed = List.copyOf(killed);
  }

  Optional<Duration> recovery() {
    return Optional.ofNullable(measured);
  }

  /** Whether it may be why something between these times happened twice. */
  boolean touches(long fromMillis, long toMillis) {
    long aftermath =
        overMillis
            + (measured == null ? 0 : measured.toMillis())
            + plan.kind().aftermath().toMillis();
    return beganMillis <= toMillis && aftermath >= fromMillis;
  }
}
