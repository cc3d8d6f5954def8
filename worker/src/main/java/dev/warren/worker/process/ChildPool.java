package dev.warren.worker.process;

import dev.warren.engine.connection.BackOff;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Children that wait for an attempt. One thread, {@code warren-children}, starts as many as there
 * should be, and another for each that ended or was used up. Safe for concurrent use.
 */
final class ChildPool implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ChildPool.class);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);
  private static final long PAGE = 4_096;

  /**
   * How many there are, and for how long.
   *
   * @param tasks after so many attempts it is replaced
   * @param memory after an attempt with more than so many bytes resident it is replaced
   */
  record Plan(int size, int tasks, long memory) {}

  private final Plan plan;
  private final ChildProgram program;
  private final ChildDoor door;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // Guarded by lock.
  private final Deque<ChildProcess> idle = new ArrayDeque<>();
  private final Set<ChildProcess> all = new HashSet<>();
  private @Nullable String problem;
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
   * @throws IOException if none can be started
   */
  ChildProcess take() throws IOException, InterruptedException {
    long left = program.startLimit().toNanos();
    lock.lockInterruptibly();
    try {
      while (true) {
        // The last one that came back: its caches are warm.
        ChildProcess child = idle.pollLast();
        if (child != null && child.usable()) {
          return child;
        }
        if (child != null) {
          replace(child);
        } else {
          if (closed || left <= 0) {
            throw new IOException(
                closed
                    ? "the worker stops"
                    : "no child process could be started: " + (problem == null ? "" : problem));
          }
          left = changed.awaitNanos(left);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** One that ended while it waited, and of which nobody has told yet. Call with the lock. */
  private void replace(ChildProcess ended) {
    all.remove(ended);
    changed.signalAll();
    // It may take seconds, and whoever takes a child has an attempt to run.
    Thread.ofVirtual().name("warren-child-end").start(ended::close);
  }

  /** Takes a child back. One that is not fit, or used up, is ended and replaced. */
  void give(ChildProcess child, boolean fit) {
    boolean kept = fit && child.usable() && child.runs() < plan.tasks() && !isLarge(child);
    lock.lock();
    try {
      kept &= !closed;
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

  private Set<ChildProcess> children() {
    lock.lock();
    try {
      return Set.copyOf(all);
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    BackOff backOff = new BackOff();
    try {
      while (awaitNeed()) {
        try {
          ChildProcess child = startOne();
          backOff.reset();
          if (!add(child)) {
            child.close();
          }
        } catch (IOException failed) {
          LOG.error("a child process cannot be started: {}", failed.getMessage());
          fail(failed.getMessage() + "");
          pause(backOff.next());
        }
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean add(ChildProcess child) {
    lock.lock();
    try {
      problem = null;
      if (closed) {
        return false;
      }
      all.add(child);
      idle.addFirst(child);
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
    boolean removed;
    lock.lock();
    try {
      removed = idle.remove(child) && all.remove(child);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (removed && !isClosed()) {
      LOG.warn("{} ended without an attempt: {}", child, child.howItEnded());
      child.close();
    }
  }

  /** Waits until one more should be started; false if no more is. */
  private boolean awaitNeed() throws InterruptedException {
    lock.lock();
    try {
      while (!closed && all.size() >= plan.size()) {
        changed.await();
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  private void fail(String why) {
    lock.lock();
    try {
      problem = why;
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
    try {
      String[] pages = Files.readString(Path.of("/proc/" + child.pid() + "/statm")).split(" ", 3);
      return Long.parseLong(pages[1]) * PAGE > plan.memory();
    } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException unknown) {
      LOG.trace("the memory of {} is not known", child, unknown);
      return false;
    }
  }
}
