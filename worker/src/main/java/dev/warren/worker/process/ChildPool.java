package dev.warren.worker.process;

import dev.warren.engine.connection.BackOff;
import dev.warren.worker.status.Memory;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Children that wait for an attempt. One thread, {@code warren-children}, starts as many as there
 * should be, and another for each that ended or was used up; or, on demand, as many as attempts
 * wait for. Children that end before they got an attempt are replaced ever later, and the pool is
 * in trouble. Safe for concurrent use.
 */
final class ChildPool implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ChildPool.class);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

  /** Attempts wait a little even where it seems in vain, or a worker would empty its queue. */
  private static final Duration TROUBLE_PATIENCE = Duration.ofSeconds(5);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  /**
   * On demand: how long children stay without an attempt, and how long a failure is held against
   * them.
   */
  private static final Duration REST = Duration.ofMinutes(1);

  /**
   * How many there are, and for how long.
   *
   * @param tasks after so many attempts it is replaced
   * @param memory after an attempt with more than so many bytes resident it is replaced
   * @param onDemand whether there are only as many as attempts wait for, and none a minute after
   *     the last
   */
  record Plan(int size, int tasks, long memory, boolean onDemand) {}

  private final Plan plan;
  private final ChildProgram program;
  private final ChildDoor door;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // Guarded by lock.
  private final Deque<ChildProcess> idle = new ArrayDeque<>();
  private final Set<ChildProcess> all = new HashSet<>();
  private final PoolHealth health = new PoolHealth();
  private int takers;
  private long lastUse;
  private long lastFailure;
  private boolean closed;
  private int started;

  ChildPool(Plan plan, ChildProgram program, ChildDoor door) {
    this.plan = plan;
    this.program = program;
    this.door = door;
    this.thread = Thread.ofPlatform().name("warren-children").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /**
   * Starts one child now; {@link #start} the others afterwards.
   *
   * @return the types that it runs
   * @throws IOException if it cannot be started
   */
  List<OfferedType> startFirst() throws IOException, InterruptedException {
    ChildProcess child = startOne();
    if (!add(child)) {
      child.close();
    }
    return child.types();
  }

  private ChildProcess startOne() throws IOException, InterruptedException {
    return ChildProcess.start("warren-child-" + ++started, program, door, this::removeIfIdle);
  }

  /**
   * An idle child, for the caller alone, until it gives it back.
   *
   * @throws IOException if none can be started in time; sooner, if the pool is in trouble
   */
  ChildProcess take() throws IOException, InterruptedException {
    long begun = System.nanoTime();
    long left = program.startLimit().toNanos();
    lock.lockInterruptibly();
    try {
      takers++;
      changed.signalAll();
      while (true) {
        // The last one that came back: its caches are warm.
        ChildProcess child = idle.pollLast();
        if (child != null && child.usable()) {
          return child;
        }
        if (child != null) {
          // Nobody has told of it yet.
          later(() -> replace(child));
        } else {
          Optional<String> trouble = all.isEmpty() ? troubleNow() : Optional.empty();
          if (trouble.isPresent()) {
            left = Math.min(left, TROUBLE_PATIENCE.toNanos() - (System.nanoTime() - begun));
          }
          if (closed || left <= 0) {
            throw new IOException(
                closed
                    ? "the worker stops"
                    : "no child process comes up: " + trouble.orElse("none in time"));
          }
          left = changed.awaitNanos(left);
        }
      }
    } finally {
      takers--;
      lock.unlock();
    }
  }

  /** Why its children do not come up; nothing if they do. */
  Optional<String> trouble() {
    lock.lock();
    try {
      return troubleNow();
    } finally {
      lock.unlock();
    }
  }

  private Optional<String> troubleNow() {
    if (plan.onDemand() && System.nanoTime() - lastFailure > REST.toNanos()) {
      // Nobody tries in the meantime: somebody has to, once in a while.
      health.works();
    }
    return health.trouble(
        all.stream().map(ChildProcess::age).max(Comparator.naturalOrder()).orElse(Duration.ZERO));
  }

  /**
   * One that ended while it waited. Out of {@code idle}, it counts until its story is known, so
   * that the next start knows whether to pause; that may take a moment, and is not for the lock.
   */
  private void replace(ChildProcess ended) {
    String how = ended.howItEnded();
    String story = ended.runs() == 0 ? how + printed(ended) : how;
    lock.lock();
    try {
      if (closed) {
        // It is among those that are being closed.
        return;
      }
      all.remove(ended);
      if (ended.runs() == 0) {
        health.endedUnused(story, ended.age());
        lastFailure = System.nanoTime();
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    LOG.warn("{} ended without an attempt: {}", ended, how);
    ended.close();
  }

  private static String printed(ChildProcess ended) {
    String lines = ended.lastLines();
    return lines.isEmpty() ? "" : "; it printed: " + lines;
  }

  private static void later(Runnable end) {
    // It may take seconds, and whoever takes a child has an attempt to run.
    Thread.ofVirtual().name("warren-child-end").start(end);
  }

  /** Takes a child back. One that is not fit, or used up, is ended and replaced. */
  void give(ChildProcess child, boolean fit) {
    boolean kept = fit && child.usable() && child.runs() < plan.tasks() && !isLarge(child);
    lock.lock();
    try {
      kept &= !closed;
      lastUse = System.nanoTime();
      if (fit) {
        health.works();
      }
      if (kept) {
        idle.addLast(child);
      } else {
        all.remove(child);
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (!kept) {
      child.close();
    } else if (!child.usable()) {
      // It ended on its way back, and whoever was told of that did not find it among the idle.
      removeIfIdle(child);
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      thread.interrupt();
      if (thread.getState() != Thread.State.NEW && !thread.join(CLOSE_LIMIT)) {
        LOG.warn("a child process that is being started does not end");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    for (ChildProcess child : children()) {
      child.close();
    }
  }

  /** Whether one at least is up, at work or not. */
  boolean hasChildren() {
    return !children().isEmpty();
  }

  private Set<ChildProcess> children() {
    lock.lock();
    try {
      return Set.copyOf(all);
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    BackOff backOff = new BackOff(BackOff.DEFAULT_INITIAL, LONGEST_PAUSE, new SecureRandom());
    try {
      while (awaitNeed()) {
        if (isFailing()) {
          pause(backOff.next());
        } else {
          backOff.reset();
        }
        try {
          ChildProcess child = startOne();
          if (!add(child)) {
            child.close();
          }
        } catch (IOException failed) {
          LOG.error("a child process cannot be started: {}", failed.getMessage());
          couldNotStart(failed.getMessage() + "");
        }
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean add(ChildProcess child) {
    lock.lock();
    try {
      if (closed) {
        return false;
      }
      all.add(child);
      idle.addFirst(child);
      lastUse = System.nanoTime();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (!child.usable()) {
      removeIfIdle(child);
    }
    return true;
  }

  /** One that ends while it waits; one that ends at work is given back by whoever has it. */
  private void removeIfIdle(ChildProcess child) {
    boolean waited;
    lock.lock();
    try {
      waited = idle.remove(child);
    } finally {
      lock.unlock();
    }
    if (waited) {
      replace(child);
    }
  }

  /** Waits until one more should be started; false if no more is. */
  private boolean awaitNeed() throws InterruptedException {
    lock.lock();
    try {
      while (!closed && !isNeeded()) {
        if (plan.onDemand() && !idle.isEmpty()) {
          long left = REST.toNanos() - (System.nanoTime() - lastUse);
          if (left > 0) {
            long _ = changed.awaitNanos(left);
          } else {
            idle.forEach(all::remove);
            idle.forEach(child -> later(child::close));
            idle.clear();
          }
        } else {
          changed.await();
        }
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  /** Call with the lock. */
  private boolean isNeeded() {
    return all.size() < plan.size() && (!plan.onDemand() || takers > idle.size());
  }

  private boolean isFailing() {
    lock.lock();
    try {
      return health.failing();
    } finally {
      lock.unlock();
    }
  }

  private void couldNotStart(String why) {
    lock.lock();
    try {
      health.couldNotStart(why);
      lastFailure = System.nanoTime();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void pause(Duration wait) throws InterruptedException {
    long left = wait.toNanos();
    lock.lock();
    try {
      while (!closed && left > 0) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Where the system does not tell, no child is large. */
  private boolean isLarge(ChildProcess child) {
    return Memory.of(child.pid()).orElse(0) > plan.memory();
  }
}
