package dev.warren.producer.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.api.ConfigurationException;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;

/**
 * What this machine knows of a batch between one {@code batch} command and the next: which index
 * comes next and how many members were confirmed. Nobody else knows, as members go to the broker
 * and not through a gateway. Locked while a command adds members.
 */
final class BatchNote implements AutoCloseable {
  private final Path file;
  private final String batch;
  private final FileChannel lock;
  private boolean known;
  private long next;
  private long members;
  private long begunAt = -1;

  private BatchNote(Path file, String batch, FileChannel lock) {
    this.file = file;
    this.batch = batch;
    this.lock = lock;
  }

  /** Opens the note of a batch, which may be empty yet. */
  static BatchNote open(Cli cli, String batch) {
    TaskId id = TaskId.of(batch);
    Path file = cli.stateFolder().resolve("batches").resolve(id + ".json");
    try {
      Files.createDirectories(file.getParent());
      FileChannel channel =
          FileChannel.open(
              file.resolveSibling(id + ".lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE);
      if (!locked(channel)) {
        channel.close();
        throw new ConfigurationException(
            "another command adds to batch " + id + " now: wait for it");
      }
      BatchNote note = new BatchNote(file, id.toString(), channel);
      note.read();
      return note;
    } catch (IOException failure) {
      throw unusable(file, failure);
    }
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      // Held until the channel is closed.
      FileLock held = channel.tryLock();
      return held != null;
    } catch (OverlappingFileLockException ours) {
      return false;
    }
  }

  private void read() throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    JsonNode json = JsonCodec.tree(JsonText.wrap(Files.readAllBytes(file)), "the note " + file);
    known = true;
    next = json.path("next").asLong();
    members = json.path("members").asLong();
    begunAt = json.path("begun").asLong(-1);
  }

  /** Whether this machine has opened the batch or added to it. */
  boolean isKnown() {
    return known;
  }

  /** The index of the next member. */
  long next() {
    return next;
  }

  /** How many members were confirmed. */
  long members() {
    return members;
  }

  /** Where a command began that did not end: it is unknown which of its members were confirmed. */
  OptionalLong cutOff() {
    return begunAt < 0 ? OptionalLong.empty() : OptionalLong.of(begunAt);
  }

  /** Notes that members are added from an index on, before the first is. */
  void begin(long from) {
    begunAt = from;
    write();
  }

  /** Notes what was added. */
  void end(long nextIndex, long confirmed) {
    next = nextIndex;
    members = confirmed;
    begunAt = -1;
    write();
  }

  private void write() {
    known = true;
    ObjectNode json = JsonCodec.json().createObjectNode();
    json.put("batch", batch).put("next", next).put("members", members);
    if (begunAt >= 0) {
      json.put("begun", begunAt);
    }
    Path written = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.write(written, JsonCodec.write(json, "a note").bytes());
      move(written);
    } catch (IOException failure) {
      throw unusable(file, failure);
    }
  }

  private void move(Path written) throws IOException {
    try {
      Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException plain) {
      Files.move(written, file, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Forgets the batch: it is sealed. */
  void forget() {
    try {
      Files.deleteIfExists(file);
      Files.deleteIfExists(file.resolveSibling(batch + ".lock"));
    } catch (IOException failure) {
      throw unusable(file, failure);
    }
  }

  private static ConfigurationException unusable(Path file, IOException failure) {
    return new ConfigurationException("the note " + file + " cannot be used: " + failure, failure);
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException failure) {
      throw unusable(file, failure);
    }
  }
}
