package dev.warren.gateway.aggregate;

import java.util.concurrent.Semaphore;

/**
 * How much may be read into objects and not be recorded yet. Whoever reads more waits; what waits
 * to be read takes its plain bytes only. Safe for concurrent use.
 */
final class ByteBudget {
  private final int total;
  private final Semaphore free;

  ByteBudget(int total) {
    this.total = total;
    this.free = new Semaphore(total, true);
  }

  /** Waits until so much is free; answers what to give back. */
  int take(int bytes) throws InterruptedException {
    // One that is larger than the whole budget goes alone.
    int taken = Math.clamp(bytes, 1, total);
    free.acquire(taken);
    return taken;
  }

  void giveBack(int taken) {
    free.release(taken);
  }
}
