package dev.warren.worker.supervise;

import dev.warren.engine.health.HealthServer;
import dev.warren.engine.health.HealthSettings;
import dev.warren.engine.shutdown.StopRequests;
import dev.warren.worker.crash.RunFolder;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs several processes of the same command: starts again what crashes, ever later if it keeps
 * crashing, and at once what was told to restart; leaves away what was told to drain; stops all
 * together; serves their health and metrics on one port.
 */
public final class Supervisor {
  private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);

  /** What an orderly end may take beyond the grace: last confirms, closing connections. */
  private static final Duration AFTER_GRACE = Duration.ofSeconds(60);

  private static final int INTERRUPTED = 130;

  /**
   * What a supervisor does.
   *
   * @param command starts a child; more arguments are added to it
   * @param grace what running tasks get to finish
   * @param health where to serve health and metrics, if anywhere
   */
  public record Plan(
      int processes, List<String> command, Duration grace, Optional<HealthSettings> health) {
    public Plan {
      command = List.copyOf(command);
    }
  }

  private final Plan plan;
  private final RunFolder folder;
  private final List<Child> children;
  private final AtomicInteger hopeless = new AtomicInteger();
  private final AtomicInteger drained = new AtomicInteger();
  private final StopRequests requests;

  public Supervisor(
      Plan plan, RunFolder folder, StopRequests requests, PrintStream output, PrintStream errors) {
    this.plan = plan;
    this.folder = folder;
    this.requests = requests;
    Child.Home home =
        new Child.Home(plan.command(), folder, output, errors, this::giveUp, this::drained);
    this.children =
        IntStream.rangeClosed(1, plan.processes())
            .mapToObj(index -> new Child(ChildCommand.label(index), index, home))
            .toList();
  }

  /**
   * Runs the children until told to stop and all have ended.
   *
   * @return the exit code of the program: 0 if all ended in order
   */
  public int run() throws InterruptedException {
    LOG.info("starting {} worker processes", children.size());
    children.forEach(Child::start);
    try (AutoCloseable _ = serveHealth()) {
      String reason = requests.await();
      LOG.info("{}: stopping {} processes, grace {} s", reason, children.size(), seconds());
      children.forEach(Child::stop);
      requests.whenUrgent(this::stopNow);
      return awaitEnd();
    } catch (InterruptedException | RuntimeException failed) {
      throw failed;
    } catch (Exception impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private AutoCloseable serveHealth() {
    if (plan.health().isEmpty()) {
      return () -> {};
    }
    HealthSettings settings = plan.health().get();
    ChildHealth all = new ChildHealth(children, folder, settings.requiredToken());
    return HealthServer.start(settings, all::health, all::metrics);
  }

  private int awaitEnd() throws InterruptedException {
    int worst = 0;
    long deadline = System.nanoTime() + plan.grace().plus(AFTER_GRACE).toNanos();
    for (Child child : children) {
      Duration left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
      worst = Math.max(worst, child.awaitEnd(left) == 0 ? 0 : 1);
    }
    if (hopeless.get() != 0) {
      return hopeless.get();
    }
    LOG.info("all processes have ended{}", worst == 0 ? "" : ", not all of them in order");
    return requests.interrupted() ? INTERRUPTED : worst;
  }

  private void stopNow() {
    LOG.warn("stopping all processes at once");
    children.forEach(Child::stopNow);
  }

  /** A child's start failed in a way that will not go away by itself: it has said why. */
  private void giveUp(int code) {
    if (hopeless.compareAndSet(0, code)) {
      requests.stopInOrder("a worker cannot start (exit code " + code + ")");
    }
  }

  /** A child was told to drain and has ended: with the last one there is nothing left to do. */
  private void drained() {
    if (drained.incrementAndGet() == plan.processes()) {
      requests.stopInOrder("all processes were told to drain");
    }
  }

  private long seconds() {
    return plan.grace().toSeconds();
  }
}
