package dev.warren.tasks.exec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A part of what a command wrote, in bounded memory: its first bytes, or its last. Not safe for
 * concurrent use.
 */
final class Kept {
  private static final int FIRST_SIZE = 1 << 10;

  private final int limit;
  private final boolean last;
  private byte[] bytes = new byte[0];
  private long total;

  private Kept(int limit, boolean last) {
    this.limit = limit;
    this.last = last;
  }

  /** Keeps the beginning. */
  static Kept first(int limit) {
    return new Kept(limit, false);
  }

  /** Keeps the end. */
  static Kept last(int limit) {
    return new Kept(limit, true);
  }

  void add(byte[] written, int length) {
    for (int from = 0; from < length; ) {
      int at = (int) (last ? total % Math.max(1, limit) : Math.min(total, limit));
      int count = Math.min(length - from, limit - at);
      if (count <= 0) {
        total += length - from;
        return;
      }
      grow(at + count);
      System.arraycopy(written, from, bytes, at, count);
      total += count;
      from += count;
    }
  }

  private void grow(int needed) {
    if (needed > bytes.length) {
      int doubled = Math.max(FIRST_SIZE, 2 * bytes.length);
      bytes = Arrays.copyOf(bytes, Math.min(limit, Math.max(needed, doubled)));
    }
  }

  boolean isCut() {
    return total > limit;
  }

  /** As UTF-8; a character that the cut goes through is left out. */
  String text() {
    if (!isCut()) {
      return new String(bytes, 0, (int) total, StandardCharsets.UTF_8);
    }
    if (!last) {
      return new String(bytes, 0, wholeUpTo(limit), StandardCharsets.UTF_8);
    }
    int seam = (int) (total % Math.max(1, limit));
    byte[] inOrder = new byte[limit];
    System.arraycopy(bytes, seam, inOrder, 0, limit - seam);
    System.arraycopy(bytes, 0, inOrder, limit - seam, seam);
    int start = 0;
    while (start < Math.min(3, limit) && continues(inOrder[start])) {
      start++;
    }
    return new String(inOrder, start, limit - start, StandardCharsets.UTF_8);
  }

  private int wholeUpTo(int end) {
    int start = end - 1;
    while (start > Math.max(0, end - 4) && continues(bytes[start])) {
      start--;
    }
    if (start < 0) {
      return end;
    }
    int lead = bytes[start] & 0xff;
    int length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    return start + length > end ? start : end;
  }

  private static boolean continues(byte one) {
    return (one & 0xc0) == 0x80;
  }
}
