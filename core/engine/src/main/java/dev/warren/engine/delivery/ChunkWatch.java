package dev.warren.engine.delivery;

import dev.warren.engine.settle.ChunkRules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches a chunk from its first begin on, and hands back what it does not get to, see {@link
 * ChunkRules}. Safe for concurrent use; {@link #look} is for the thread of deadlines.
 */
final class ChunkWatch {
  private static final Logger LOG = LoggerFactory.getLogger(ChunkWatch.class);

  private final Delivery delivery;
  private final Settler settler;
  private final Deadlines deadlines;
  private final AtomicBoolean begun = new AtomicBoolean();
  private final AtomicInteger ended = new AtomicInteger();
  private final LongAdder busyNanos = new LongAdder();
  private volatile boolean closed;
  private volatile Deadlines.@Nullable Entry next;
  private int endedBefore;

  ChunkWatch(Delivery delivery, Settler settler, Deadlines deadlines) {
    this.delivery = delivery;
    this.settler = settler;
    this.deadlines = deadlines;
  }

  /** A task of it has begun. */
  void began() {
    if (!begun.get() && begun.compareAndSet(false, true)) {
      lookLater();
    }
  }

  /** A task of it has its verdict. */
  void ended(Duration took) {
    ended.incrementAndGet();
    busyNanos.add(took.toNanos());
  }

  /** The delivery is over: there is nothing to watch. */
  void close() {
    closed = true;
    cancel();
  }

  private void lookLater() {
    next = deadlines.schedule(ChunkRules.TURN, this::look);
    if (closed) {
      cancel();
    }
  }

  private void cancel() {
    Deadlines.Entry entry = next;
    if (entry != null) {
      entry.cancel();
    }
  }

  private void look() {
    List<AttemptRun> attempts = delivery.attempts();
    int unstarted = (int) attempts.stream().filter(AttemptRun::isWaiting).count();
    if (unstarted == 0 || closed) {
      return;
    }
    if (settler.isHeldUp()) {
      // What is handed back would wait here, with what ends.
      lookLater();
      return;
    }
    int over = ended.get();
    ChunkRules.Work work =
        new ChunkRules.Work(
            unstarted,
            Math.max(0, attempts.size() - unstarted - over),
            over,
            over - endedBefore,
            Duration.ofNanos(busyNanos.sum()));
    endedBefore = over;
    switch (ChunkRules.decide(work)) {
      case ChunkRules.Decision.Keep keep -> lookLater();
      case ChunkRules.Decision.HandBack(int size) -> handBack(size);
    }
  }

  private void handBack(int size) {
    List<Integer> back = takeBack(delivery);
    LOG.debug(
        "{}: handing back {} tasks that have not begun, at most {} in a chunk",
        delivery,
        back.size(),
        size);
    for (int from = 0; from < back.size(); from += size) {
      settler.sendAgain(delivery, back.subList(from, Math.min(from + size, back.size())));
    }
  }

  /** Takes back from the lanes what has not begun of a delivery; which of its tasks that is. */
  static List<Integer> takeBack(Delivery delivery) {
    List<Integer> back = new ArrayList<>();
    for (AttemptRun attempt : delivery.attempts()) {
      if (attempt.giveBack()) {
        back.add(attempt.index());
      }
    }
    return back;
  }
}
