package dev.warren.producer.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.api.CodecException;
import dev.warren.api.ConfigurationException;
import dev.warren.api.Outcome;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.wire.OutcomeEvent;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code map} has finished, one JSON object a line, so that another {@code map} can go on
 * with the rest. The first line names the run; the ids of its tasks are derived from it and from
 * the item's number, so that an item submitted twice is the same task. An item that failed is, when
 * it is tried again, a new task.
 *
 * <p>One thread may ask what earlier runs did while another one writes. Memory grows by some bytes
 * per finished item of an earlier run.
 */
final class JobLog implements AutoCloseable {
  /** Above the number of lines of any input. */
  private static final long RETRIED = 1L << 32;

  private final Path file;
  private final OutputStream out;
  private final TaskId run;
  private final BitSet succeeded = new BitSet();
  private final Map<Integer, Integer> failures = new HashMap<>();
  private final Set<Long> members = new HashSet<>();
  private int[] checks = new int[0];
  private @Nullable String batch;

  private JobLog(Path file, OutputStream out, TaskId run) {
    this.file = file;
    this.out = out;
    this.run = run;
  }

  /** A new log; refuses to overwrite one that is there. */
  static JobLog create(Path file, String type, Instant now) {
    TaskId run = TaskId.next();
    try {
      OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW);
      JobLog log = new JobLog(file, new BufferedOutputStream(out), run);
      ObjectNode head = JsonNodeFactory.instance.objectNode();
      head.put("run", run.toString()).put("type", type).put("begun", now.toString());
      log.write(head);
      log.flush();
      return log;
    } catch (FileAlreadyExistsException there) {
      throw new ConfigurationException(
          "the job log " + file + " is there already: go on with --resume, or name another file",
          there);
    } catch (IOException failure) {
      throw unwritable(file, failure);
    }
  }

  /** Goes on with a log of the same type; a missing file is a new log. */
  static JobLog resume(Path file, String type, Instant now) {
    if (!Files.exists(file)) {
      return create(file, type, now);
    }
    try {
      cutHalfLine(file);
    } catch (IOException failure) {
      throw unwritable(file, failure);
    }
    try (InputStream in = Files.newInputStream(file)) {
      LineInput lines = new LineInput(in);
      String first = lines.next();
      JsonNode head = first == null ? null : parsed(first, 1, file);
      if (head == null || !head.hasNonNull("run")) {
        throw new ConfigurationException(file + " is no job log: its first line names no run");
      }
      if (!head.path("type").asText().equals(type)) {
        throw new ConfigurationException(
            "the job log "
                + file
                + " is of task type '"
                + head.path("type").asText()
                + "', not '"
                + type
                + "'");
      }
      OutputStream out = Files.newOutputStream(file, StandardOpenOption.APPEND);
      JobLog log =
          new JobLog(file, new BufferedOutputStream(out), TaskId.of(head.path("run").asText()));
      log.readItems(lines);
      return log;
    } catch (IOException failure) {
      throw unwritable(file, failure);
    }
  }

  private void readItems(LineInput lines) throws IOException {
    for (String line = lines.next(); line != null; line = lines.next()) {
      JsonNode entry = parsed(line, lines.number(), file);
      readBatch(entry);
      int item = entry.path("item").asInt(0);
      if (item < 1) {
        continue;
      }
      if (entry.has("member")) {
        members.add(entry.get("member").asLong());
      }
      if (entry.path("exit").asInt(1) == 0) {
        succeeded.set(item);
        remember(item, (int) Long.parseLong(entry.path("check").asText("0"), 16));
      } else {
        failures.merge(item, 1, Integer::sum);
      }
    }
  }

  private void readBatch(JsonNode entry) {
    if (entry.has("opened")) {
      batch = entry.get("opened").asText();
      members.clear();
    } else if (entry.has("sealed")) {
      batch = null;
      members.clear();
    }
  }

  /** The batch that an earlier run opened and did not seal. */
  @Nullable String openBatch() {
    return batch;
  }

  /** The members of that batch that have ended. */
  Set<Long> members() {
    return members;
  }

  /** Notes that what is finished from now on are members of a batch. */
  void opened(String id) {
    batch = id;
    noteBatch("opened", id);
  }

  /** Notes that the batch has all its members. */
  void sealed(String id) {
    noteBatch("sealed", id);
  }

  private void noteBatch(String event, String id) {
    ObjectNode entry = JsonNodeFactory.instance.objectNode();
    entry.put(event, id);
    try {
      write(entry);
    } catch (IOException failure) {
      throw unwritable(file, failure);
    }
    flush();
  }

  /** The run before may have ended in the middle of a line, which then means nothing. */
  private static void cutHalfLine(Path file) throws IOException {
    try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
      long end = content.length();
      while (end > 0 && !endsLine(content, end)) {
        end--;
      }
      // A file without any line end is no log; whoever named it by mistake keeps it.
      if (end > 0 && end < content.length()) {
        content.setLength(end);
      }
    }
  }

  private static boolean endsLine(RandomAccessFile content, long end) throws IOException {
    content.seek(end - 1);
    return content.read() == '\n';
  }

  private void remember(int item, int check) {
    if (checks.length <= item) {
      checks = Arrays.copyOf(checks, Math.max(1024, item * 2));
    }
    checks[item] = check;
  }

  private static JsonNode parsed(String line, long number, Path file) {
    try {
      return JsonCodec.tree(JsonText.of(line), "line " + number + " of " + file);
    } catch (CodecException malformed) {
      throw new ConfigurationException(
          file + " is no job log: " + malformed.getMessage(), malformed);
    }
  }

  /** How many items of earlier runs have succeeded. */
  int succeeded() {
    return succeeded.cardinality();
  }

  /**
   * Whether the item has succeeded in an earlier run.
   *
   * @throws ConfigurationException if it had other arguments there: then this is another input
   */
  boolean hasSucceeded(int item, JsonText arguments) {
    if (!succeeded.get(item)) {
      return false;
    }
    if (checks[item] != check(arguments)) {
      throw new ConfigurationException(
          "item "
              + item
              + " has other arguments than in the job log "
              + file
              + ": resume with the same input, or name another job log");
    }
    return true;
  }

  /** The id of an item's task: the same in every run, until it fails. */
  TaskId idOf(int item) {
    return TaskId.derived(run, 1 + failures.getOrDefault(item, 0), "item/" + item);
  }

  /**
   * The index of an item in a batch: its place in the input, and another one, beyond all input,
   * each time that it is tried again after a failure.
   */
  long memberOf(int item) {
    return item - 1 + (long) failures.getOrDefault(item, 0) * RETRIED;
  }

  /** Notes the end of an item. On disk after {@link #flush}. */
  void finished(MapItem item, OutcomeEvent outcome) {
    ObjectNode entry = JsonNodeFactory.instance.objectNode();
    entry.put("item", item.number()).put("id", item.id().toString());
    if (batch != null) {
      entry.put("member", item.member());
    }
    entry.put("status", outcome.status().word());
    entry.put("submitted", item.submittedAt().toString());
    if (outcome.startedAt() != null) {
      entry.put("started", outcome.startedAt().toString());
    }
    entry.put("ended", outcome.endedAt().toString());
    entry.put("exit", outcome.status() == Outcome.Status.SUCCEEDED ? 0 : 1);
    if (outcome.failure() != null) {
      entry.put("failure", OneLine.of(outcome.failure().toString(), 500));
    }
    entry.put("worker", outcome.worker());
    entry.put("check", Integer.toHexString(item.check()));
    try {
      write(entry);
    } catch (IOException failure) {
      throw unwritable(file, failure);
    }
  }

  void flush() {
    try {
      out.flush();
    } catch (IOException failure) {
      throw unwritable(file, failure);
    }
  }

  /** A short sum of an item's arguments. */
  static int check(JsonText arguments) {
    CRC32C sum = new CRC32C();
    sum.update(arguments.bytes(), 0, arguments.size());
    return (int) sum.getValue();
  }

  private void write(ObjectNode line) throws IOException {
    out.write(line.toString().getBytes(StandardCharsets.UTF_8));
    out.write('\n');
  }

  private static ConfigurationException unwritable(Path file, IOException failure) {
    return new ConfigurationException(
        "the job log " + file + " cannot be used: " + failure, failure);
  }

  @Override
  public void close() {
    try {
      out.close();
    } catch (IOException failure) {
      throw unwritable(file, failure);
    }
  }
}
