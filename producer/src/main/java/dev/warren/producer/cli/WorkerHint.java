package dev.warren.producer.cli;

import dev.warren.api.WarrenException;
import dev.warren.producer.FleetQuery;
import dev.warren.producer.QueueDepth;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Says why a result may be long in coming: nobody works. */
final class WorkerHint {
  /** How long a result may be in coming before one looks for the reason. */
  static final Duration AFTER = Duration.ofSeconds(5);

  private final FleetQuery fleet;
  private final PrintStream err;

  WorkerHint(FleetQuery fleet, PrintStream err) {
    this.fleet = fleet;
    this.err = err;
  }

  /** Asks the broker, and tells if no worker serves the queue. */
  void look(String queue) {
    try {
      for (QueueDepth depth : fleet.queues(List.of(queue))) {
        if (depth.state() == QueueDepth.State.THERE && depth.consumers() == 0) {
          err.println(
              "warren: no worker serves queue '"
                  + queue
                  + "'; "
                  + depth.ready()
                  + (depth.ready() == 1 ? " task waits" : " tasks wait")
                  + " until one is started ('warren up' or 'warren worker')");
        }
      }
    } catch (WarrenException unanswered) {
      // Only a hint: what the result itself says comes from elsewhere.
      LoggerFactory.getLogger(WorkerHint.class)
          .debug("the broker was not asked about queue {}", queue, unanswered);
    }
  }
}
