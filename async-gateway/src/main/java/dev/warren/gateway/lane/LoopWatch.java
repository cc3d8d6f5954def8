package dev.warren.gateway.lane;

import dev.warren.engine.delivery.Attempt;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.impl.VertxThread;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.internal.threadchecker.BlockedThreadEvent;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Catches tasks that block their event loop, in their handler or in any callback on their context:
 * says which task, for how long and where, in the log, in the metric {@code warren_loop_blocked}
 * (by type), and for health checks. It looks through Vert.x's own checker, whose thread calls it,
 * and which measures each single callback: a loop that is merely busy is not blocked. Make the
 * Vert.x with {@link #watched}. Safe for concurrent use.
 */
public final class LoopWatch {
  private static final Logger LOG = LoggerFactory.getLogger(LoopWatch.class);

  /** How long a callback may hold its loop before it is reported, unless told otherwise. */
  public static final Duration DEFAULT_LIMIT = Duration.ofMillis(500);

  private static final Duration INTERVAL = Duration.ofMillis(100);

  /** Seen last so long ago, a loop is free again. */
  private static final Duration STALE = INTERVAL.multipliedBy(5);

  private static final @Nullable MethodHandle CONTEXT_OF_THREAD = contextOfThread();

  private final EventLoopLane lane;
  private final MeterRegistry registry;
  private final Map<Thread, Blockage> blockages = new ConcurrentHashMap<>();

  /**
   * A loop that is not free.
   *
   * @param since {@link System#nanoTime} of its beginning
   * @param seen {@link System#nanoTime} of the last look
   * @param reportAt how long it lasts when it is reported again
   * @param by what blocks it, for people
   */
  private record Blockage(long since, long seen, Duration reportAt, String by) {
    Duration lasted() {
      return Duration.ofNanos(seen - since);
    }
  }

  /** Where a loop is: thrown by nobody, printed with its stack. */
  private static final class Here extends Throwable {
    private static final long serialVersionUID = 1L;

    Here(Thread loop) {
      super("the stack of " + loop.getName(), null, false, true);
      setStackTrace(loop.getStackTrace());
    }
  }

  /** Begins to watch the loops of a Vert.x. */
  public LoopWatch(Vertx vertx, EventLoopLane lane, MeterRegistry registry) {
    this.lane = lane;
    this.registry = registry;
    registry.gauge("warren.loops.blocked", this, watch -> watch.current().size());
    ((VertxInternal) vertx).blockedThreadChecker().setThreadBlockedHandler(this::blocked);
  }

  /** Options of a Vert.x whose loops are looked at often enough. */
  public static VertxOptions watched(VertxOptions options, Duration limit) {
    return options
        .setBlockedThreadCheckInterval(INTERVAL.toMillis())
        .setBlockedThreadCheckIntervalUnit(TimeUnit.MILLISECONDS)
        .setMaxEventLoopExecuteTime(limit.toNanos())
        .setMaxEventLoopExecuteTimeUnit(TimeUnit.NANOSECONDS);
  }

  /** What blocks a loop now, and has done so for at least as long; the longest. */
  public Optional<String> blockedFor(Duration atLeast) {
    return current().values().stream()
        .filter(blockage -> blockage.lasted().compareTo(atLeast) >= 0)
        .max(Comparator.comparing(Blockage::lasted))
        .map(blockage -> "an event loop is blocked for " + text(blockage) + " by " + blockage.by());
  }

  private Map<Thread, Blockage> current() {
    blockages.values().removeIf(old -> System.nanoTime() - old.seen() > STALE.toNanos());
    return blockages;
  }

  private void blocked(BlockedThreadEvent event) {
    Thread thread = event.thread();
    long now = System.nanoTime();
    long since = now - event.duration();
    Blockage before = blockages.get(thread);
    // The same one if it began when that did, as well as it can be measured.
    boolean goesOn = before != null && Math.abs(since - before.since()) < INTERVAL.toNanos();
    if (before != null && goesOn && before.lasted().compareTo(before.reportAt()) < 0) {
      blockages.put(thread, new Blockage(before.since(), now, before.reportAt(), before.by()));
      return;
    }
    Optional<Attempt> attempt = attemptOn(thread);
    String by =
        attempt
            .map(running -> "task " + running.task() + " (" + running.type() + ")")
            .orElse("something outside of tasks");
    Duration lasted = Duration.ofNanos(event.duration());
    Blockage blockage = new Blockage(since, now, lasted.multipliedBy(2), by);
    blockages.put(thread, blockage);
    if (!goesOn) {
      registry
          .counter("warren.loop.blocked", "type", attempt.map(Attempt::type).orElse(""))
          .increment();
    }
    LOG.warn(
        "{} has been blocked for {} by {}: nothing else runs on it meanwhile",
        thread.getName(),
        text(blockage),
        by,
        new Here(thread));
  }

  private static String text(Blockage blockage) {
    return "%.1f s".formatted(blockage.lasted().toMillis() / 1_000.0);
  }

  private Optional<Attempt> attemptOn(Thread thread) {
    if (CONTEXT_OF_THREAD == null || !(thread instanceof VertxThread)) {
      return Optional.empty();
    }
    try {
      Context context = (Context) CONTEXT_OF_THREAD.invoke(thread);
      return context == null ? Optional.empty() : lane.attemptOn(context);
    } catch (Throwable unreadable) {
      LOG.debug("the context of {} cannot be read", thread.getName(), unreadable);
      return Optional.empty();
    }
  }

  /**
   * Vert.x tells the current context only to its own thread. A later Vert.x may hide it altogether:
   * then blocked loops are still caught, but not named after a task.
   */
  private static @Nullable MethodHandle contextOfThread() {
    try {
      return MethodHandles.privateLookupIn(VertxThread.class, MethodHandles.lookup())
          .findVirtual(VertxThread.class, "context", MethodType.methodType(ContextInternal.class));
    } catch (ReflectiveOperationException hidden) {
      LOG.warn("tasks that block an event loop cannot be named: {}", hidden.toString());
      return null;
    }
  }
}
