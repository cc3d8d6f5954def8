package dev.warren.worker.supervise;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.health.Health;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Health and metrics of a supervisor and its processes, from what they say. Safe for concurrent
 * use.
 */
final class CrewHealth {
  private final Crew crew;
  private final Overseer overseer;
  private final Set<Child> worked = ConcurrentHashMap.newKeySet();
  private volatile boolean settled;

  CrewHealth(Crew crew, Overseer overseer) {
    this.crew = crew;
    this.overseer = overseer;
  }

  /** Remembers whether any process has ever come to take work. */
  void note(Map<Child, ChildReport> reports) {
    worked.retainAll(reports.keySet());
    reports.forEach(
        (child, report) -> {
          if (report.ready()) {
            worked.add(child);
            settled = true;
          }
        });
  }

  /** Whether any process has ever come to take work: then the settings are good for that. */
  boolean settled() {
    return settled;
  }

  /**
   * Ready when all processes are that should be: not those that were told to stop or drain, those
   * that have only been added, and those that keep crashing while others work.
   */
  Health health(Map<Child, ChildReport> reports) {
    note(reports);
    ObjectNode about = about(reports);
    List<String> reasons = new ArrayList<>();
    boolean anyReady = false;
    boolean anyWorking = false;
    for (Map.Entry<Child, ChildReport> one : reports.entrySet()) {
      ChildState state = one.getKey().state();
      ChildReport report = one.getValue();
      anyReady |= report.ready();
      anyWorking |= state.counts();
      if (state.counts() && !report.ready() && !mayBeAway(one.getKey(), state)) {
        reasons.add(state.label() + ": " + reason(state, report));
      }
    }
    if (anyWorking && !anyReady && reasons.isEmpty()) {
      reasons.add("no process takes work");
      reports.forEach(
          (child, report) -> reasons.add(child.label() + ": " + reason(child.state(), report)));
    }
    return new Health(reasons.isEmpty(), String.join("; ", reasons), about);
  }

  private boolean mayBeAway(Child child, ChildState state) {
    boolean starts =
        settled
            && !worked.contains(child)
            && state
                .since()
                .map(since -> since.plus(Overseer.START_PATIENCE).isAfter(Instant.now()))
                .orElse(false);
    return starts || state.phase() == ChildState.Phase.LOOPING;
  }

  private static String reason(ChildState state, ChildReport report) {
    return state.phase() == ChildState.Phase.LOOPING
        ? "it keeps crashing (%s, %d times in a row)".formatted(state.told(), state.crashes())
        : report.reason().isEmpty() ? "not ready" : report.reason();
  }

  /** What is written for {@code warren worker status}. */
  ObjectNode status(Supervisor.Plan plan, Map<Child, ChildReport> reports) {
    Health health = health(reports);
    ObjectNode status = JsonCodec.json().createObjectNode();
    status.put("kind", "supervisor");
    status.put("state", health.ready() ? "ready" : "not ready");
    status.put("reason", health.reason());
    status.put("range", plan.processes().toString());
    status.setAll(about(reports));
    return status;
  }

  private ObjectNode about(Map<Child, ChildReport> reports) {
    ObjectNode about = JsonCodec.json().createObjectNode();
    if (overseer.restarting()) {
      about.put("restarting", true);
    }
    overseer.load().ifPresent(load -> about.put("waitingSeconds", load.seconds()));
    ArrayNode children = about.putArray("processes");
    reports.forEach((child, report) -> children.add(describe(child.state(), report)));
    return about;
  }

  private static ObjectNode describe(ChildState state, ChildReport report) {
    ObjectNode one = JsonCodec.json().createObjectNode();
    one.put("name", state.label());
    one.put("pid", state.pid());
    state.since().ifPresent(since -> one.put("since", since.toEpochMilli()));
    one.put("restarts", state.restarts());
    one.put("status", "not ready");
    one.put("reason", reason(state, report));
    if (report.answers()) {
      one.remove("reason");
      one.setAll(report.json());
    }
    switch (state.phase()) {
      case LOOPING -> {
        if (!report.ready()) {
          one.put("status", "crash-looping").put("reason", reason(state, report));
        }
      }
      case DRAINED, ENDED -> one.put("status", "drained").remove("reason");
      case STOPPING -> one.put("status", "stopping");
      case RUNNING, CRASHED -> {
        // As it says itself.
      }
    }
    return one;
  }

  /** The metrics of all processes that answer, and those of the supervision itself. */
  String metrics(Map<Child, String> told) {
    MetricsUnion union = new MetricsUnion();
    told.values().forEach(union::add);
    List<ChildState> states = crew.all().stream().map(Child::state).toList();
    StringBuilder own = new StringBuilder();
    gauge(own, "warren_process_up", "1 if the supervised process runs");
    states.forEach(one -> sample(own, "warren_process_up", one, one.pid() > 0 ? 1 : 0));
    gauge(own, "warren_process_looping", "1 if the supervised process keeps crashing");
    states.forEach(
        one ->
            sample(
                own,
                "warren_process_looping",
                one,
                one.phase() == ChildState.Phase.LOOPING ? 1 : 0));
    own.append("# HELP warren_process_restarts_total How often it was started again\n");
    own.append("# TYPE warren_process_restarts_total counter\n");
    states.forEach(one -> sample(own, "warren_process_restarts_total", one, one.restarts()));
    scaling(own, states);
    union.add(own.toString());
    return union.toString();
  }

  private void scaling(StringBuilder own, Collection<ChildState> states) {
    gauge(own, "warren_processes", "Supervised processes that take work or are to take it");
    own.append("warren_processes ").append(states.stream().filter(ChildState::counts).count());
    own.append('\n');
    overseer
        .load()
        .ifPresent(
            load -> {
              gauge(
                  own,
                  "warren_work_waiting_seconds",
                  "Time until the processes have begun all that waits in their queues");
              own.append("warren_work_waiting_seconds ").append(load.seconds()).append('\n');
            });
  }

  private static void gauge(StringBuilder text, String name, String help) {
    text.append("# HELP ").append(name).append(' ').append(help).append('\n');
    text.append("# TYPE ").append(name).append(" gauge\n");
  }

  private static void sample(StringBuilder text, String name, ChildState child, int value) {
    text.append(name).append("{process=\"").append(child.label()).append("\"} ").append(value);
    text.append('\n');
  }
}
