package dev.warren.bench;

import java.time.Duration;

/** When a load ends. */
record Limit(long tasks, Duration time) {
  static Limit of(Duration time) {
    return new Limit(Long.MAX_VALUE, time);
  }

  boolean reached(long submitted, long startNanos) {
    return submitted >= tasks || System.nanoTime() - startNanos >= time.toNanos();
  }
}
