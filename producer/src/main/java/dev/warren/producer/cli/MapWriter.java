package dev.warren.producer.cli;

import dev.warren.api.Failure;
import dev.warren.api.Outcome;
import dev.warren.engine.wire.OutcomeEvent;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * Writes the results of a {@code map}, one JSON value a line, and notes each in the job log after
 * it is written: whoever resumes may see a result twice after a crash, but misses none. Used by one
 * thread.
 */
final class MapWriter {
  private static final int BUFFER = 64 << 10;

  /**
   * How results are written.
   *
   * @param text the field of a result that is written as a text instead, or null
   */
  record Form(boolean ordered, boolean withId, @Nullable String text) {}

  private final OutputStream out;
  private final Form form;
  private final @Nullable JobLog log;
  private final Map<Integer, MapEvent.Finished> early = new HashMap<>();
  private final Set<Integer> skipped = new HashSet<>();
  private final Map<Outcome.Status, Integer> counts = new EnumMap<>(Outcome.Status.class);
  private int nextInOrder;
  private int written;
  private @Nullable String firstFailure;

  MapWriter(OutputStream out, Form form, @Nullable JobLog log) {
    this.out = new BufferedOutputStream(out, BUFFER);
    this.form = form;
    this.log = log;
  }

  /**
   * Takes a result, and writes it and those that waited for it.
   *
   * @return how many items are now done with
   * @throws IOException if nobody reads the output any more
   */
  int take(MapEvent.Finished result) throws IOException {
    if (!form.ordered()) {
      write(result);
      return 1;
    }
    early.put(result.item().order(), result);
    return writeEarly();
  }

  /** An item will have no result; those behind it need not wait for it. */
  int skip(MapItem item) throws IOException {
    if (!form.ordered()) {
      return 0;
    }
    skipped.add(item.order());
    return writeEarly();
  }

  private int writeEarly() throws IOException {
    int before = written;
    while (true) {
      MapEvent.Finished next = early.remove(nextInOrder);
      if (next != null) {
        write(next);
      } else if (!skipped.remove(nextInOrder)) {
        return written - before;
      }
      nextInOrder++;
    }
  }

  private void write(MapEvent.Finished finished) throws IOException {
    OutcomeEvent outcome = finished.outcome();
    MapItem item = finished.item();
    if (outcome.status() == Outcome.Status.SUCCEEDED) {
      writeResult(item, outcome);
    } else if (firstFailure == null) {
      firstFailure = "item " + item.number() + " (" + item.id() + ") " + describe(outcome);
    }
    counts.merge(outcome.status(), 1, Integer::sum);
    written++;
    if (log != null) {
      log.finished(item, outcome);
    }
  }

  private void writeResult(MapItem item, OutcomeEvent outcome) throws IOException {
    if (form.text() != null) {
      out.write(ResultText.field(outcome, form.text()));
      return;
    }
    if (form.withId()) {
      String start = "{\"item\":" + item.number() + ",\"id\":\"" + item.id() + "\",\"result\":";
      out.write(start.getBytes(StandardCharsets.US_ASCII));
    }
    out.write(ResultText.line(outcome));
    out.write(form.withId() ? "}\n".getBytes(StandardCharsets.US_ASCII) : new byte[] {'\n'});
  }

  /** Why a task did not succeed, in some words. */
  static String describe(OutcomeEvent outcome) {
    Failure failure = outcome.failure();
    String attempts =
        outcome.attempt() < 1
            ? ""
            : " after " + outcome.attempt() + (outcome.attempt() == 1 ? " attempt" : " attempts");
    return switch (outcome.status()) {
      case SUCCEEDED -> "succeeded";
      case DEAD -> "is dead" + attempts + (failure == null ? "" : ": " + shown(failure));
      case CANCELLED -> "was cancelled";
      case EXPIRED -> "expired before it could start";
    };
  }

  /** The class without its package, which says little to who submits a task. */
  private static String shown(Failure failure) {
    String type = failure.type().substring(failure.type().lastIndexOf('.') + 1);
    String message = OneLine.of(failure.message(), 300);
    return message.isEmpty() ? type : type + ": " + message;
  }

  /** Hands everything written so far to who reads it, and only then to the job log's file. */
  void flush() throws IOException {
    out.flush();
    if (log != null) {
      log.flush();
    }
  }

  /** How many items have an end that is written. */
  int written() {
    return written;
  }

  int failed() {
    return written - counts.getOrDefault(Outcome.Status.SUCCEEDED, 0);
  }

  @Nullable String firstFailure() {
    return firstFailure;
  }

  /** {@code 10000 done: 9998 succeeded, 2 dead}. */
  String summary() {
    if (written == 0) {
      return "nothing done";
    }
    StringJoiner each = new StringJoiner(", ");
    counts.forEach((status, count) -> each.add(count + " " + status.word()));
    return written + " done: " + each;
  }
}
