package dev.warren.worker.supervise;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * How many processes there should be. More, at most twice as many at once, when work waits for
 * longer than it may; one less when fewer would have done the whole time that is looked back on.
 * After each change it waits for what came of it. Pure: the time is handed in. Not safe for
 * concurrent use.
 */
final class ScalingRule {
  /** A JVM needs seconds until it takes work off the others. */
  static final Duration UP_PAUSE = Duration.ofSeconds(10);

  /** So that what the one before held comes to the others first. */
  static final Duration DOWN_PAUSE = Duration.ofSeconds(5);

  /** Processes are not taken away down to the last that is needed. */
  private static final double HEADROOM = 1.2;

  /**
   * What bounds it.
   *
   * @param longestWait work may wait for so long
   * @param idle a process must have been dispensable for so long
   */
  record Limits(ProcessRange range, Duration longestWait, Duration idle) {}

  /**
   * What there is to do, measured in processes and their seconds.
   *
   * @param processes how many there are, those that start included
   * @param starting how many of them take no work yet
   * @param waiting seconds that one process would need for all that waits in the queues
   * @param busy how many processes would be full with what runs now
   * @param saturated something waits, all processes are full, and how long it takes is not known
   */
  record Load(int processes, int starting, double waiting, double busy, boolean saturated) {
    /** Seconds until the last of what waits begins. */
    double seconds() {
      return processes == 0 ? waiting : waiting / processes;
    }
  }

  private record Seen(Duration at, int needed) {}

  private final Limits limits;
  private final Deque<Seen> seen = new ArrayDeque<>();
  private Duration began = Duration.ZERO;
  private Optional<Duration> lastUp = Optional.empty();
  private Optional<Duration> lastChange = Optional.empty();

  ScalingRule(Limits limits) {
    this.limits = limits;
  }

  /**
   * How many there should be now.
   *
   * @param now since any fixed moment
   * @param load empty while it is not known: then nothing changes
   */
  int decide(Duration now, int processes, Optional<Load> load) {
    ProcessRange range = limits.range();
    note(now, load.map(this::needed).orElse(processes));
    if (processes < range.min() || processes > range.max()) {
      return Math.clamp(processes, range.min(), range.max());
    }
    if (load.isPresent() && wantsMore(load.get(), now)) {
      lastUp = Optional.of(now);
      lastChange = lastUp;
      return Math.min(range.max(), more(load.get()));
    }
    if (processes > range.min() && wouldDoWithLess(processes, now)) {
      lastChange = Optional.of(now);
      return processes - 1;
    }
    return processes;
  }

  private void note(Duration now, int needed) {
    if (seen.isEmpty()) {
      began = now;
    }
    seen.addLast(new Seen(now, needed));
    while (seen.getFirst().at().plus(limits.idle()).compareTo(now) < 0) {
      seen.removeFirst();
    }
  }

  /** Half of the wait that is allowed is worth a process: between that and all of it none moves. */
  private int needed(Load load) {
    double forWaiting = load.waiting() * 2 / seconds(limits.longestWait());
    double most = Math.max(load.busy() * HEADROOM, forWaiting);
    int needed = (int) Math.min(limits.range().max(), Math.ceil(most));
    return Math.max(needed, load.saturated() ? load.processes() + 1 : limits.range().min());
  }

  private boolean wantsMore(Load load, Duration now) {
    return load.processes() < limits.range().max()
        && load.starting() == 0
        && (load.saturated() || load.seconds() > seconds(limits.longestWait()))
        && over(lastUp, UP_PAUSE, now);
  }

  private int more(Load load) {
    int enough =
        (int)
            Math.min(ProcessRange.MOST, Math.ceil(load.waiting() / seconds(limits.longestWait())));
    return Math.clamp(enough, load.processes() + 1, 2 * load.processes());
  }

  private boolean wouldDoWithLess(int processes, Duration now) {
    return now.minus(began).compareTo(limits.idle()) >= 0
        && over(lastUp, limits.idle(), now)
        && over(lastChange, DOWN_PAUSE, now)
        && seen.stream().mapToInt(Seen::needed).max().orElse(processes) < processes;
  }

  private static boolean over(Optional<Duration> since, Duration pause, Duration now) {
    return since.isEmpty() || now.minus(since.get()).compareTo(pause) >= 0;
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
