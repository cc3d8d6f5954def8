package dev.warren.engine.limit;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Says how many deliveries to hold of a queue: what runs, and as much beside it as will be begun
 * within some time. So long tasks are left to workers that have room for them, and short ones are
 * at hand when the ones before have ended. Pure.
 *
 * @param time how much work waits
 * @param usual deliveries, as long as nobody knows how long tasks take
 * @param most deliveries at most
 * @param bytes of them at most, as long as that leaves enough to keep the places busy
 */
public record PrefetchRule(Duration time, int usual, int most, long bytes) {
  /** The protocol has 16 bits for it; 0 would be no limit. */
  public static final int LARGEST = 65_535;

  /**
   * Before anybody knows how large they are: a delivery may be a chunk of hundreds of tasks, or
   * megabytes, and what the broker has sent cannot be held back any more.
   */
  private static final int FIRST = 32;

  /**
   * Tasks held at most, unless as many deliveries may be held: however short they are, more of them
   * than are at hand within a round trip help nobody, and each takes memory.
   */
  private static final int MOST_TASKS = 20_000;

  /** A change costs a round trip, so it must be worth it. */
  private static final int WORTHWHILE = 2;

  /** What has come so far must say something about what comes. */
  private static final Duration LEARNING = Duration.ofSeconds(3);

  /** How soon it is made larger if that is what keeps places empty. */
  private static final Duration SOON = Duration.ofSeconds(2);

  /** How long a prefetch is kept otherwise. */
  private static final Duration KEPT = Duration.ofSeconds(30);

  private static final double SHORTEST_SECONDS = 1e-6;

  /**
   * Where tasks run.
   *
   * @param concurrency how many at once
   * @param share which part of all tasks of the queue run here, from 0 to 1
   * @param seconds how long one is in its place
   */
  public record Place(int concurrency, double share, double seconds) {
    /** So many tasks of the queue have in them what this place begins within a time. */
    double tasksFor(double time) {
      return concurrency * (1 + time / Math.max(seconds, SHORTEST_SECONDS)) / share;
    }
  }

  /**
   * What has come from a queue of late.
   *
   * @param tasksPerDelivery more than 1 if chunks come
   */
  public record Work(List<Place> places, double tasksPerDelivery, double bytesPerDelivery) {
    public Work {
      places = places.stream().filter(place -> place.share() > 0).toList();
    }

    /** For the log: "tasks take 0.102 s, 2 at once; 1.0 tasks and 27 bytes in a delivery". */
    public String inWords() {
      String where =
          places.stream()
              .map(
                  place ->
                      String.format(
                          Locale.ROOT,
                          "%s take %.3g s, %d at once",
                          place.share() < 1
                              ? String.format(Locale.ROOT, "%.0f %%", 100 * place.share())
                              : "tasks",
                          place.seconds(),
                          place.concurrency()))
              .collect(Collectors.joining(", "));
      return where + "; " + sizeInWords();
    }

    /** "1.0 tasks and 27 bytes in a delivery". */
    public String sizeInWords() {
      return String.format(
          Locale.ROOT,
          "%.1f tasks and %.0f bytes in a delivery",
          tasksPerDelivery,
          bytesPerDelivery);
    }
  }

  /**
   * When the last change was, and whether it may be too small.
   *
   * @param first whether there was none before
   * @param ago since the last change, or since tasks have begun to come
   * @param exhausted whether as much is held as may be
   * @param flooded whether so much is held that it cannot stay so: see {@link #isFlood}
   */
  public record Since(boolean first, Duration ago, boolean exhausted, boolean flooded) {}

  /** What to begin with. */
  public int first() {
    return Math.min(usual, FIRST);
  }

  /**
   * What follows as soon as as many have come as {@link #first} allows, by their size alone: what
   * is usual if they are small, fewer of others.
   */
  public int tasted(Work work) {
    double fits =
        Math.min(
            Math.max(most, MOST_TASKS) / Math.max(1, work.tasksPerDelivery()),
            bytes / Math.max(1, work.bytesPerDelivery()));
    return (int) Math.clamp(fits, first(), usual);
  }

  /** What a prefetch should be; the one there is if nothing is known. */
  public int wanted(Work work, int now) {
    Optional<Place> behind = behind(work);
    if (behind.isEmpty()) {
      return now;
    }
    int concurrency = behind.get().concurrency();
    double perDelivery = Math.max(1, work.tasksPerDelivery());
    double tasks = Math.min(behind.get().tasksFor(seconds(time)), Math.max(most, MOST_TASKS));
    double least = Math.ceil((concurrency + 1) / perDelivery) + (perDelivery > 1 ? 1 : 0);
    double fits = bytes / Math.max(1, work.bytesPerDelivery());
    double wanted = Math.min(Math.ceil(tasks / perDelivery), fits);
    return (int) Math.clamp(Math.max(wanted, least), 1, Math.min(most, LARGEST));
  }

  /**
   * Whether so many deliveries are far more than should be held in memory: large ones or chunks
   * have come where single tasks were expected.
   */
  public boolean isFlood(Work work, int deliveries) {
    return deliveries * work.tasksPerDelivery() > WORTHWHILE * Math.max(most, MOST_TASKS)
        || deliveries * work.bytesPerDelivery() > (double) WORTHWHILE * bytes;
  }

  /** Whether so many deliveries are begun within the time: then none of them waits for long. */
  public boolean isInTime(Work work, int deliveries) {
    double tasks = deliveries * Math.max(1, work.tasksPerDelivery());
    return behind(work).stream().allMatch(place -> place.tasksFor(seconds(time)) >= tasks);
  }

  /** The place that first has enough of what comes. */
  private Optional<Place> behind(Work work) {
    return work.places().stream()
        .min(Comparator.comparingDouble(place -> place.tasksFor(seconds(time))));
  }

  /** What it becomes: seldom changed, and then by much. */
  public int next(int now, int wanted, Since since) {
    boolean grows = wanted >= WORTHWHILE * (long) now;
    boolean shrinks = now >= WORTHWHILE * (long) wanted;
    if (!grows && !shrinks) {
      return now;
    }
    Duration needed = since.first() ? LEARNING : KEPT;
    if (grows && since.exhausted()) {
      needed = SOON;
    } else if (shrinks && since.flooded()) {
      needed = Duration.ZERO;
    }
    return since.ago().compareTo(needed) >= 0 ? wanted : now;
  }

  private static double seconds(Duration time) {
    return time.toNanos() / 1e9;
  }
}
