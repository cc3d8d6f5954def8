package dev.warren.engine.journal;

import dev.warren.api.TaskId;
import dev.warren.engine.delivery.AttemptJournal;
import dev.warren.engine.settle.SuspectRules;
import dev.warren.engine.wire.TaskMessage;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes running attempts in a memory-mapped file of fixed slots. The pages belong to the kernel, so
 * the notes survive any end of the process, {@code kill -9} included (not a crash of the machine:
 * nothing is flushed to the disk). Taking and leaving a slot are a few writes to memory, without
 * locks and system calls. Safe for concurrent use.
 *
 * <p>The file: a header of 64 bytes (a magic number, the number of slots), then slots of 64 bytes,
 * big-endian: state and attempt (int each), id (16 bytes), generation and, of an attempt with
 * nothing beside it, 1 plus the crashes counted against it (int each), start (epoch milliseconds,
 * long), type (24 bytes of UTF-8, padded with zeros).
 */
public final class InFlightJournal implements AttemptJournal {
  /** What {@link #started} answers when all slots are taken: the attempt runs without a note. */
  public static final int NO_SLOT = -1;

  private static final Logger LOG = LoggerFactory.getLogger(InFlightJournal.class);
  private static final long MAGIC = 0x57_41_52_52_45_4e_4a_31L; // "WARRENJ1"
  private static final int SLOT_BYTES = 64;
  private static final int MAX_SLOTS = 1 << 20;
  private static final int TYPE_BYTES = 24;

  private static final int SLOTS_AT = 8;
  private static final int ATTEMPT_AT = 4;
  private static final int ID_AT = 8;
  private static final int GENERATION_AT = 24;
  private static final int ALONE_AT = 28;
  private static final int STARTED_AT = 32;
  private static final int TYPE_AT = 40;

  private static final int FREE = 0;
  private static final int CLAIMED = 1;
  private static final int NOTED = 2;
  private static final VarHandle STATE =
      MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private final Path file;
  private final MappedByteBuffer pages;
  private final int mask;
  private final AtomicInteger cursor = new AtomicInteger();

  /** Slots that are taken or about to be; never more than there are. */
  private final AtomicInteger taken = new AtomicInteger();

  private final Map<String, byte[]> types = new ConcurrentHashMap<>();

  private InFlightJournal(Path file, MappedByteBuffer pages, int slots) {
    this.file = file;
    this.pages = pages;
    this.mask = slots - 1;
  }

  /**
   * Makes an empty journal, in place of any that is there: {@link #read} that one before.
   *
   * @param slots attempts that can be noted at once, at least
   */
  public static InFlightJournal create(Path file, int slots) throws IOException {
    if (slots < 1 || slots > MAX_SLOTS) {
      throw new IllegalArgumentException("a journal has 1 to " + MAX_SLOTS + " slots: " + slots);
    }
    int rounded = slots == 1 ? 1 : Integer.highestOneBit(slots - 1) << 1;
    ByteBuffer empty = ByteBuffer.allocate(SLOT_BYTES * (rounded + 1));
    empty.putLong(0, MAGIC).putInt(SLOTS_AT, rounded);
    Files.deleteIfExists(file);
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      // Written, not only sized: a page without a block on a full disk would kill the JVM later.
      while (empty.hasRemaining()) {
        channel.write(empty);
      }
      MappedByteBuffer pages = channel.map(MapMode.READ_WRITE, 0, channel.size());
      return new InFlightJournal(file, pages, rounded);
    }
  }

  @Override
  public int started(TaskMessage task) {
    if (taken.getAndUpdate(count -> count > mask ? count : count + 1) > mask) {
      return NO_SLOT;
    }
    // One slot is ours, but others come free and are taken while we look: one round may miss it.
    while (true) {
      int slot = cursor.getAndIncrement() & mask;
      int at = offset(slot);
      if (STATE.compareAndSet(pages, at, FREE, CLAIMED)) {
        UUID id = task.id().value();
        pages.putInt(at + ATTEMPT_AT, task.attempt());
        pages.putLong(at + ID_AT, id.getMostSignificantBits());
        pages.putLong(at + ID_AT + Long.BYTES, id.getLeastSignificantBits());
        pages.putInt(at + GENERATION_AT, task.generation());
        pages.putInt(at + ALONE_AT, SuspectRules.crashes(task).orElse(-1) + 1);
        pages.putLong(at + STARTED_AT, System.currentTimeMillis());
        pages.put(at + TYPE_AT, shortened(task.type()));
        STATE.setRelease(pages, at, NOTED);
        return slot;
      }
    }
  }

  @Override
  public void ended(int slot) {
    if (slot != NO_SLOT) {
      STATE.setRelease(pages, offset(slot), FREE);
      taken.decrementAndGet();
    }
  }

  /** Removes the file: the process ends in order. */
  @Override
  public void close() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException stays) {
      // A journal that stays is read as a crash: its tasks are marked, not lost.
      LOG.warn("cannot remove {}: {}", file, stays.toString());
    }
  }

  /**
   * What ran when the journal's process ended; nothing if there is no file.
   *
   * @throws IOException if the file cannot be read or is no journal
   */
  public static List<InFlight> read(Path file) throws IOException {
    ByteBuffer content;
    try {
      content = ByteBuffer.wrap(Files.readAllBytes(file));
    } catch (NoSuchFileException none) {
      return List.of();
    }
    if (content.capacity() < SLOT_BYTES
        || content.getLong(0) != MAGIC
        || content.capacity() != SLOT_BYTES * (content.getInt(SLOTS_AT) + 1L)) {
      throw new IOException(file + " is no journal of running tasks");
    }
    List<InFlight> running = new ArrayList<>();
    for (int slot = 0; slot < content.getInt(SLOTS_AT); slot++) {
      int at = offset(slot);
      if (content.getInt(at) == NOTED) {
        running.add(noteAt(content, at));
      }
    }
    return running;
  }

  private static InFlight noteAt(ByteBuffer content, int at) {
    byte[] type = new byte[TYPE_BYTES];
    content.get(at + TYPE_AT, type);
    int alone = content.getInt(at + ALONE_AT);
    return new InFlight(
        new TaskId(new UUID(content.getLong(at + ID_AT), content.getLong(at + ID_AT + Long.BYTES))),
        content.getInt(at + GENERATION_AT),
        content.getInt(at + ATTEMPT_AT),
        Instant.ofEpochMilli(content.getLong(at + STARTED_AT)),
        new String(type, StandardCharsets.UTF_8).replace("\0", ""),
        alone > 0 ? OptionalInt.of(alone - 1) : OptionalInt.empty());
  }

  private static int offset(int slot) {
    return SLOT_BYTES * (slot + 1);
  }

  private byte[] shortened(String type) {
    byte[] known = types.get(type);
    return known == null ? types.computeIfAbsent(type, InFlightJournal::cut) : known;
  }

  /** Type names are ASCII, so that a cut never splits a character. */
  private static byte[] cut(String type) {
    byte[] padded = new byte[TYPE_BYTES];
    byte[] whole = type.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(whole, 0, padded, 0, Math.min(whole.length, TYPE_BYTES));
    return padded;
  }
}
