package dev.warren.bench;

import dev.warren.api.Outcome;
import dev.warren.api.SubmitOptions;
import dev.warren.api.TaskHandle;
import dev.warren.api.TaskType;
import dev.warren.producer.WarrenClient;
import java.util.Collections;
import java.util.Random;
import java.util.stream.Stream;

/** The ways in which a program hands tasks to the client library. */
final class Submitters {
  /** The worker's built-in task, as a program knows it that has only its name. */
  static final TaskType<Object, Object> ECHO = TaskType.of("echo", Object.class, Object.class);

  private static final int LETTERS = 26;

  private Submitters() {}

  /** A text that has so many bytes as JSON. Random, so that it cannot be compressed to nothing. */
  static String text(int bytes) {
    Random random = new Random(bytes);
    StringBuilder text = new StringBuilder(bytes);
    // Without its quotation marks.
    for (int i = 2; i < bytes; i++) {
      text.append((char) ('a' + random.nextInt(LETTERS)));
    }
    return text.toString();
  }

  /** Each alone, awaited until it has its outcome. */
  static ClosedLoop.Submitter single(
      WarrenClient client, TaskType<Object, Object> type, Object argument) {
    return (count, end) -> {
      for (int i = 0; i < count; i++) {
        client
            .submitAsync(type, argument, SubmitOptions.DEFAULT)
            .thenCompose(TaskHandle::outcome)
            .whenComplete((outcome, failure) -> end.ended(outcome instanceof Outcome.Succeeded));
      }
    };
  }

  /** Each alone, awaited until the broker has confirmed it. */
  static ClosedLoop.Submitter confirmed(
      WarrenClient client, TaskType<Object, Object> type, Object argument) {
    return (count, end) -> {
      for (int i = 0; i < count; i++) {
        client
            .submitAsync(type, argument, SubmitOptions.DEFAULT)
            .whenComplete((handle, failure) -> end.ended(failure == null));
      }
    };
  }

  /** All of a group by {@code submitAll}, each awaited until it has its outcome. */
  static ClosedLoop.Submitter together(
      WarrenClient client, TaskType<Object, Object> type, Object argument) {
    return (count, end) -> {
      Stream<Object> arguments = Collections.nCopies(count, argument).stream();
      try (Stream<TaskHandle<Object>> handles =
          client.submitAll(type, arguments, SubmitOptions.DEFAULT)) {
        handles.forEach(
            handle ->
                handle
                    .outcome()
                    .whenComplete(
                        (outcome, failure) -> end.ended(outcome instanceof Outcome.Succeeded)));
      }
    };
  }
}
