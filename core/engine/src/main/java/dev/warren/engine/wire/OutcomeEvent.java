package dev.warren.engine.wire;

import dev.warren.api.Failure;
import dev.warren.api.Outcome;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonText;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A task ended.
 *
 * @param attempt the attempt that ended it
 * @param worker the process that says so
 * @param lane how the attempt ran; empty if none ran
 * @param startedAt when that attempt started; null if it did not
 * @param result of a success
 * @param failure of a dead task
 * @param continues the chain goes on: this is no outcome of a batch member yet
 */
public record OutcomeEvent(
    TaskId task,
    int generation,
    String type,
    String queue,
    int attempt,
    String worker,
    String lane,
    Instant enqueuedAt,
    @Nullable Instant startedAt,
    Instant endedAt,
    Outcome.Status status,
    @Nullable JsonText result,
    @Nullable Failure failure,
    Lineage lineage,
    boolean continues)
    implements Event {
  public static final String NAME = "outcome";

  public OutcomeEvent {
    Objects.requireNonNull(task, "task");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(lineage, "lineage");
    if ((status == Outcome.Status.SUCCEEDED) != (result != null)) {
      throw new IllegalArgumentException(
          "a result belongs to success and only to success: " + task);
    }
    if ((status == Outcome.Status.DEAD) != (failure != null)) {
      throw new IllegalArgumentException(
          "a failure belongs to dead tasks and only to them: " + task);
    }
  }

  @Override
  public String routingKey() {
    return RoutingKeys.event(NAME, queue, lineage.reply());
  }
}
