package dev.warren.producer.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * How far a command is, on standard error: a bar that is drawn anew on a terminal, else a line now
 * and then, or nothing. Used by one thread.
 */
final class Progress {
  /** How the progress is shown. */
  enum Style {
    BAR,
    LINES,
    NONE
  }

  /** What there is to show. Total is 0 as long as it is not known. */
  record Counts(long done, long failed, long running, long total) {}

  static final Duration BAR_INTERVAL = Duration.ofMillis(100);
  static final Duration LINE_INTERVAL = Duration.ofSeconds(5);
  private static final int BAR_WIDTH = 24;
  private static final String ERASE = "\r\u001b[K";

  private final PrintStream err;
  private final Style style;
  private final String what;
  private final LongSupplier nanos;
  private final long begun;
  private long shownAt;
  private boolean drawn;

  Progress(PrintStream err, Style style, String what, LongSupplier nanos) {
    this.err = err;
    this.style = style;
    this.what = what;
    this.nanos = nanos;
    this.begun = nanos.getAsLong();
    this.shownAt = begun;
  }

  /** Shows the counts if it is time to. */
  void update(Counts counts) {
    if (style == Style.NONE || nanos.getAsLong() - shownAt < interval().toNanos()) {
      return;
    }
    show(counts);
  }

  /** Shows the counts now. */
  void show(Counts counts) {
    if (style == Style.NONE) {
      return;
    }
    shownAt = nanos.getAsLong();
    if (style == Style.LINES) {
      err.println("warren: " + text(counts, false));
      return;
    }
    err.print(ERASE + text(counts, true));
    err.flush();
    drawn = true;
  }

  /** Takes the bar away, so that other text may be written to the terminal. */
  void clear() {
    if (drawn) {
      err.print(ERASE);
      err.flush();
      drawn = false;
    }
  }

  /** How long to wait for news at most before {@link #update} is called. */
  Duration interval() {
    return style == Style.BAR ? BAR_INTERVAL : LINE_INTERVAL;
  }

  Duration elapsed() {
    return Duration.ofNanos(nanos.getAsLong() - begun);
  }

  private String text(Counts counts, boolean bar) {
    StringBuilder text = new StringBuilder(what).append(' ');
    if (counts.total() > 0) {
      if (bar) {
        int filled = (int) (BAR_WIDTH * counts.done() / counts.total());
        text.append("█".repeat(filled)).append("░".repeat(BAR_WIDTH - filled)).append(' ');
      }
      text.append(number(counts.done())).append('/').append(number(counts.total()));
    } else {
      text.append(number(counts.done())).append(" done");
    }
    if (counts.failed() > 0) {
      text.append(", ").append(number(counts.failed())).append(" failed");
    }
    if (counts.running() > 0) {
      text.append(", ").append(number(counts.running())).append(" on the way");
    }
    double seconds = elapsed().toNanos() / 1e9;
    double rate = counts.done() / Math.max(seconds, 0.001);
    text.append(", ").append(rate(counts.done(), elapsed())).append("/s");
    if (counts.total() > counts.done() && rate > 0) {
      double left = (counts.total() - counts.done()) / rate;
      text.append(", ")
          .append(DurationText.of(Duration.ofSeconds(Math.round(left))))
          .append(" left");
    }
    return text.toString();
  }

  /** A number with its thousands apart. */
  static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** So many in such a time, per second. */
  static String rate(long count, Duration time) {
    double rate = count / Math.max(time.toNanos() / 1e9, 0.001);
    return String.format(Locale.ROOT, rate < 10 ? "%.1f" : "%,.0f", rate);
  }
}
