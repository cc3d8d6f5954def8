package dev.warren.engine.wire;

import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * The body of a chunk, written as bytes of which each is copied once: no tree, no text in between.
 */
final class ChunkBody {
  private static final byte[] BEGIN = ascii("{\"tasks\":[");
  private static final byte[] ID = ascii("{\"id\":\"");
  private static final byte[] ARGUMENTS = ascii("\",\"arguments\":");
  private static final byte[] ROOT = ascii(",\"root\":\"");
  private static final byte[] INDEX = ascii(",\"index\":");
  private static final byte[] END = ascii("]}");
  private static final byte[] HEX = ascii("0123456789abcdef");

  /** A UUID as text. */
  private static final int ID_BYTES = 36;

  /** The digits of the largest index, and its sign. */
  private static final int INDEX_BYTES = 20;

  /** Around the arguments of a task, its comma included. */
  static final int FRAME_BYTES = ID.length + ID_BYTES + ARGUMENTS.length + 2;

  private static final int OPTIONAL_BYTES = ROOT.length + ID_BYTES + 1 + INDEX.length + INDEX_BYTES;

  private final byte[] bytes;
  private int size;

  private ChunkBody(int most) {
    bytes = new byte[most];
  }

  static JsonText write(List<TaskMessage> tasks) {
    int most = BEGIN.length + END.length;
    for (TaskMessage task : tasks) {
      most += task.arguments().size() + FRAME_BYTES + OPTIONAL_BYTES;
    }
    ChunkBody body = new ChunkBody(most);
    body.add(BEGIN);
    for (int i = 0; i < tasks.size(); i++) {
      if (i > 0) {
        body.add(',');
      }
      body.add(tasks.get(i));
    }
    body.add(END);
    return JsonText.wrap(Arrays.copyOf(body.bytes, body.size));
  }

  private void add(TaskMessage task) {
    add(ID);
    add(task.id());
    add(ARGUMENTS);
    add(task.arguments().bytes());
    Lineage lineage = task.lineage();
    if (!lineage.root().equals(task.id())) {
      add(ROOT);
      add(lineage.root());
      add('"');
    }
    if (lineage.batchIndex() != null) {
      add(INDEX);
      add(ascii(Long.toString(lineage.batchIndex())));
    }
    add('}');
  }

  /** As {@link java.util.UUID#toString} would write it. */
  private void add(TaskId id) {
    long high = id.value().getMostSignificantBits();
    long low = id.value().getLeastSignificantBits();
    hex(high, 60, 32);
    add('-');
    hex(high, 28, 16);
    add('-');
    hex(high, 12, 0);
    add('-');
    hex(low, 60, 48);
    add('-');
    hex(low, 44, 0);
  }

  private void hex(long value, int from, int to) {
    for (int shift = from; shift >= to; shift -= 4) {
      bytes[size++] = HEX[(int) (value >>> shift) & 0xf];
    }
  }

  private void add(char one) {
    bytes[size++] = (byte) one;
  }

  private void add(byte[] many) {
    System.arraycopy(many, 0, bytes, size, many.length);
    size += many.length;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
