package dev.warren.producer;

import dev.warren.engine.delivery.HeldTask;
import java.util.Objects;

/**
 * A process of the fleet that holds a task.
 *
 * @param process its name, as in outcomes and connections
 * @param held what it does with the task, since when, which attempt, in which lane
 */
public record FoundTask(String process, HeldTask held) {
  public FoundTask {
    Objects.requireNonNull(process, "process");
    Objects.requireNonNull(held, "held");
  }
}
