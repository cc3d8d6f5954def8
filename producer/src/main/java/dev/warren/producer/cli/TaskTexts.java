package dev.warren.producer.cli;

import dev.warren.api.Failure;
import dev.warren.producer.gateway.TaskStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Tasks that a gateway tells of, for people. */
final class TaskTexts {
  private TaskTexts() {}

  /** A point in time to the second, or nothing. */
  static String time(@Nullable Instant at) {
    return at == null ? "" : at.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  static Listing listing(TaskStatus task) {
    return new Listing()
        .line("task", task.id().toString())
        .line("type", task.type())
        .line("queue", task.queue())
        .line("state", task.state().word())
        .line("generation", task.generation() > 1 ? Integer.toString(task.generation()) : "")
        .line("attempt", task.attempt() > 0 ? Integer.toString(task.attempt()) : "")
        .line("worker", task.worker() + (task.lane().isEmpty() ? "" : " (" + task.lane() + ")"))
        .line("enqueued", time(task.enqueuedAt()))
        .line("started", time(task.startedAt()))
        .line("ended", time(task.endedAt()) + ran(task))
        .line("due", time(task.dueAt()))
        .line("batch", task.batch() == null ? "" : task.batch() + member(task))
        .line("result", task.result() == null ? "" : OneLine.of(task.result().toString(), 500))
        .line("failure", task.failure() == null ? "" : failure(task.failure()));
  }

  private static String member(TaskStatus task) {
    return task.batchIndex() == null ? "" : ", member " + task.batchIndex();
  }

  private static String ran(TaskStatus task) {
    return task.startedAt() == null || task.endedAt() == null
        ? ""
        : ", after " + DurationText.of(Duration.between(task.startedAt(), task.endedAt()));
  }

  /** How a task ended, in some words: {@code is dead after 3 attempts: IOException: no route}. */
  static String ended(TaskStatus task) {
    String attempts =
        task.attempt() < 1
            ? ""
            : " after " + task.attempt() + (task.attempt() == 1 ? " attempt" : " attempts");
    return switch (task.state()) {
      case SUCCEEDED -> "succeeded";
      case DEAD ->
          "is dead" + attempts + (task.failure() == null ? "" : ": " + failure(task.failure()));
      case CANCELLED -> "was cancelled";
      case EXPIRED -> "expired before it could start";
      case RETRYING -> "is to be tried again" + due(task, " at ");
      case DELAYED -> "is delayed" + due(task, " until ");
      case SUBMITTED -> "was submitted and has not ended";
    };
  }

  private static String due(TaskStatus task, String preposition) {
    return task.dueAt() == null ? "" : preposition + time(task.dueAt());
  }

  /** The class without its package, which says little to who submits a task. */
  static String failure(Failure failure) {
    String type = failure.type().substring(failure.type().lastIndexOf('.') + 1);
    String message = OneLine.of(failure.message(), 300);
    return message.isEmpty() ? type : type + ": " + message;
  }
}
