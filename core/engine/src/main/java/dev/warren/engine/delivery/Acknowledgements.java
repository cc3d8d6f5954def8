package dev.warren.engine.delivery;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The unacknowledged deliveries of one channel, and which of them are to be acknowledged or given
 * back. Whoever writes takes all that wait: a run of acknowledged deliveries from the oldest on is
 * one frame. Not safe for concurrent use.
 */
final class Acknowledgements {

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

  void delivered(long tag) {
    outstanding.add(tag);
  }

  void acknowledge(long tag) {
    if (outstanding.contains(tag)) {
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
