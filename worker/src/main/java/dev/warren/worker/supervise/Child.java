package dev.warren.worker.supervise;

import dev.warren.engine.journal.InFlight;
import dev.warren.engine.journal.InFlightJournal;
import dev.warren.engine.member.OrderlyStop;
import dev.warren.engine.shutdown.StopRequests;
import dev.warren.worker.crash.RunFolder;
import dev.warren.worker.crash.Suspects;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
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

  /** So many crashes in a row, none of them after a stable while, are a loop. */
  static final int LOOP = 5;

  /** One that ends sooner has done nothing, whatever its exit code says. */
  private static final Duration SHORTEST_LIFE = Duration.ofSeconds(1);

  private static final Duration URGENT_LIMIT = Duration.ofSeconds(10);

  /**
   * What all children of a supervisor share.
   *
   * @param command what starts one now; more arguments are added to it
   * @param delays the waits before a crashed one is started again, for each anew
   * @param whenHopeless told the exit code of a first start that will fail again; answers whether
   *     that is the end of it
   * @param whenEnded told when a child has ended in order and is to stay away
   */
  record Home(
      Supplier<List<String>> command,
      RunFolder folder,
      PrintStream output,
      PrintStream errors,
      Supplier<RestartDelay> delays,
      IntPredicate whenHopeless,
      Runnable whenEnded) {}

  private final String label;
  private final int index;
  private final Home home;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // Guarded by lock.
  private @Nullable ChildRun run;
  private boolean stopping;
  private boolean retired;
  private int restarts;
  private int crashes;
  private int exitCode;
  private boolean drained;
  private String told = "";

  Child(int index, Home home) {
    this.label = ChildCommand.label(index);
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

  int index() {
    return index;
  }

  /** What it is doing. Never blocks. */
  ChildState state() {
    lock.lock();
    try {
      Optional<ChildRun> alive = Optional.ofNullable(run).filter(ChildRun::isAlive);
      return new ChildState(
          label,
          phase(),
          alive.map(ChildRun::pid).orElse(-1L),
          alive.map(ChildRun::since),
          restarts,
          crashes,
          told);
    } finally {
      lock.unlock();
    }
  }

  private ChildState.Phase phase() {
    if (drained) {
      return ChildState.Phase.DRAINED;
    }
    if (thread.getState() == Thread.State.TERMINATED) {
      return ChildState.Phase.ENDED;
    }
    if (stopping) {
      return ChildState.Phase.STOPPING;
    }
    if (crashes >= LOOP) {
      return ChildState.Phase.LOOPING;
    }
    return run == null && crashes > 0 ? ChildState.Phase.CRASHED : ChildState.Phase.RUNNING;
  }

  /** Forgets its crashes if it has been stable since the last. */
  void noteStable() {
    boolean recovered;
    lock.lock();
    try {
      ChildRun now = run;
      boolean stable =
          now != null && now.isAlive() && now.lived().compareTo(RestartDelay.STABLE) >= 0;
      recovered = stable && crashes >= LOOP;
      crashes = stable ? 0 : crashes;
    } finally {
      lock.unlock();
    }
    if (recovered) {
      LOG.info("{} has recovered: it runs since {} s", label, RestartDelay.STABLE.toSeconds());
    }
  }

  /** Asks it to stop in order. */
  void stop() {
    say(StopRequests.STOP_LINE, false);
  }

  /** Asks it to stop as soon as what it runs has ended, however long that takes. */
  void retire() {
    say(StopRequests.RETIRE_LINE, true);
  }

  /** Asks it to stop at once, and kills it if that takes long. */
  void stopNow() {
    stop();
    ChildRun now = now();
    if (now != null) {
      now.say(StopRequests.STOP_NOW_LINE);
      now.killAfter(URGENT_LIMIT);
    }
  }

  /** One that was retired has no limit of its own: ends its patience after the grace. */
  void hurryAfter(Duration grace) {
    ChildRun now = now();
    if (now != null && isRetired()) {
      now.hurryAfter(grace);
    }
  }

  /** Kills it if it has not ended by then. */
  void killAfter(Duration limit) {
    ChildRun now = now();
    if (now != null) {
      now.killAfter(limit);
    }
  }

  /**
   * Waits for its end, at most so long, then kills it.
   *
   * @return its last exit code
   */
  int awaitEnd(Duration limit) throws InterruptedException {
    if (!thread.join(limit)) {
      LOG.error("{} did not stop in time: killing it; what it ran comes again", label);
      ChildRun now = now();
      if (now != null) {
        now.kill();
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
    try {
      live();
    } finally {
      home.whenEnded().run();
    }
  }

  private void live() {
    RestartDelay delay = home.delays().get();
    boolean first = true;
    while (!isStopping()) {
      ChildRun began = begin();
      int code = began == null ? 1 : endOf(began);
      collectSuspects(code);
      if (isStopping()) {
        return;
      }
      if (isDrained()) {
        LOG.info("{} was told to drain and has ended; it is not started again", label);
        return;
      }
      if (first && HOPELESS.contains(code) && home.whenHopeless().test(code)) {
        return;
      }
      first = false;
      Duration lived = began == null ? Duration.ZERO : began.lived();
      boolean inOrder = code == 0 && lived.compareTo(SHORTEST_LIFE) >= 0;
      Duration wait = inOrder ? Duration.ZERO : delay.after(lived);
      if (inOrder) {
        LOG.info("{} has drained and ended; starting it again", label);
      } else {
        tellCrash(code, lived, wait, delay.crashesInRow(), began);
      }
      pause(wait);
    }
  }

  private void tellCrash(
      int code, Duration lived, Duration wait, int inRow, @Nullable ChildRun ended) {
    String how = "exit code " + code + (code > 128 ? " (signal " + (code - 128) + ")" : "");
    lock.lock();
    try {
      crashes = inRow;
      told = how;
    } finally {
      lock.unlock();
    }
    if (inRow == LOOP) {
      LOG.error(
          "{} keeps crashing ({}, {} times in a row): it is started again ever later, at the"
              + " latest after {} s. What it said last:\n  {}",
          label,
          how,
          inRow,
          RestartDelay.LONGEST.toSeconds(),
          ended == null ? "nothing" : String.join("\n  ", ended.lastLines()));
    } else {
      LOG.warn(
          "{} crashed after {} s: {}; starting it again in {} ms",
          label,
          lived.toSeconds(),
          how,
          wait.toMillis());
    }
  }

  private @Nullable ChildRun begin() {
    try {
      // The port of the one before may be somebody else's by now.
      Files.deleteIfExists(home.folder().healthAddress(label));
      ChildRun started = ChildRun.start(label, command(), home.output(), home.errors());
      boolean alreadyStopping;
      lock.lock();
      try {
        run = started;
        alreadyStopping = stopping;
      } finally {
        lock.unlock();
      }
      LOG.info("{} is process {}", label, started.pid());
      if (alreadyStopping) {
        started.say(StopRequests.STOP_LINE);
      }
      return started;
    } catch (IOException unstartable) {
      LOG.error("{} cannot be started: {}", label, unstartable.getMessage());
      remember(1);
      return null;
    }
  }

  private int endOf(ChildRun began) {
    try {
      return remember(began.await());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }

  private List<String> command() {
    List<String> command = new ArrayList<>(home.command().get());
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

  private void say(String line, boolean patiently) {
    ChildRun now;
    lock.lock();
    try {
      stopping = true;
      retired |= patiently;
      now = run;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (now != null) {
      now.say(line);
    }
  }

  private int remember(int ended) {
    lock.lock();
    try {
      drained |= ended == OrderlyStop.STAY_AWAY;
      exitCode = ended == OrderlyStop.STAY_AWAY ? 0 : ended;
      run = null;
      restarts += stopping || drained ? 0 : 1;
      return exitCode;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable ChildRun now() {
    lock.lock();
    try {
      return run;
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

  private boolean isRetired() {
    lock.lock();
    try {
      return retired;
    } finally {
      lock.unlock();
    }
  }

  private boolean isDrained() {
    lock.lock();
    try {
      return drained;
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
