package dev.warren.bench.lane;

import dev.warren.bench.FleetProcess;
import dev.warren.engine.connection.BrokerSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The program of a lane: a real worker or gateway. It can be ended at once and started anew, as by
 * whoever finds that it hangs.
 */
final class LaneHost implements AutoCloseable {
  private final DemoLane lane;
  private final LanesPlan plan;
  private final Where where;
  private FleetProcess process;
  private int starts;

  /**
   * What it needs.
   *
   * @param folder for its files
   * @param helpers the folder of the Python helper
   */
  record Where(BrokerSettings broker, Path folder, Path helpers) {}

  private LaneHost(DemoLane lane, LanesPlan plan, Where where) throws InterruptedException {
    this.lane = lane;
    this.plan = plan;
    this.where = where;
    this.process = startOne();
  }

  /** Starts one and waits until it consumes. */
  static LaneHost start(DemoLane lane, LanesPlan plan, Where where) throws InterruptedException {
    return new LaneHost(lane, plan, where);
  }

  DemoLane lane() {
    return lane;
  }

  FleetProcess process() {
    return process;
  }

  /** Ends it with all that it has started, and starts another. */
  void startAnew() throws InterruptedException {
    process.kill();
    process = startOne();
  }

  private FleetProcess startOne() throws InterruptedException {
    Path log = where.folder().resolve("%s-%d.log".formatted(lane.word(), ++starts));
    return lane == DemoLane.ASYNC
        ? FleetProcess.gateway(where.broker(), gatewayOptions(), List.of(), log)
        : FleetProcess.worker(where.broker(), workerOptions(), List.of(), log);
  }

  private List<String> gatewayOptions() {
    List<String> options = new ArrayList<>(commonOptions());
    options.addAll(
        List.of(
            "--loops=" + plan.places(),
            "--http=off",
            "--data=" + where.folder().resolve("gateway")));
    return options;
  }

  private List<String> workerOptions() {
    List<String> options = new ArrayList<>(commonOptions());
    options.addAll(
        List.of(
            "--threads=" + plan.places(),
            "--virtual=" + LanesPlan.VIRTUAL_PLACES,
            "--children=" + plan.places(),
            "--state-dir=" + where.folder().resolve("workers")));
    return options;
  }

  private List<String> commonOptions() {
    List<String> options =
        new ArrayList<>(
            List.of(
                "--queues=" + lane.queue(),
                "--log-format=text",
                "--tasks-stop-grace=" + plan.stopGrace().toMillis() + "ms"));
    if (lane == DemoLane.PYTHON) {
      options.add("--command=" + command());
    } else {
      options.add("--set=" + LanesTasks.LANE_SETTING + "=" + lane.name());
      options.add("--set=" + LanesTasks.LIMIT_SETTING + "=" + plan.timeLimit().toMillis());
    }
    return options;
  }

  private String command() {
    // Leaves nothing beside the helper.
    return "python3 -B %s %s %s %d"
        .formatted(
            quoted(where.folder().resolve(PythonTasks.PROGRAM)),
            quoted(where.helpers()),
            lane.queue(),
            plan.timeLimit().toMillis());
  }

  /** For the shell that reads the command. */
  private static String quoted(Path path) {
    return "'" + path.toString().replace("'", "'\\''") + "'";
  }

  @Override
  public void close() {
    process.kill();
  }
}
