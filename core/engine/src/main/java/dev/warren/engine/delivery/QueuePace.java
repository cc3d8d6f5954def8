package dev.warren.engine.delivery;

import dev.warren.engine.limit.PrefetchRule;
import dev.warren.engine.wire.TaskMessage;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * Learns what comes from a queue: where its tasks run and how long they are there, how large its
 * deliveries are. What was seconds ago counts less than what is now. Deliveries and attempts are
 * noted from any thread; {@link #learn} and {@link #work} are for the consumer's thread.
 */
final class QueuePace {
  /** After so long something counts half. */
  private static final double HALF_LIFE_SECONDS = 5;

  /**
   * Where types run that share a limit: a lane, or the limit of one type.
   *
   * @param concurrency attempts at once
   */
  record Place(String name, int concurrency) {}

  private final long origin;
  private final Map<String, Learned> byType = new HashMap<>();
  private final Function<String, Place> placeOfType;
  private final LongAdder deliveries = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  // Used by the consumer's thread.
  private final Recent recentDeliveries = new Recent();
  private final Recent recentBytes = new Recent();
  private long learnedAt = System.nanoTime();

  /**
   * @param types that come from the queue
   * @param placeOfType where a type runs now
   */
  QueuePace(Collection<String> types, Function<String, Place> placeOfType) {
    this(types, placeOfType, System.nanoTime());
  }

  /** With times since some moment. */
  QueuePace(Collection<String> types, Function<String, Place> placeOfType, long origin) {
    this.origin = origin;
    types.forEach(type -> byType.put(type, new Learned()));
    this.placeOfType = placeOfType;
  }

  void delivered(List<TaskMessage> tasks, int size) {
    deliveries.increment();
    bytes.add(size);
    for (TaskMessage task : tasks) {
      Learned learned = byType.get(task.type());
      if (learned != null) {
        learned.arrived.increment();
      }
    }
  }

  /** An attempt begins; what to give to {@link #ended}. */
  long began(String type) {
    long micros = micros(System.nanoTime());
    Learned learned = byType.get(type);
    if (learned != null) {
      learned.began(micros);
    }
    return micros;
  }

  void ended(String type, long began) {
    Learned learned = byType.get(type);
    if (learned != null) {
      learned.ended(began, micros(System.nanoTime()));
    }
  }

  /** Takes in what has happened since the last time; whether anything has. */
  boolean learn(long nowNanos) {
    double weight = Math.pow(0.5, (nowNanos - learnedAt) / 1e9 / HALF_LIFE_SECONDS);
    learnedAt = nowNanos;
    if (recentDeliveries.nothingNew(deliveries)
        && byType.values().stream().allMatch(Learned::idle)) {
      return false;
    }
    recentDeliveries.add(deliveries.sum(), weight);
    recentBytes.add(bytes.sum(), weight);
    byType.values().forEach(type -> type.learn(micros(nowNanos), weight));
    return true;
  }

  /** What is known by now. */
  PrefetchRule.Work work() {
    Map<Place, Sums> places = new HashMap<>();
    double tasks = 0;
    for (Map.Entry<String, Learned> type : byType.entrySet()) {
      tasks += type.getValue().recentArrived.value;
      places
          .computeIfAbsent(placeOfType.apply(type.getKey()), missing -> new Sums())
          .add(type.getValue());
    }
    double all = tasks;
    double held = Math.max(recentDeliveries.value, 1e-9);
    return new PrefetchRule.Work(
        places.entrySet().stream()
            .map(place -> place.getValue().known(place.getKey().concurrency(), all))
            .toList(),
        tasks / held,
        recentBytes.value / held);
  }

  private long micros(long nanos) {
    return (nanos - origin) / 1_000;
  }

  /** A sum that forgets. */
  private static final class Recent {
    private long before;
    private double value;

    boolean nothingNew(LongAdder counted) {
      return counted.sum() == before;
    }

    void add(long total, double weight) {
      value = value * weight + Math.max(0, total - before);
      before = total;
    }
  }

  /** What is learned of the types of a place. */
  private static final class Sums {
    private double arrived;
    private double ended;
    private double busyMicros;

    void add(Learned type) {
      arrived += type.recentArrived.value;
      ended += type.recentEnded.value;
      busyMicros += type.recentBusy.value;
    }

    /** If nothing has ended, one takes at least as long as all were busy. */
    PrefetchRule.Place known(int concurrency, double tasks) {
      return new PrefetchRule.Place(
          concurrency, tasks == 0 ? 0 : arrived / tasks, busyMicros / 1e6 / Math.max(1, ended));
    }
  }

  /** What is learned of a type. */
  private static final class Learned {
    private final LongAdder arrived = new LongAdder();
    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by lock, as only together they are right: begins are times of long ago, and one too
    // many or too few of them would count as all the time since then.
    private long running;
    private long ended;

    /** The sum of the begins of what runs. */
    private long begunMicros;

    /** The sum of the durations of what has ended. */
    private long endedMicros;

    private final Recent recentArrived = new Recent();
    private final Recent recentEnded = new Recent();

    /** The time that places were in use, by what has ended and by what runs still. */
    private final Recent recentBusy = new Recent();

    void began(long micros) {
      lock.lock();
      try {
        running++;
        begunMicros += micros;
      } finally {
        lock.unlock();
      }
    }

    void ended(long began, long micros) {
      lock.lock();
      try {
        running--;
        ended++;
        begunMicros -= began;
        endedMicros += micros - began;
      } finally {
        lock.unlock();
      }
    }

    boolean idle() {
      lock.lock();
      try {
        return recentArrived.nothingNew(arrived) && running == 0;
      } finally {
        lock.unlock();
      }
    }

    void learn(long nowMicros, double weight) {
      long over;
      long busy;
      lock.lock();
      try {
        over = ended;
        busy = endedMicros + running * nowMicros - begunMicros;
      } finally {
        lock.unlock();
      }
      recentArrived.add(arrived.sum(), weight);
      recentEnded.add(over, weight);
      recentBusy.add(busy, weight);
    }
  }
}
