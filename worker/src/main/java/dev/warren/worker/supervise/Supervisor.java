package dev.warren.worker.supervise;

import dev.warren.engine.connection.Secret;
import dev.warren.engine.health.HealthServer;
import dev.warren.engine.health.HealthSettings;
import dev.warren.engine.shutdown.StopRequests;
import dev.warren.worker.crash.RunFolder;
import dev.warren.worker.status.StatusFile;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs several processes of the same command, as many as there is work for: starts again what
 * crashes, ever later if it keeps crashing, and at once what was told to restart; leaves away what
 * was told to drain; replaces all of them one by one at SIGHUP; stops all together; serves their
 * health and metrics on one port, and tells in a file how they are.
 */
public final class Supervisor {
  private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);

  /** What an orderly end may take beyond the grace: last confirms, closing connections. */
  static final Duration AFTER_GRACE = Duration.ofSeconds(60);

  private static final int INTERRUPTED = 130;

  /**
   * What a supervisor does.
   *
   * @param command starts a child; more arguments are added to it
   * @param grace what running tasks get to finish
   * @param health where to serve health and metrics, if anywhere
   * @param token what must be shown to the children, where they serve theirs
   */
  public record Plan(
      ProcessRange processes,
      List<String> command,
      Duration grace,
      Optional<HealthSettings> health,
      Optional<Secret> token,
      Scaling scaling) {
    public Plan {
      command = List.copyOf(command);
    }
  }

  /**
   * Where a supervisor works.
   *
   * @param output gets what the children print
   * @param errors gets what they print as errors
   */
  public record Place(RunFolder folder, PrintStream output, PrintStream errors) {}

  private final Plan plan;
  private final StopRequests requests;
  private final Crew crew;
  private final ChildAsk ask;
  private final Overseer overseer;
  private final CrewHealth health;
  private final StatusFile status;
  private final AtomicInteger hopeless = new AtomicInteger();

  /**
   * A supervisor that has not started anything yet.
   *
   * @param reread reads the settings again, at SIGHUP; throws if they are wrong
   */
  public Supervisor(Plan plan, Supplier<Plan> reread, Place place, StopRequests requests) {
    this.plan = plan;
    this.requests = requests;
    this.crew =
        new Crew(
            new Child.Home(
                this::command,
                place.folder(),
                place.output(),
                place.errors(),
                RestartDelay::new,
                this::giveUp,
                this::ended));
    this.ask = new ChildAsk(place.folder(), plan.token());
    this.overseer = new Overseer(crew, ask, plan, reread, this::seen);
    this.health = new CrewHealth(crew, overseer);
    this.status = new StatusFile(place.folder().status());
  }

  /**
   * Runs the children until told to stop and all have ended.
   *
   * @return the exit code of the program: 0 if all ended in order
   */
  public int run() throws InterruptedException {
    LOG.info("starting {} worker processes", plan.processes());
    for (int started = 0; started < plan.processes().min(); started++) {
      crew.startOne();
    }
    List<Child> stopping;
    try (AutoCloseable _ = serveHealth()) {
      overseer.start();
      String reason = requests.await();
      overseer.close();
      stopping = crew.stop(grace());
      LOG.info(
          "{}: stopping {} processes, grace {} s", reason, stopping.size(), grace().toSeconds());
      requests.whenUrgent(() -> stopNow(stopping));
      return awaitEnd(stopping);
    } catch (InterruptedException | RuntimeException failed) {
      throw failed;
    } catch (Exception impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Replaces all processes, one after the other, with the settings as they are now. */
  public void restart() {
    overseer.reload();
  }

  private List<String> command() {
    return overseer.plan().command();
  }

  private Duration grace() {
    return overseer.plan().grace();
  }

  private void seen(Plan now, Map<Child, ChildReport> reports) {
    health.note(reports);
    status.write(health.status(now, reports));
  }

  private AutoCloseable serveHealth() {
    return plan.health().isEmpty()
        ? () -> {}
        : HealthServer.start(
            plan.health().get(),
            () -> health.health(ask.reports(crew.all())),
            () -> health.metrics(ask.metrics(crew.all())));
  }

  private int awaitEnd(List<Child> stopping) throws InterruptedException {
    int worst = 0;
    long deadline = System.nanoTime() + grace().plus(AFTER_GRACE).toNanos();
    for (Child child : stopping) {
      Duration left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
      worst = Math.max(worst, child.awaitEnd(left) == 0 ? 0 : 1);
    }
    if (hopeless.get() != 0) {
      return hopeless.get();
    }
    LOG.info("all processes have ended{}", worst == 0 ? "" : ", not all of them in order");
    return requests.interrupted() ? INTERRUPTED : worst;
  }

  private static void stopNow(List<Child> stopping) {
    LOG.warn("stopping all processes at once");
    stopping.forEach(Child::stopNow);
  }

  /**
   * A child's first start failed in a way that will not go away by itself: it has said why. That
   * ends the program, unless its settings have been good enough for another.
   */
  private boolean giveUp(int code) {
    if (health.settled()) {
      return false;
    }
    if (hopeless.compareAndSet(0, code)) {
      requests.stopInOrder("a worker cannot start (exit code " + code + ")");
    }
    return true;
  }

  /** When all that are left were told to drain, and have, there is nothing left to do. */
  private void ended() {
    if (crew.working().isEmpty() && crew.drained() > 0) {
      requests.stopInOrder("all processes were told to drain");
    }
  }
}
