package dev.warren.engine.delivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The unacknowledged deliveries of one channel, and which of them are to be acknowledged or given
 * back. A run of acknowledged deliveries from the oldest on is one frame, and the broker pays for
 * each frame: so acknowledgements wait for others while the worker has more than enough to do, at
 * most {@link #LONGEST_WAIT}; nobody waits for them but the broker. Not safe for concurrent use.
 */
final class Acknowledgements {
  /** A crash makes as many more duplicates as end within it. */
  static final Duration LONGEST_WAIT = Duration.ofMillis(20);

  /**
   * They wait no more when they are one in so many of what is held here: the broker sends no more
   * while too much is unacknowledged.
   */
  private static final int SHARE = 4;

  /** A frame to write. */
  sealed interface Frame {
    /** Done with; {@code multiple} includes all older ones. */
    record Acknowledge(long tag, boolean multiple, int deliveries) implements Frame {}

    /** Back to the queue; {@code counted} towards the queue's delivery limit. */
    record GiveBack(long tag, boolean counted) implements Frame {}
  }

  private final TreeSet<Long> outstanding = new TreeSet<>();
  private final TreeSet<Long> acknowledged = new TreeSet<>();
  private final TreeMap<Long, Boolean> givenBack = new TreeMap<>();

  /** When the first of those that wait was acknowledged. */
  private long waitingSince;

  void delivered(long tag) {
    outstanding.add(tag);
  }

  /**
   * @param now as of {@link System#nanoTime}
   */
  void acknowledge(long tag, long now) {
    if (outstanding.contains(tag)) {
      if (acknowledged.isEmpty()) {
        waitingSince = now;
      }
      acknowledged.add(tag);
    }
  }

  void giveBack(long tag, boolean counted) {
    if (outstanding.contains(tag)) {
      givenBack.put(tag, counted);
    }
  }

  boolean isEmpty() {
    return acknowledged.isEmpty() && givenBack.isEmpty();
  }

  /** Nanoseconds until something should be written; zero if now, the greatest number if never. */
  long nanosUntilDue(long now) {
    if (!givenBack.isEmpty()) {
      return 0;
    }
    if (acknowledged.isEmpty()) {
      return Long.MAX_VALUE;
    }
    return acknowledged.size() * SHARE >= outstanding.size()
        ? 0
        : Math.max(0, LONGEST_WAIT.toNanos() - (now - waitingSince));
  }

  int outstanding() {
    return outstanding.size();
  }

  /**
   * Takes what is to be written now. Deliveries given back come first, so that a run may pass them.
   */
  List<Frame> take() {
    List<Frame> frames = new ArrayList<>();
    givenBack.forEach((tag, counted) -> frames.add(new Frame.GiveBack(tag, counted)));
    outstanding.removeAll(givenBack.keySet());
    givenBack.clear();
    long last = 0;
    int run = 0;
    while (!outstanding.isEmpty() && acknowledged.remove(outstanding.first())) {
      last = outstanding.removeFirst();
      run++;
    }
    if (run > 0) {
      frames.add(new Frame.Acknowledge(last, run > 1, run));
    }
    for (long tag : acknowledged) {
      frames.add(new Frame.Acknowledge(tag, false, 1));
    }
    outstanding.removeAll(acknowledged);
    acknowledged.clear();
    return frames;
  }
}
