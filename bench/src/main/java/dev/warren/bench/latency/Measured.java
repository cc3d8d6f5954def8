package dev.warren.bench.latency;

import dev.warren.bench.BenchException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Locale;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * What a load found.
 *
 * @param ended tasks that have ended
 * @param failed those of them that did not succeed
 * @param lost of which nothing was heard
 * @param seconds how long it took
 * @param latencies in nanoseconds; empty where they were not measured
 */
record Measured(long ended, long failed, long lost, double seconds, Histogram latencies) {
  private static final int FIELDS = 5;

  /** As a line, for another process. */
  String line() {
    ByteBuffer buffer = ByteBuffer.allocate(latencies.getNeededByteBufferCapacity());
    int length = latencies.encodeIntoCompressedByteBuffer(buffer);
    byte[] bytes = new byte[length];
    buffer.get(0, bytes);
    return String.format(
        Locale.ROOT,
        "%d %d %d %.6f %s",
        ended,
        failed,
        lost,
        seconds,
        Base64.getEncoder().encodeToString(bytes));
  }

  /** Reads {@link #line}. */
  static Measured of(String line) {
    String[] fields = line.split(" ", -1);
    if (fields.length != FIELDS) {
      throw new BenchException("a client of the benchmark answers '" + line + "'");
    }
    try {
      return new Measured(
          Long.parseLong(fields[0]),
          Long.parseLong(fields[1]),
          Long.parseLong(fields[2]),
          Double.parseDouble(fields[3]),
          Histogram.decodeFromCompressedByteBuffer(
              ByteBuffer.wrap(Base64.getDecoder().decode(fields[4])), 0));
    } catch (DataFormatException | NumberFormatException unreadable) {
      throw new BenchException("a client of the benchmark answers '" + line + "'", unreadable);
    }
  }

  double perSecond() {
    return seconds == 0 ? 0 : ended / seconds;
  }

  /** Milliseconds within which so many percent of the tasks ended. */
  double millis(double percentile) {
    return latencies.getValueAtPercentile(percentile) / 1e6;
  }
}
