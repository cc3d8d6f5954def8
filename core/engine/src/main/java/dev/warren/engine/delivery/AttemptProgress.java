package dev.warren.engine.delivery;

import dev.warren.engine.wire.Progress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What an attempt says of its progress: the last word is kept, and told at most once a second.
 * Where more comes within a second, the last of it is told at its end. Safe for concurrent use.
 */
final class AttemptProgress {
  static final Duration PAUSE = Duration.ofSeconds(1);

  private final Deadlines deadlines;
  private final Consumer<Progress> told;
  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock.
  private @Nullable Progress last;
  private long toldAt;
  private boolean toldOnce;
  private Deadlines.@Nullable Entry next;
  private boolean over;

  /**
   * @param told must not block
   */
  AttemptProgress(Deadlines deadlines, Consumer<Progress> told) {
    this.deadlines = deadlines;
    this.told = told;
  }

  void report(Progress progress) {
    lock.lock();
    try {
      last = progress;
      if (over || next != null) {
        return;
      }
      long left = toldOnce ? PAUSE.toNanos() - (System.nanoTime() - toldAt) : 0;
      if (left > 0) {
        next = deadlines.schedule(Duration.ofNanos(left), this::tellLast);
        return;
      }
      toldOnce = true;
      toldAt = System.nanoTime();
    } finally {
      lock.unlock();
    }
    told.accept(progress);
  }

  private void tellLast() {
    Progress now;
    lock.lock();
    try {
      next = null;
      toldAt = System.nanoTime();
      now = over ? null : last;
    } finally {
      lock.unlock();
    }
    if (now != null) {
      told.accept(now);
    }
  }

  /** The last word, if there was any. */
  Optional<Progress> last() {
    lock.lock();
    try {
      return Optional.ofNullable(last);
    } finally {
      lock.unlock();
    }
  }

  /** The attempt has ended: nothing more is told. */
  void end() {
    lock.lock();
    try {
      over = true;
      if (next != null) {
        next.cancel();
        next = null;
      }
    } finally {
      lock.unlock();
    }
  }
}
