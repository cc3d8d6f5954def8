package dev.warren.engine.limit;

import java.io.Serial;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The places of a lane, of which each attempt that runs has one. Their number may follow an {@link
 * AdaptiveLimit}; if it shrinks, what runs goes on and no place is given until enough are back.
 * Safe for concurrent use.
 */
public final class Places {
  private final Permits permits;
  private final @Nullable AdaptiveLimit adaptive;
  private final ReentrantLock resizing = new ReentrantLock();
  private final AtomicInteger size;

  private Places(int size, @Nullable AdaptiveLimit adaptive) {
    this.permits = new Permits(size);
    this.adaptive = adaptive;
    this.size = new AtomicInteger(size);
  }

  /** Always as many. */
  public static Places fixed(int number) {
    return new Places(number, null);
  }

  /** As many as the limit says. */
  public static Places following(AdaptiveLimit limit) {
    return new Places(limit.now(), limit);
  }

  /** Takes one if there is one. */
  public boolean tryTake() {
    return permits.tryAcquire();
  }

  /** Whether there seems to be one, which others may take first. */
  public boolean anyFree() {
    return permits.availablePermits() > 0;
  }

  /**
   * Whether there are fewer than are taken, so that who has one should not begin anything in it.
   */
  public boolean tooManyTaken() {
    return permits.availablePermits() < 0;
  }

  public void giveBack() {
    permits.release();
  }

  /** How many there are now. */
  public int size() {
    return size.get();
  }

  /** How many are taken; may be more than there are, after those have become fewer. */
  public int taken() {
    return Math.max(0, size.get() - permits.availablePermits());
  }

  /**
   * An attempt in one of them has ended, which may change their number.
   *
   * @return whether there are more now
   */
  public boolean ended(String type, boolean inVain, long nanos, long nowNanos) {
    AdaptiveLimit limit = adaptive;
    return limit != null && limit.ended(type, inVain, nanos, taken(), nowNanos) && follow(limit);
  }

  private boolean follow(AdaptiveLimit limit) {
    resizing.lock();
    try {
      int more = limit.now() - size.get();
      size.addAndGet(more);
      if (more > 0) {
        permits.release(more);
      } else if (more < 0) {
        permits.reducePermits(-more);
      }
      return more > 0;
    } finally {
      resizing.unlock();
    }
  }

  /** Lets the number be reduced. */
  private static final class Permits extends Semaphore {
    @Serial private static final long serialVersionUID = 1L;

    Permits(int number) {
      super(number);
    }

    @Override
    protected void reducePermits(int reduction) {
      super.reducePermits(reduction);
    }
  }
}
