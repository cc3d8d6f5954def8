package dev.warren.producer.cli;

import dev.warren.api.TaskId;
import dev.warren.api.WarrenException;
import dev.warren.producer.FleetQuery;
import dev.warren.producer.QueueDepth;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Says why a result may be long in coming: nobody works, or the queue is paused. */
final class WorkerHint {
  /** How long a result may be in coming before one looks for the reason. */
  static final Duration AFTER = Duration.ofSeconds(5);

  /** How long it may be in coming before that is said in any case. */
  static final Duration LONG = Duration.ofSeconds(30);

  private final FleetQuery fleet;
  private final PrintStream err;

  WorkerHint(FleetQuery fleet, PrintStream err) {
    this.fleet = fleet;
    this.err = err;
  }

  /** Tells that nothing was heard of the task for {@link #LONG}, and what its queue looks like. */
  void lookAgain(String queue, TaskId task) {
    String told = "";
    try {
      told =
          fleet.queues(List.of(queue)).stream()
              .filter(depth -> depth.state() == QueueDepth.State.THERE)
              .map(
                  depth ->
                      " (queue '%s': %,d messages wait, %,d consumers)"
                          .formatted(queue, depth.ready(), depth.consumers()))
              .findFirst()
              .orElse("");
    } catch (WarrenException unanswered) {
      LoggerFactory.getLogger(WorkerHint.class)
          .debug("the broker was not asked about queue {}", queue, unanswered);
    }
    err.println(
        "warren: no outcome of task %s after %d s%s; still waiting. 'warren cancel %s' ends it, Ctrl-C only the wait"
            .formatted(task, LONG.toSeconds(), told, task));
  }

  /** Asks the broker, and tells if no worker takes tasks of the queue. */
  void look(String queue) {
    try {
      for (QueueDepth depth : fleet.queues(List.of(queue))) {
        if (depth.state() == QueueDepth.State.THERE && depth.consumers() == 0) {
          String paused = Pauses.ask(fleet).get(queue);
          String waits = depth.ready() + (depth.ready() == 1 ? " task waits" : " tasks wait");
          err.println(
              paused == null
                  ? "warren: no worker serves queue '%s'; %s until one is started ('warren up' or 'warren worker')"
                      .formatted(queue, waits)
                  : "warren: queue '%s' is paused %s; %s until 'warren queue resume %s'"
                      .formatted(queue, paused, waits, queue));
        }
      }
    } catch (WarrenException unanswered) {
      // Only a hint: what the result itself says comes from elsewhere.
      LoggerFactory.getLogger(WorkerHint.class)
          .debug("the broker was not asked about queue {}", queue, unanswered);
    }
  }
}
