package dev.warren.engine.delivery;

import dev.warren.api.Lane;
import dev.warren.engine.advice.ThreadUsage;
import dev.warren.engine.advice.TypeMeasure;
import dev.warren.engine.advice.Usage;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Measures what one attempt uses, if it is one of those that should be measured: the thread that
 * runs it, or the process that it is run in. For the lane's thread alone, but for {@link #drop}.
 */
final class AttemptMeter {
  private final TypeMeasure measure;

  /** Counted in the measure, which is told of the end of that once. */
  private final AtomicBoolean wanted = new AtomicBoolean();

  /** For who gives the attempt up, too. */
  private volatile boolean onPlatformThread;

  private long beganNanos;
  private Optional<ThreadUsage> thread = Optional.empty();

  AttemptMeter(TypeMeasure measure) {
    this.measure = measure;
  }

  /** Decides whether it runs on a platform thread instead of a virtual one, to be measured. */
  boolean wantsPlatformThread() {
    onPlatformThread = decide();
    return onPlatformThread;
  }

  /** Whether it runs on a platform thread although its lane has virtual ones. */
  boolean onPlatformThread() {
    return onPlatformThread;
  }

  /**
   * Decides whether it is one of them. What began with this ends with {@link #end} or {@link
   * #drop}.
   */
  private boolean decide() {
    if (!wanted.get() && measure.wanted()) {
      wanted.set(true);
    }
    return wanted.get();
  }

  /** The body is about to run in a lane, on the calling thread. */
  void begin(Lane lane) {
    if (lane == Lane.PROCESS || (lane != Lane.ASYNC && !Thread.currentThread().isVirtual())) {
      decide();
    }
    if (wanted.get()) {
      beganNanos = System.nanoTime();
      thread = lane == Lane.PROCESS ? Optional.empty() : ThreadUsage.begin();
    }
  }

  /** Whether another process that does the work should be measured. */
  boolean wanted() {
    return wanted.get() && thread.isEmpty();
  }

  /** What another process used. */
  void used(Duration cpu, long resident) {
    if (wanted()) {
      measured(
          new Usage(
              Duration.ofNanos(Math.max(0, System.nanoTime() - beganNanos)),
              cpu,
              Duration.ZERO,
              OptionalLong.empty(),
              OptionalLong.of(resident)));
    }
  }

  /**
   * The body has returned, or did not begin; call on the same thread.
   *
   * @return whether what the attempt used is known
   */
  boolean end() {
    boolean knew = thread.isPresent() && measured(thread.get().end());
    thread = Optional.empty();
    drop();
    return knew;
  }

  /** It does not run, or not here: nothing of it will be known. From any thread. */
  void drop() {
    if (wanted.getAndSet(false)) {
      measure.notMeasured();
    }
  }

  private boolean measured(Usage usage) {
    if (!wanted.getAndSet(false)) {
      return false;
    }
    measure.measured(usage);
    return true;
  }
}
