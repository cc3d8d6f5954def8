package dev.warren.worker.supervise;

import dev.warren.engine.journal.InFlight;
import dev.warren.engine.journal.InFlightJournal;
import dev.warren.engine.member.OrderlyStop;
import dev.warren.engine.shutdown.StopRequests;
import dev.warren.worker.crash.RunFolder;
import dev.warren.worker.crash.Suspects;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One supervised process: started, started again after a crash, stopped by lines on its standard
 * input. One thread, {@code warren-<label>}, owns its life.
 */
final class Child {
  private static final Logger LOG = LoggerFactory.getLogger(Child.class);

  /** Exit codes of a start that will fail again: usage, login refused, topology refused. */
  private static final Set<Integer> HOPELESS = Set.of(2, 3, 4);

  private static final int LOOP = 5;
  private static final Duration URGENT_LIMIT = Duration.ofSeconds(10);

  /**
   * What all children of a supervisor share.
   *
   * @param whenHopeless told the exit code of a start that will fail again
   * @param whenDrained told when a child has ended in order and is to stay away
   */
  record Home(
      List<String> command,
      RunFolder folder,
      PrintStream output,
      PrintStream errors,
      IntConsumer whenHopeless,
      Runnable whenDrained) {}

  private final String label;
  private final int index;
  private final Home home;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // Guarded by lock.
  private @Nullable Process process;
  private boolean stopping;
  private int restarts;
  private int exitCode;
  private boolean drained;

  Child(String label, int index, Home home) {
    this.label = label;
    this.index = index;
    this.home = home;
    this.thread = Thread.ofPlatform().name("warren-" + label).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  String label() {
    return label;
  }

  /** How often it was started again. */
  int restarts() {
    lock.lock();
    try {
      return restarts;
    } finally {
      lock.unlock();
    }
  }

  /** Whether its process runs. */
  boolean alive() {
    Process now = process();
    return now != null && now.isAlive();
  }

  /** Whether it was told to drain, has ended and stays away. */
  boolean drained() {
    lock.lock();
    try {
      return drained;
    } finally {
      lock.unlock();
    }
  }

  /** Its process id; -1 if it does not run. */
  long pid() {
    Process now = process();
    return now == null ? -1 : now.pid();
  }

  /** Asks it to stop in order. */
  void stop() {
    lock.lock();
    try {
      stopping = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    say(StopRequests.STOP_LINE);
  }

  /** Asks it to stop at once, and kills it if that takes long. */
  void stopNow() {
    stop();
    say(StopRequests.STOP_NOW_LINE);
    Process now = process();
    if (now != null) {
      now.onExit()
          .orTimeout(URGENT_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
          .exceptionally(late -> kill(now));
    }
  }

  private static Process kill(Process late) {
    return late.destroyForcibly();
  }

  /**
   * Waits for its end, at most so long, then kills it.
   *
   * @return its last exit code
   */
  int awaitEnd(Duration limit) throws InterruptedException {
    if (!thread.join(limit)) {
      LOG.error("{} did not stop in time: killing it; what it ran comes again", label);
      Process now = process();
      if (now != null) {
        now.destroyForcibly();
      }
      thread.join();
    }
    lock.lock();
    try {
      return exitCode;
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    RestartDelay delay = new RestartDelay();
    boolean first = true;
    while (!isStopping()) {
      long began = System.nanoTime();
      int code = runOnce();
      Duration lived = Duration.ofNanos(System.nanoTime() - began);
      if (isStopping()) {
        collectSuspects(code);
        return;
      }
      if (drained()) {
        collectSuspects(code);
        LOG.info("{} was told to drain and has ended; it is not started again", label);
        home.whenDrained().run();
        return;
      }
      if (first && HOPELESS.contains(code)) {
        home.whenHopeless().accept(code);
        return;
      }
      first = false;
      collectSuspects(code);
      Duration wait = code == 0 ? Duration.ZERO : delay.after(lived);
      tellEnd(code, lived, wait, delay.crashesInRow());
      pause(wait);
    }
  }

  private void tellEnd(int code, Duration lived, Duration wait, int crashesInRow) {
    if (code == 0) {
      LOG.info("{} has drained and ended; starting it again", label);
    } else if (crashesInRow >= LOOP) {
      LOG.error(
          "{} keeps crashing: exit code {}, {} times in a row; next try in {} s",
          label,
          code,
          crashesInRow,
          wait.toSeconds());
    } else {
      LOG.warn(
          "{} crashed after {} s: exit code {}{}; starting it again in {} ms",
          label,
          lived.toSeconds(),
          code,
          code > 128 ? " (signal " + (code - 128) + ")" : "",
          wait.toMillis());
    }
  }

  private int runOnce() {
    try {
      // The port of the one before may be somebody else's by now.
      Files.deleteIfExists(home.folder().healthAddress(label));
      Process started = new ProcessBuilder(command()).start();
      boolean alreadyStopping;
      lock.lock();
      try {
        process = started;
        alreadyStopping = stopping;
      } finally {
        lock.unlock();
      }
      LOG.info("{} is process {}", label, started.pid());
      Thread out = pump(started.getInputStream(), home.output());
      Thread err = pump(started.getErrorStream(), home.errors());
      if (alreadyStopping) {
        say(StopRequests.STOP_LINE);
      }
      int code = exitCode(started.waitFor());
      out.join(Duration.ofSeconds(5));
      err.join(Duration.ofSeconds(5));
      remember(code);
      return code;
    } catch (IOException unstartable) {
      LOG.error("{} cannot be started: {}", label, unstartable.getMessage());
      remember(1);
      return 1;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }

  private List<String> command() {
    List<String> command = new ArrayList<>(home.command());
    command.addAll(
        List.of(
            "--process-index",
            String.valueOf(index),
            "--run-dir",
            home.folder().path().toString()));
    if (Files.exists(home.folder().suspects(label))) {
      command.addAll(List.of("--suspects", home.folder().suspects(label).toString()));
    }
    return command;
  }

  private Thread pump(InputStream from, PrintStream to) {
    return Thread.ofVirtual().name("warren-output-" + label).start(new LinePump(from, to, label));
  }

  /** After a crash: which tasks ran, for the log and for the next process. */
  private void collectSuspects(int code) {
    try {
      List<InFlight> running = InFlightJournal.read(home.folder().journal(label));
      Files.deleteIfExists(home.folder().journal(label));
      if (code != 0 && !running.isEmpty()) {
        Suspects.tell(label, running);
        Suspects.add(home.folder().suspects(label), running);
      }
    } catch (IOException unreadable) {
      LOG.warn("what {} ran is not known: {}", label, unreadable.getMessage());
    }
  }

  private void say(String line) {
    Process now = process();
    if (now == null || !now.isAlive()) {
      return;
    }
    try {
      OutputStream input = now.getOutputStream();
      input.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      input.flush();
    } catch (IOException gone) {
      LOG.debug("{} did not hear '{}': it is gone", label, line);
    }
  }

  private int exitCode(int code) {
    if (code != OrderlyStop.STAY_AWAY) {
      return code;
    }
    lock.lock();
    try {
      drained = true;
    } finally {
      lock.unlock();
    }
    return 0;
  }

  private void remember(int code) {
    lock.lock();
    try {
      process = null;
      exitCode = code;
      restarts += stopping || drained ? 0 : 1;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Process process() {
    lock.lock();
    try {
      return process;
    } finally {
      lock.unlock();
    }
  }

  private boolean isStopping() {
    lock.lock();
    try {
      return stopping;
    } finally {
      lock.unlock();
    }
  }

  private void pause(Duration wait) {
    lock.lock();
    try {
      long left = wait.toNanos();
      while (!stopping && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }
}
