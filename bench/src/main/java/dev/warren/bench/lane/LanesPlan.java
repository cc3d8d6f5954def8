package dev.warren.bench.lane;

import java.time.Duration;
import java.util.List;

/**
 * How much is done.
 *
 * @param lanes which lanes, in the order of the tables
 * @param places tasks at once in the lanes where each holds a thread or a process
 * @param digests of {@code mebibytes} each
 * @param waits of {@code waitMillis} each, of both kinds
 * @param timeLimit of the tasks that do not end
 * @param stopGrace what they get to end afterwards
 * @param patience how long a lane is waited for to run as many tasks at once as before
 */
record LanesPlan(
    List<DemoLane> lanes,
    int places,
    int digests,
    int mebibytes,
    int waits,
    int waitMillis,
    Duration timeLimit,
    Duration stopGrace,
    Duration patience) {
  /** The default of a worker. */
  static final int VIRTUAL_PLACES = 200;

  /** On a large machine the children's memory would become the subject. */
  private static final int MOST_PLACES = 8;

  LanesPlan {
    lanes = List.copyOf(lanes);
  }

  /** For this machine: some seconds of each lane. */
  static LanesPlan ofPercent(int percent) {
    // Two at least: a task that hangs must have a neighbour.
    int cores = Math.max(2, Runtime.getRuntime().availableProcessors());
    int places = Math.min(MOST_PLACES, cores);
    return new LanesPlan(
        List.of(DemoLane.values()),
        places,
        Math.max(1, places * 6 * percent / 100),
        256,
        Math.max(1, places * 20 * percent / 100),
        100,
        Duration.ofSeconds(2),
        Duration.ofMillis(1_500),
        Duration.ofSeconds(8));
  }

  LanesPlan without(DemoLane one) {
    return new LanesPlan(
        lanes.stream().filter(lane -> lane != one).toList(),
        places,
        digests,
        mebibytes,
        waits,
        waitMillis,
        timeLimit,
        stopGrace,
        patience);
  }

  /** How many tasks a lane runs at once. */
  int places(DemoLane lane) {
    return switch (lane) {
      case THREADS, PROCESS, PYTHON -> places;
      case VIRTUAL -> VIRTUAL_PLACES;
      // No limit that matters here; so many show that each loop runs something.
      case ASYNC -> 2 * places;
    };
  }

  int tasks(LaneWork work) {
    return work == LaneWork.CPU ? digests : waits;
  }

  /** What the tasks of a kind of work do, for people. */
  String words(LaneWork work) {
    return switch (work) {
      case CPU -> "%d times SHA-256 of %d MiB".formatted(digests, mebibytes);
      case BLOCKING -> "%d waits of %d ms".formatted(waits, waitMillis);
      case NETWORK -> "%d pages, each after %d ms".formatted(waits, waitMillis);
    };
  }
}
