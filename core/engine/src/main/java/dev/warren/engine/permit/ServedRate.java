package dev.warren.engine.permit;

/** How many permits a second came to this process lately; older ones count ever less. */
final class ServedRate {
  private static final double MEMORY_SECONDS = 2;

  private double perSecond;
  private long last;

  /** One came. */
  void served(long nanos) {
    perSecond = perSecond(nanos) + 1 / MEMORY_SECONDS;
    last = nanos;
  }

  double perSecond(long nanos) {
    return perSecond * Math.exp((last - nanos) / 1e9 / MEMORY_SECONDS);
  }
}
