package dev.warren.engine.control;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.connection.ProcessName;
import dev.warren.engine.delivery.EngineState;
import dev.warren.engine.delivery.LaneExecutor;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * What a process says of itself in a pong.
 *
 * @param since when it started
 * @param done tasks that succeeded here
 * @param failed tasks that are dead because of what happened here
 */
public record ProcessReport(
    ProcessName process,
    Instant since,
    EngineState state,
    List<LaneExecutor> lanes,
    long done,
    long failed) {
  public ProcessReport {
    lanes = List.copyOf(lanes);
  }

  /**
   * As JSON; times are epoch milliseconds. Counters grow from the start, and {@code at} is the time
   * of the report, so that two reports make a rate.
   */
  public ObjectNode json() {
    ObjectNode json = JsonCodec.json().createObjectNode();
    json.put("role", process.role());
    json.put("version", version());
    json.put("host", process.host());
    json.put("pid", process.pid());
    json.put("since", since.toEpochMilli());
    json.put("at", System.currentTimeMillis());
    ArrayNode queues = json.putArray("queues");
    state.queues().forEach(queue -> queues.add(queue.queue()));
    ArrayNode consumers = json.putArray("consumers");
    for (EngineState.QueueState queue : state.queues()) {
      ObjectNode consumer =
          consumers
              .addObject()
              .put("queue", queue.queue())
              .put("consuming", queue.consuming())
              .put("detail", queue.detail())
              .put("held", queue.unacknowledged());
      queue
          .paused()
          .ifPresent(
              pause ->
                  consumer
                      .putObject("paused")
                      .put("by", pause.by())
                      .put("since", pause.at().toEpochMilli()));
    }
    ArrayNode told = json.putArray("lanes");
    for (LaneExecutor lane : lanes) {
      told.addObject()
          .put("lane", lane.lane().word())
          .put("concurrency", lane.concurrency())
          .put("most", lane.mostConcurrency())
          .put("running", lane.running());
    }
    if (!state.limits().isEmpty()) {
      ArrayNode limits = json.putArray("limits");
      state
          .limits()
          .forEach(
              limit ->
                  limits
                      .addObject()
                      .put("type", limit.type())
                      .put("limit", limit.limit())
                      .put("running", limit.running())
                      .put("waiting", limit.waiting())
                      .put("away", limit.away()));
    }
    json.put("running", state.running());
    json.put("waiting", state.waiting());
    json.put("stuck", state.stuck().size());
    json.put("draining", state.draining());
    json.put("done", done);
    json.put("failed", failed);
    if (!state.trouble().isEmpty()) {
      json.put("trouble", state.trouble());
    }
    json.put("state", state.draining() ? "draining" : state.ready() ? "ready" : "not ready");
    return json;
  }

  /** The version of Warren that runs here. */
  public static String version() {
    return Objects.requireNonNullElse(
        ProcessReport.class.getPackage().getImplementationVersion(), "development");
  }
}
