package dev.warren.bench.lane;

import dev.warren.bench.BenchException;
import dev.warren.bench.Machine;
import dev.warren.bench.SlowServer;
import dev.warren.producer.WarrenClient;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The same work in every lane that can take it, each in a program of its own, one lane after the
 * other; then what happens when a task does not end.
 */
final class LanesDemo {
  private final LanesPlan plan;
  private final LaneHost.Where where;
  private final String broker;
  private final Consumer<String> progress;

  /** Those that run; more than one thread starts them. */
  private final ConcurrentLinkedQueue<LaneHost> hosts = new ConcurrentLinkedQueue<>();

  /**
   * @param broker its version, for people
   */
  LanesDemo(LanesPlan plan, LaneHost.Where where, String broker, Consumer<String> progress) {
    this.plan = plan;
    this.where = where;
    this.broker = broker;
    this.progress = progress;
  }

  LanesReport run() throws InterruptedException {
    Instant began = Instant.now();
    Machine machine = Machine.here();
    if (plan.lanes().contains(DemoLane.PYTHON)) {
      PythonTasks.copyTo(where.folder());
    }
    List<LanesReport.Cell> cells = new ArrayList<>();
    List<LanesReport.Hang> hangs = new ArrayList<>();
    try (SlowServer pages =
            SlowServer.start(plan.waitMillis(), where.folder().resolve("pages.log"));
        CurtServer curt = CurtServer.start();
        WarrenClient client = client()) {
      LaneTrials trials = new LaneTrials(plan, client, URI.create(pages.url()), curt);
      progress.accept("starting a program for each lane");
      List<LaneHost> started =
          together(
              // More at a time would only hold each other up.
              machine.cores(),
              plan.lanes().stream().<Callable<LaneHost>>map(lane -> () -> start(lane)));
      for (LaneHost host : started) {
        cells.addAll(work(trials, host));
      }
      progress.accept("in all lanes, a task that " + LaneHang.READ.title());
      hangs.addAll(
          together(
              started.size(),
              started.stream()
                  .<Callable<LanesReport.Hang>>map(
                      host -> () -> trials.hang(host, LaneHang.READ))));
      for (LaneHost host : started) {
        progress.accept(host.lane().word() + ": a task that " + LaneHang.LOOP.title());
        hangs.add(trials.hang(host, LaneHang.LOOP));
        // It may still compute.
        host.close();
      }
    } finally {
      hosts.forEach(LaneHost::close);
    }
    double seconds = Duration.between(began, Instant.now()).toMillis() / 1e3;
    return new LanesReport(began, seconds, machine, broker, plan, cells, hangs);
  }

  private WarrenClient client() {
    return WarrenClient.builder()
        .broker(where.broker())
        .role("bench")
        .typeCache(where.folder().resolve("types"))
        .connect();
  }

  private LaneHost start(DemoLane lane) throws InterruptedException {
    LaneHost host = LaneHost.start(lane, plan, where);
    hosts.add(host);
    return host;
  }

  private List<LanesReport.Cell> work(LaneTrials trials, LaneHost host)
      throws InterruptedException {
    progress.accept("%s: %s".formatted(host.lane().word(), host.lane().description()));
    trials.warmUp(host.lane());
    List<LanesReport.Cell> cells = new ArrayList<>();
    for (LaneWork work : LaneWork.values()) {
      if (host.lane().takes(work)) {
        cells.add(trials.work(host, work));
      }
    }
    return cells;
  }

  /** Does so many things at once; answers in their order, when all have ended. */
  private static <T> List<T> together(int atOnce, Stream<Callable<T>> things)
      throws InterruptedException {
    try (ExecutorService threads =
        Executors.newFixedThreadPool(
            atOnce, Thread.ofPlatform().name("warren-bench-lane-", 1).factory())) {
      List<T> answers = new ArrayList<>();
      for (Future<T> each : threads.invokeAll(things.toList())) {
        answers.add(each.get());
      }
      return answers;
    } catch (ExecutionException failed) {
      throw failed.getCause() instanceof BenchException known
          ? known
          : new BenchException("a lane cannot be tried: " + failed.getCause(), failed);
    }
  }
}
