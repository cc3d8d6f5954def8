package dev.warren.gateway.http;

/**
 * How many records a stream reads at once: a result may have a few bytes or a megabyte, and pages
 * should be of about the same weight.
 */
final class PageSize {
  private static final int FIRST = 16;
  private static final int MOST = 500;
  private static final int GOOD_BYTES = 256 * 1024;

  private int records = FIRST;

  int records() {
    return records;
  }

  /** What the last page weighed. */
  void seen(int count, int bytes) {
    if (count > 0) {
      long each = Math.max(1, bytes / count);
      records = (int) Math.max(1, Math.min(Math.min(MOST, records * 4L), GOOD_BYTES / each));
    }
  }
}
