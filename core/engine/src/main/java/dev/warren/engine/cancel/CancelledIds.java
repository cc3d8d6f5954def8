package dev.warren.engine.cancel;

import java.util.SplittableRandom;
import java.util.UUID;

/**
 * When which generation of which task was cancelled: a hash table of 24 bytes per slot, at most
 * half full, because somebody may cancel a million tasks one by one. Not safe for concurrent use.
 */
final class CancelledIds {
  private static final int WIDTH = 3;
  private static final int LEAST_SLOTS = 64;
  private static final long LATEST_SECOND = 0xFFFF_FFFFL;

  /** So that nobody can choose ids that all collide. */
  private final long seed = new SplittableRandom().nextLong();

  /**
   * Per slot: the two halves of the id, then generation and second in 32 bits each; the last is
   * zero where the slot is free.
   */
  private long[] slots = new long[LEAST_SLOTS * WIDTH];

  private int size;

  int size() {
    return size;
  }

  /** Notes a cancellation; of several the latest counts. */
  void put(UUID id, int generation, long second) {
    if (2 * (size + 1) > slots.length / WIDTH) {
      rebuild(slots.length / WIDTH * 2, 0);
    }
    insert(
        id.getMostSignificantBits(),
        id.getLeastSignificantBits(),
        generation,
        Math.clamp(second, 1, LATEST_SECOND));
  }

  /** The second of the cancellation, since 1970; 0 if there is none. */
  long second(UUID id, int generation) {
    int at = slot(id.getMostSignificantBits(), id.getLeastSignificantBits(), generation);
    return slots[at + 2] & LATEST_SECOND;
  }

  /** Forgets what is older. */
  void dropBefore(long second) {
    int young = 0;
    for (int at = 0; at < slots.length; at += WIDTH) {
      if ((slots[at + 2] & LATEST_SECOND) >= Math.max(1, second)) {
        young++;
      }
    }
    if (young < size) {
      int capacity = LEAST_SLOTS;
      while (capacity < 2 * (young + 1)) {
        capacity *= 2;
      }
      rebuild(capacity, second);
    }
  }

  private void rebuild(int capacity, long oldest) {
    long[] before = slots;
    slots = new long[capacity * WIDTH];
    size = 0;
    for (int at = 0; at < before.length; at += WIDTH) {
      long second = before[at + 2] & LATEST_SECOND;
      if (second >= Math.max(1, oldest)) {
        insert(before[at], before[at + 1], (int) (before[at + 2] >>> 32), second);
      }
    }
  }

  private void insert(long high, long low, int generation, long second) {
    int at = slot(high, low, generation);
    if (slots[at + 2] == 0) {
      size++;
    }
    slots[at] = high;
    slots[at + 1] = low;
    long latest = Math.max(second, slots[at + 2] & LATEST_SECOND);
    slots[at + 2] = (long) generation << 32 | latest;
  }

  /** Where the entry is, or else the free slot for it. */
  private int slot(long high, long low, int generation) {
    int count = slots.length / WIDTH;
    int at = (int) (hash(high, low, generation) >>> 33) & (count - 1);
    while (slots[at * WIDTH + 2] != 0
        && !(slots[at * WIDTH] == high
            && slots[at * WIDTH + 1] == low
            && (int) (slots[at * WIDTH + 2] >>> 32) == generation)) {
      at = (at + 1) & (count - 1);
    }
    return at * WIDTH;
  }

  private long hash(long high, long low, int generation) {
    long mixed = (high ^ seed) * 0x9E37_79B9_7F4A_7C15L;
    mixed = (mixed ^ mixed >>> 32 ^ low) * 0xBF58_476D_1CE4_E5B9L;
    return (mixed ^ mixed >>> 29 ^ generation) * 0x94D0_49BB_1331_11EBL;
  }
}
