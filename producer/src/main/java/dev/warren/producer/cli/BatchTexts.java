package dev.warren.producer.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.warren.producer.gateway.BatchStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Batches, for people. */
final class BatchTexts {
  private BatchTexts() {}

  static Table table() {
    return new Table(
        "batch",
        "state",
        "members",
        "succeeded",
        "dead",
        "cancelled",
        "expired",
        "opened",
        "description");
  }

  static void add(Table table, BatchStatus batch) {
    table.row(
        batch.id(),
        batch.state().word(),
        batch.members() == null ? NullNode.getInstance() : batch.members(),
        batch.succeeded(),
        batch.dead(),
        batch.cancelled(),
        batch.expired(),
        time(batch.openedAt()),
        batch.description());
  }

  private static Object time(@Nullable Instant at) {
    JsonNode unknown = NullNode.getInstance();
    return at == null ? unknown : at.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** {@code 98 succeeded, 2 dead}. */
  static String counts(BatchStatus batch) {
    StringJoiner each = new StringJoiner(", ");
    each.setEmptyValue("none has ended");
    add(each, batch.succeeded(), "succeeded");
    add(each, batch.dead(), "dead");
    add(each, batch.cancelled(), "cancelled");
    add(each, batch.expired(), "expired");
    return each.toString();
  }

  private static void add(StringJoiner each, long count, String word) {
    if (count > 0) {
      each.add(Progress.number(count) + " " + word);
    }
  }

  static Listing listing(BatchStatus batch) {
    return new Listing()
        .line("batch", batch.id())
        .line("description", batch.description())
        .line("state", state(batch))
        .line(
            "members",
            batch.members() == null
                ? "unknown until it is closed"
                : Progress.number(batch.members()))
        .line("ended", counts(batch))
        .line("opened", TaskTexts.time(batch.openedAt()))
        .line("closed", TaskTexts.time(batch.closedAt()))
        .line("completed", completed(batch));
  }

  private static String state(BatchStatus batch) {
    return batch.state().word()
        + (batch.cancelRequestedAt() == null
            ? ""
            : ", cancelled at " + TaskTexts.time(batch.cancelRequestedAt()));
  }

  private static String completed(BatchStatus batch) {
    return TaskTexts.time(batch.completedAt()) + took(batch);
  }

  /** {@code , 12s after it was opened}, of a completed one. */
  static String took(BatchStatus batch) {
    return batch.completedAt() == null || batch.openedAt() == null
        ? ""
        : ", "
            + DurationText.of(Duration.between(batch.openedAt(), batch.completedAt()))
            + " after it was opened";
  }
}
