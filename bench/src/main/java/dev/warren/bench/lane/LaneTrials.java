package dev.warren.bench.lane;

import dev.warren.api.Outcome;
import dev.warren.api.TaskType;
import dev.warren.producer.WarrenClient;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What is done with one lane: work of each kind, then tasks that do not end. */
final class LaneTrials {
  private static final Duration WORK_LIMIT = Duration.ofMinutes(2);
  private static final Duration NEIGHBOURS_LIMIT = Duration.ofSeconds(10);
  private static final Duration RESTART_LIMIT = Duration.ofSeconds(30);
  private static final Duration AFTERWARDS = Duration.ofMillis(700);
  private static final int MEASURED = 20;
  private static final int NEIGHBOURS = 20;
  private static final int NEIGHBOUR_MILLIS = 50;
  private static final int PROBE_MILLIS = 300;

  private final LanesPlan plan;
  private final WarrenClient client;
  private final URI page;
  private final CurtServer curt;

  /**
   * @param page that a server answers after its time
   * @param curt hangs up at once until it is told to be silent
   */
  LaneTrials(LanesPlan plan, WarrenClient client, URI page, CurtServer curt) {
    this.plan = plan;
    this.client = client;
    this.page = page;
    this.curt = curt;
  }

  /** Lets a JVM that has just begun load its classes and compile what is hot. */
  void warmUp(DemoLane lane) throws InterruptedException {
    int some = 2 * plan.places();
    for (LaneWork work : LaneWork.values()) {
      if (lane.takes(work)) {
        send(lane, work, some).await(WORK_LIMIT);
      }
    }
    // A worker measures the first attempts of a type, on platform threads whatever its lane is.
    reads(lane, 2 * MEASURED).await(WORK_LIMIT);
    loops(lane, 0, 2 * MEASURED).await(WORK_LIMIT);
  }

  private Volley<LanesTypes.Nothing> reads(DemoLane lane, int count) {
    return send(
        LanesTypes.read(lane.queue(), plan.timeLimit()),
        new LanesTypes.Silence(curt.port()),
        count);
  }

  /** Does work of a kind. */
  LanesReport.Cell work(LaneHost host, LaneWork work) throws InterruptedException {
    try (TreeMeter meter = TreeMeter.start(host.process().handle())) {
      Volley<?> volley = send(host.lane(), work, plan.tasks(work));
      volley.await(WORK_LIMIT);
      return new LanesReport.Cell(host.lane(), work, volley.count(), meter.read());
    }
  }

  private Volley<?> send(DemoLane lane, LaneWork work, int count) {
    String queue = lane.queue();
    return switch (work) {
      case CPU -> send(LanesTypes.digest(queue), new LanesTypes.Bytes(plan.mebibytes()), count);
      case BLOCKING ->
          send(LanesTypes.pause(queue), new LanesTypes.Pause(plan.waitMillis()), count);
      case NETWORK -> send(LanesTypes.fetch(queue), new LanesTypes.Page(page), count);
    };
  }

  private <A, R> Volley<R> send(TaskType<A, R> type, A arguments, int count) {
    return Volley.send(client, type, arguments, count);
  }

  /**
   * Submits a task that does not end and its neighbours, waits for its end and until the lane's
   * places all work again, and looks at what it has left behind. What has not ended by then gets a
   * new program.
   */
  LanesReport.Hang hang(LaneHost host, LaneHang kind) throws InterruptedException {
    DemoLane lane = host.lane();
    curt.beSilent();
    long began = System.currentTimeMillis();
    Volley<LanesTypes.Nothing> hanging = hanging(lane, kind);
    Volley<LanesTypes.Span> neighbours = pauses(lane, NEIGHBOUR_MILLIS, NEIGHBOURS);
    hanging.await(plan.timeLimit().plus(plan.stopGrace()).plus(NEIGHBOURS_LIMIT));
    Probes probes = new Probes();
    Double free = probes.free(lane, began);
    LanesReport.Count seen = neighbours.count();
    double seconds = neighbours.secondsToLastSuccess();
    double cores = coresOf(host);
    long stuck = host.process().sum("warren_attempts_stuck").orElse(0);
    String readiness = host.process().readiness();
    int open = hanging.count().lost() + seen.lost() + probes.open();
    int lost = 0;
    if (open > 0) {
      host.startAnew();
      long deadline = System.nanoTime() + RESTART_LIMIT.toNanos();
      hanging.await(until(deadline));
      neighbours.await(until(deadline));
      probes.await(until(deadline));
      lost = hanging.count().lost() + neighbours.count().lost() + probes.open();
    }
    Optional<Outcome<LanesTypes.Nothing>> end = hanging.first();
    return new LanesReport.Hang(
        lane,
        kind,
        free,
        seen,
        seconds,
        cores,
        stuck,
        end.map(one -> one.status().word()).orElse("unknown"),
        end.map(LaneTrials::words).orElse(""),
        Readiness.trouble(readiness),
        open - lost,
        lost);
  }

  private static Duration until(long deadline) {
    return Duration.ofNanos(deadline - System.nanoTime());
  }

  private Volley<LanesTypes.Nothing> hanging(DemoLane lane, LaneHang kind) {
    return switch (kind) {
      case READ -> reads(lane, 1);
      case LOOP -> loops(lane, LanesTypes.Turns.FOR_EVER, 1);
    };
  }

  private Volley<LanesTypes.Nothing> loops(DemoLane lane, long turns, int count) {
    return send(
        LanesTypes.loop(lane.queue(), plan.timeLimit()), new LanesTypes.Turns(turns), count);
  }

  private Volley<LanesTypes.Span> pauses(DemoLane lane, int millis, int count) {
    return send(LanesTypes.pause(lane.queue()), new LanesTypes.Pause(millis), count);
  }

  private static double coresOf(LaneHost host) throws InterruptedException {
    try (TreeMeter meter = TreeMeter.start(host.process().handle())) {
      // Nobody counts it down: it is only waited for.
      boolean early = new CountDownLatch(1).await(AFTERWARDS.toMillis(), TimeUnit.MILLISECONDS);
      return early ? 0 : meter.read().cores();
    }
  }

  private static String words(Outcome<?> outcome) {
    return outcome instanceof Outcome.Dead<?> dead ? dead.failure().toString() : "";
  }

  /** As many short tasks as the lane has places: when they all ran at once, all places work. */
  private final class Probes {
    private @Nullable Volley<LanesTypes.Span> last;

    /** When they did, in seconds from a time in milliseconds; null if they did not. */
    @Nullable Double free(DemoLane lane, long began) throws InterruptedException {
      long deadline = System.nanoTime() + plan.patience().toNanos();
      do {
        Volley<LanesTypes.Span> probes = pauses(lane, PROBE_MILLIS, plan.places(lane));
        last = probes;
        if (!probes.await(until(deadline))) {
          return null;
        }
        List<LanesTypes.Span> spans = probes.results();
        long lastBegan = spans.stream().mapToLong(LanesTypes.Span::began).max().orElse(0);
        long firstEnded = spans.stream().mapToLong(LanesTypes.Span::ended).min().orElse(0);
        if (spans.size() == plan.places(lane) && lastBegan < firstEnded) {
          return (lastBegan - began) / 1e3;
        }
      } while (System.nanoTime() - deadline < 0);
      return null;
    }

    int open() {
      return last == null ? 0 : last.count().lost();
    }

    void await(Duration limit) throws InterruptedException {
      if (last != null) {
        last.await(limit);
      }
    }
  }
}
