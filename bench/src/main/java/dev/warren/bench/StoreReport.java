package dev.warren.bench;

import java.time.Instant;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;

/**
 * What a gateway's store costs when it is small, when it is large, and after a new start.
 *
 * @param startSeconds until a gateway was ready again with all of it
 * @param failed messages that were not taken, and questions without an answer
 */
record StoreReport(
    Instant began,
    Machine machine,
    String broker,
    String setting,
    List<Moment> moments,
    double startSeconds,
    long failed)
    implements Findings {
  private static final double MICROS = 1e6;

  /**
   * A look at it.
   *
   * @param stored before
   * @param more so many were recorded meanwhile
   * @param lookupP50 milliseconds for one task by its id, over HTTP
   * @param listMillis for the last hundred outcomes
   */
  record Moment(
      long stored,
      long more,
      Usage usage,
      Memory memory,
      double fileMib,
      double lookupP50,
      double listMillis) {}

  StoreReport {
    moments = List.copyOf(moments);
  }

  @Override
  public long wrong() {
    return failed;
  }

  /** Microseconds of the gateway's processor time for one outcome, without its JIT compilers. */
  static double micros(Usage usage, long count) {
    return usage.parts().stream()
        .filter(part -> part.part().equals("gateway"))
        .mapToDouble(part -> (part.processor() - part.compilers()) * MICROS / count)
        .sum();
  }

  @Override
  public String table() {
    Formatter text = new Formatter(Locale.ROOT);
    text.format("scenario  store: %s%n", setting);
    Heading.add(text, began, machine, broker);
    text.format(
        "%12s | %10s %10s | %10s %8s %8s | %9s %9s%n",
        "stored", "us/outcome", "recorded/s", "live heap", "RSS", "file", "by id ms", "list ms");
    for (Moment moment : moments) {
      text.format("%,12d | ", moment.stored());
      if (moment.more() == 0) {
        text.format("%10s %10s | ", "", "");
      } else {
        text.format(
            "%10.2f %10.0f | ",
            micros(moment.usage(), moment.more()), moment.more() / moment.usage().seconds());
      }
      text.format(
          "%10.1f %8.0f %8.0f | %9.2f %9.2f%n",
          moment.memory().liveHeap(),
          moment.memory().resident(),
          moment.fileMib(),
          moment.lookupP50(),
          moment.listMillis());
    }
    text.format("%nnew start with all of it: ready after %.2f s (last line)%n", startSeconds);
    text.format("us: processor time of the gateway, its JIT compilers left out. Sizes in MiB.%n");
    return text.toString();
  }
}
