package dev.warren.producer.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.wire.DeadLetter;
import dev.warren.engine.wire.PastAttempt;
import dev.warren.engine.wire.TaskMessage;
import dev.warren.producer.dead.FoundLetter;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Dead letters for people and for programs. */
final class LetterTexts {
  private static final int SHOWN_ERROR = 100;

  private LetterTexts() {}

  static Table table() {
    return new Table("died", "queue", "type", "id", "attempts", "error");
  }

  static void add(Table table, FoundLetter found) {
    DeadLetter letter = found.letter();
    table.row(
        TaskTexts.time(letter.diedAt()),
        letter.queue(),
        letter.type(),
        found.id(),
        attempt(letter),
        OneLine.of(TaskTexts.failure(letter.failure()), SHOWN_ERROR));
  }

  private static int attempt(DeadLetter letter) {
    return letter.task().map(TaskMessage::attempt).orElse(0);
  }

  /** What a list says of a letter. */
  static ObjectNode brief(FoundLetter found) {
    DeadLetter letter = found.letter();
    ObjectNode node = JsonCodec.json().createObjectNode();
    node.put("id", found.id());
    node.put("queue", letter.queue()).put("type", letter.type());
    letter.task().ifPresent(task -> node.put("generation", task.generation()));
    letter.task().ifPresent(task -> node.put("attempts", task.attempt()));
    put(node, "died", letter.diedAt());
    node.put("error", letter.failure().type()).put("message", letter.failure().message());
    return node;
  }

  private static void put(ObjectNode node, String name, @Nullable Instant time) {
    if (time != null) {
      node.put(name, time.toString());
    }
  }

  /** All that a letter says. */
  static ObjectNode full(FoundLetter found) {
    DeadLetter letter = found.letter();
    ObjectNode node = brief(found);
    node.put("box", found.box().brokerQueue());
    if (!letter.failure().stack().isEmpty()) {
      node.put("stack", letter.failure().stack());
    }
    if (letter.submitter() != null) {
      node.put("submitter", letter.submitter());
    }
    letter.task().ifPresent(task -> describe(node, task));
    ArrayNode story = node.putArray("story");
    letter.attempts().forEach(attempt -> story.add(attempt(attempt)));
    ObjectNode headers = node.putObject("headers");
    found.headers().forEach(headers::put);
    node.set("arguments", QueuePeekCommand.tree(arguments(letter)));
    return node;
  }

  private static dev.warren.engine.codec.JsonText arguments(DeadLetter letter) {
    return letter.task().map(TaskMessage::arguments).orElse(letter.body());
  }

  private static void describe(ObjectNode node, TaskMessage task) {
    put(node, "enqueued", task.enqueuedAt());
    put(node, "first_attempt", task.state().firstAttemptAt());
    if (task.lineage().parent() != null) {
      node.put("parent", task.lineage().parent().toString());
    }
    if (task.lineage().batch() != null) {
      node.put("batch", task.lineage().batch());
    }
    if (task.lineage().batchIndex() != null) {
      node.put("batch_index", task.lineage().batchIndex());
    }
  }

  private static ObjectNode attempt(PastAttempt attempt) {
    ObjectNode node = JsonCodec.json().createObjectNode();
    node.put("attempt", attempt.attempt());
    put(node, "started", attempt.startedAt());
    put(node, "ended", attempt.endedAt());
    node.put("worker", attempt.worker());
    node.put("error", attempt.failure().type()).put("message", attempt.failure().message());
    if (!attempt.failure().stack().isEmpty()) {
      node.put("stack", attempt.failure().stack());
    }
    return node;
  }

  /** All that a letter says, for people. */
  static void print(FoundLetter found, PrintStream out) {
    DeadLetter letter = found.letter();
    Listing listing =
        new Listing()
            .line("id", found.id())
            .line("type", letter.type())
            .line("queue", letter.queue())
            .line("lies in", found.box().brokerQueue())
            .line("died", TaskTexts.time(letter.diedAt()))
            .line("error", TaskTexts.failure(letter.failure()))
            .line("submitter", letter.submitter() == null ? "" : letter.submitter());
    letter
        .task()
        .ifPresent(
            task ->
                listing
                    .line("generation", Integer.toString(task.generation()))
                    .line("attempts", Integer.toString(task.attempt()))
                    .line("enqueued", TaskTexts.time(task.enqueuedAt()))
                    .line("batch", task.lineage().batch() == null ? "" : task.lineage().batch()));
    listing.line("arguments", OneLine.of(arguments(letter).toString()));
    listing.print(out);
    if (!letter.attempts().isEmpty()) {
      out.println();
      letter.attempts().forEach(attempt -> out.println(line(attempt)));
    }
    if (!letter.failure().stack().isEmpty()) {
      out.println();
      letter.failure().stack().lines().forEach(line -> out.println("  " + OneLine.of(line)));
    }
  }

  private static String line(PastAttempt attempt) {
    Instant started = attempt.startedAt();
    return "attempt "
        + attempt.attempt()
        + "  "
        + TaskTexts.time(attempt.endedAt())
        + (started == null
            ? ""
            : " after " + DurationText.of(Duration.between(started, attempt.endedAt())))
        + "  "
        + OneLine.of(attempt.worker())
        + "  "
        + TaskTexts.failure(attempt.failure());
  }
}
