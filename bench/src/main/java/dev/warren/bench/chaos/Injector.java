package dev.warren.bench.chaos;

import dev.warren.engine.topology.TopologyNames;
import dev.warren.testkit.Alarm;
import dev.warren.testkit.FaultProxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Does the faults, one at a time. */
final class Injector {
  private static final Duration SLOW_LATENCY = Duration.ofMillis(120);
  private static final long SLOW_BYTES_PER_SECOND = 200_000;
  private static final Duration BEFORE_RESTART = Duration.ofSeconds(1);

  private final ChaosBroker broker;
  private final Fleet fleet;
  private final CountDownLatch never = new CountDownLatch(1);

  Injector(ChaosBroker broker, Fleet fleet) {
    this.broker = broker;
    this.fleet = fleet;
  }

  /**
   * What a fault did.
   *
   * @param overMillis when its cause was gone; of a member of a cluster, when it was gone itself
   */
  record Done(String target, List<Long> killed, long overMillis) {
    private static Done now(String target, List<Long> killed) {
      return new Done(target, killed, System.currentTimeMillis());
    }
  }

  /** Does a fault and undoes its cause. */
  Done inject(PlannedFault fault) throws InterruptedException {
    return switch (fault.kind()) {
      case KILL_WORKER -> killWorker(fault);
      case KILL_SUPERVISOR -> killSupervisor(fault);
      case RESTART_WORKER -> {
        FleetProgram worker = worker(fault);
        worker.stop();
        worker.start();
        yield Done.now(worker.name(), List.of());
      }
      case KILL_GATEWAY -> {
        fleet.gateway().kill();
        pause(BEFORE_RESTART);
        fleet.gateway().start();
        yield Done.now("gateway", List.of());
      }
      case RESTART_BROKER -> {
        broker.restart();
        yield Done.now("broker", List.of());
      }
      case KILL_BROKER -> {
        broker.killAndStart();
        yield Done.now("broker", List.of());
      }
      case CUT -> line(fault, FaultProxy::cut);
      case REFUSE ->
          line(
              fault,
              line -> {
                line.refuse();
                line.cut();
              });
      case STALL -> line(fault, FaultProxy::stall);
      case SLOW ->
          line(
              fault,
              line -> {
                line.latency(SLOW_LATENCY);
                line.bandwidth(SLOW_BYTES_PER_SECOND);
              });
      case MEMORY_ALARM -> {
        try (Alarm _ = broker.raiseMemoryAlarm(fault.choice())) {
          pause(fault.lasting());
        }
        yield Done.now("broker", List.of());
      }
      case DISK_ALARM -> {
        try (Alarm _ = broker.raiseDiskAlarm(fault.choice())) {
          pause(fault.lasting());
        }
        yield Done.now("broker", List.of());
      }
      case STOP_LEADER -> leader(fault, false);
      case KILL_LEADER -> leader(fault, true);
    };
  }

  private FleetProgram worker(PlannedFault fault) {
    List<FleetProgram> workers = fleet.workers();
    return workers.get(fault.choice() % workers.size());
  }

  private Done killWorker(PlannedFault fault) {
    FleetProgram supervisor = worker(fault);
    List<ProcessHandle> children = supervisor.children();
    if (children.isEmpty()) {
      return Done.now(supervisor.name() + " has none now", List.of());
    }
    ProcessHandle child = children.get((fault.choice() / 7) % children.size());
    child.destroyForcibly();
    return Done.now(supervisor.name() + ", process " + child.pid(), List.of(child.pid()));
  }

  private Done killSupervisor(PlannedFault fault) throws InterruptedException {
    FleetProgram supervisor = worker(fault);
    List<Long> children = supervisor.children().stream().map(ProcessHandle::pid).toList();
    supervisor.kill();
    pause(BEFORE_RESTART);
    supervisor.start();
    return Done.now(supervisor.name(), children);
  }

  private Done line(PlannedFault fault, java.util.function.Consumer<FaultProxy> harm)
      throws InterruptedException {
    Fleet.Lines lines = fleet.lines(fault.choice());
    lines.lines().forEach(harm);
    try {
      pause(fault.lasting());
    } finally {
      lines.lines().forEach(FaultProxy::restore);
    }
    return Done.now(lines.name(), List.of());
  }

  private Done leader(PlannedFault fault, boolean kill) throws InterruptedException {
    ChaosBroker.Member leader = broker.leaderOf(TopologyNames.work(ChaosTasks.QUEUE));
    if (kill) {
      leader.broker().node().kill();
    } else {
      leader.broker().node().stop();
    }
    // From here on the others must do.
    Done done = Done.now(leader.name(), List.of());
    pause(fault.lasting());
    leader.broker().node().start();
    broker.awaitWhole();
    return done;
  }

  private void pause(Duration duration) throws InterruptedException {
    boolean _ = never.await(duration.toMillis(), TimeUnit.MILLISECONDS);
  }
}
