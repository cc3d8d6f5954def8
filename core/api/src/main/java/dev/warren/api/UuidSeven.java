package dev.warren.api;

import java.security.SecureRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes UUIDv7 (RFC 9562 §5.7, method 1: a counter in rand_a keeps ids of one millisecond in
 * order).
 */
final class UuidSeven {
  private static final SecureRandom SEED = new SecureRandom();
  private static final int COUNTER_BITS = 12;

  /** Millisecond and counter of the last id: {@code millis << 12 | counter}. */
  private static final AtomicLong LAST = new AtomicLong();

  private UuidSeven() {}

  static UUID next() {
    long now = System.currentTimeMillis() << COUNTER_BITS;
    // A full counter borrows from the next millisecond: ids stay unique and in order.
    long stamp = LAST.updateAndGet(last -> Math.max(last + 1, now));
    long millis = stamp >>> COUNTER_BITS;
    long counter = stamp & 0xfff;
    long high = (millis << 16) | 0x7000L | counter;
    long low = (Random.LOW.get().nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low);
  }

  /** One seeded generator per thread: SecureRandom itself is one lock for all threads. */
  private static final class Random {
    static final ThreadLocal<java.util.SplittableRandom> LOW =
        ThreadLocal.withInitial(() -> new java.util.SplittableRandom(SEED.nextLong()));
  }
}
