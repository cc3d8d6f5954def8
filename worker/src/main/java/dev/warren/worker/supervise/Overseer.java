package dev.warren.worker.supervise;

import dev.warren.worker.supervise.RollingRestart.Step;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the number of processes: every second, in its thread {@code warren-overseer}, it asks
 * how they are, takes a rolling restart one step further, and starts or retires what the work asks
 * for.
 */
final class Overseer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Overseer.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final Duration END_LIMIT = Duration.ofSeconds(10);

  /** What a new process gets until it takes work. */
  static final Duration START_PATIENCE = Duration.ofSeconds(60);

  /** Of those that are not idle. */
  private static final Duration NEVER = Duration.ofDays(100_000);

  private final Crew crew;
  private final ChildAsk ask;
  private final Supplier<Supervisor.Plan> reread;
  private final BiConsumer<Supervisor.Plan, Map<Child, ChildReport>> whenSeen;
  private final Thread thread = Thread.ofPlatform().name("warren-overseer").unstarted(this::run);
  private final Map<Child, Duration> idleSince = new HashMap<>();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // Guarded by lock.
  private boolean closed;
  private boolean reloadAsked;

  private volatile Supervisor.Plan plan;
  private volatile Scaler scaler;
  private volatile @Nullable RollingRestart rolling;

  /**
   * @param reread reads the settings again; throws if they are wrong
   * @param whenSeen told what was seen, once a round
   */
  Overseer(
      Crew crew,
      ChildAsk ask,
      Supervisor.Plan plan,
      Supplier<Supervisor.Plan> reread,
      BiConsumer<Supervisor.Plan, Map<Child, ChildReport>> whenSeen) {
    this.crew = crew;
    this.ask = ask;
    this.plan = plan;
    this.reread = reread;
    this.whenSeen = whenSeen;
    this.scaler = new Scaler(plan.processes(), plan.scaling(), ask);
  }

  void start() {
    thread.start();
  }

  /** Reads the settings again and replaces all processes, one after the other. Does not block. */
  void reload() {
    lock.lock();
    try {
      reloadAsked = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** What is done now. */
  Supervisor.Plan plan() {
    return plan;
  }

  /** Whether processes are being replaced. */
  boolean restarting() {
    return rolling != null;
  }

  /** What there is to do, if it is looked at. */
  Optional<ScalingRule.Load> load() {
    return scaler.latest();
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
      if (!thread.join(END_LIMIT)) {
        LOG.warn("{} still waits for an answer", thread.getName());
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    scaler.close();
  }

  private void run() {
    while (pause()) {
      try {
        round(Duration.ofNanos(System.nanoTime()));
      } catch (RuntimeException broken) {
        LOG.error("the processes could not be looked after; trying again", broken);
      }
    }
  }

  private boolean pause() {
    lock.lock();
    try {
      long left = INTERVAL.toNanos();
      while (!closed && !reloadAsked && left > 0) {
        left = changed.awaitNanos(left);
      }
      return !closed;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  private void round(Duration now) {
    List<Child> all = crew.all();
    all.forEach(Child::noteStable);
    Map<Child, ChildReport> reports = ask.reports(all);
    noteIdle(now, reports);
    whenSeen.accept(plan, reports);
    if (rolling == null && takeReload()) {
      beginRolling();
    }
    RollingRestart under = rolling;
    if (under != null) {
      roll(under, now, reports);
    } else {
      scale(now, reports);
    }
  }

  private boolean takeReload() {
    lock.lock();
    try {
      boolean asked = reloadAsked;
      reloadAsked = false;
      return asked;
    } finally {
      lock.unlock();
    }
  }

  private void beginRolling() {
    Supervisor.Plan next;
    Scaler fresh;
    try {
      next = reread.get();
      fresh = new Scaler(next.processes(), next.scaling(), ask);
    } catch (RuntimeException wrong) {
      LOG.error(
          "SIGHUP: the settings cannot be used ({}); all goes on as before", wrong.getMessage());
      return;
    }
    Scaler before = scaler;
    plan = next;
    scaler = fresh;
    before.close();
    List<String> old = crew.working().stream().map(Child::label).toList();
    LOG.info("SIGHUP: replacing {} processes, one after the other", old.size());
    rolling = new RollingRestart(old, START_PATIENCE);
  }

  private void roll(RollingRestart under, Duration now, Map<Child, ChildReport> reports) {
    switch (under.next(now, seen(reports))) {
      case Step.Wait() -> {
        // Until something has changed.
      }
      case Step.Start() ->
          crew.startOne()
              .ifPresent(
                  child -> {
                    LOG.info("{} is started to take the place of another", child.label());
                    under.started(now, child.label());
                  });
      case Step.Stop(String label) -> {
        LOG.info("{} is replaced and told to stop", label);
        find(label).ifPresent(this::stop);
      }
      case Step.Done(int replaced) -> {
        LOG.info("{} processes have been replaced", replaced);
        rolling = null;
      }
      case Step.GiveUp(String fresh, int left) -> {
        LOG.error(
            "{} does not come to take work; it is stopped, and the {} processes that were not"
                + " replaced go on as they are: see its output, then SIGHUP again",
            fresh,
            left);
        find(fresh).ifPresent(this::stop);
        rolling = null;
      }
    }
  }

  private void stop(Child child) {
    child.stop();
    child.killAfter(plan.grace().plus(Supervisor.AFTER_GRACE));
  }

  private static RollingRestart.Seen seen(Map<Child, ChildReport> reports) {
    Set<String> ready = new HashSet<>();
    Set<String> there = new HashSet<>();
    Set<String> failing = new HashSet<>();
    reports.forEach(
        (child, report) -> {
          ChildState state = child.state();
          if (state.counts() && report.ready()) {
            ready.add(state.label());
          }
          if (state.counts() || state.phase() == ChildState.Phase.STOPPING) {
            there.add(state.label());
          }
          if (state.crashes() > 0) {
            failing.add(state.label());
          }
        });
    return new RollingRestart.Seen(ready, there, failing);
  }

  private Optional<Child> find(String label) {
    return crew.all().stream().filter(child -> child.label().equals(label)).findFirst();
  }

  private void scale(Duration now, Map<Child, ChildReport> reports) {
    Map<Child, ChildReport> working = new HashMap<>(reports);
    working.keySet().removeIf(child -> !child.state().counts());
    // Those that were told to drain keep their place: nobody is started for them.
    int processes = crew.working().size() + crew.drained();
    int wanted = scaler.wanted(now, processes, working);
    for (int more = processes; more < wanted; more++) {
      crew.startOne().ifPresent(child -> LOG.info("{} is started: {}", child.label(), why(wanted)));
    }
    if (wanted < processes) {
      working.keySet().stream()
          .min(dispensable(working))
          .ifPresent(
              child -> {
                LOG.info("{} is not needed any more: {}", child.label(), why(wanted));
                child.retire();
              });
    }
  }

  private String why(int wanted) {
    return scaler
        .latest()
        .map(
            load ->
                "%d processes for %s s of work that waits and %s processes full of what runs"
                    .formatted(wanted, rounded(load.seconds()), rounded(load.busy())))
        .orElse("there are to be " + wanted + " processes");
  }

  private static double rounded(double value) {
    return Math.round(value * 10) / 10.0;
  }

  /**
   * First what does not come to work, then what does nothing, for the longest, then what does
   * least; of equals the latest.
   */
  private Comparator<Child> dispensable(Map<Child, ChildReport> reports) {
    return Comparator.comparing((Child child) -> child.state().phase() != ChildState.Phase.LOOPING)
        .thenComparing(child -> idleSince.getOrDefault(child, NEVER))
        .thenComparingInt(child -> running(reports, child))
        .thenComparingInt(child -> -child.index());
  }

  private static int running(Map<Child, ChildReport> reports, Child child) {
    ChildReport report = reports.get(child);
    return report == null ? 0 : report.running() + report.waiting();
  }

  private void noteIdle(Duration now, Map<Child, ChildReport> reports) {
    idleSince.keySet().retainAll(reports.keySet());
    reports.forEach(
        (child, report) -> {
          if (report.idle()) {
            idleSince.putIfAbsent(child, now);
          } else {
            idleSince.remove(child);
          }
        });
  }
}
