package dev.warren.bench;

import java.time.Instant;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * How much one worker takes.
 *
 * @param tasks how many waited for a second each
 */
record LimitsReport(
    Instant began,
    Machine machine,
    String broker,
    int tasks,
    List<Waiting> waiting,
    List<Computing> busy)
    implements Findings {
  /**
   * Tasks that wait.
   *
   * @param worker its flags
   * @param seconds from the first submission to the last outcome
   */
  record Waiting(String worker, double seconds, Tally result, Cores cores) {}

  /** Tasks that compute, on so many threads. */
  record Computing(int threads, Tally result, Cores cores) {
    /** The share of the machine that was computing; the rest went to broker, client and others. */
    double share() {
      return cores.worker() / threads;
    }

    /** The share of what the others left. */
    double shareOfTheRest() {
      double rest = threads - cores.broker() - cores.client() - cores.others();
      return rest <= 0 ? 0 : Math.min(1, cores.worker() / rest);
    }
  }

  LimitsReport {
    waiting = List.copyOf(waiting);
    busy = List.copyOf(busy);
  }

  /** Tasks of which nothing was heard or that failed; any is an error. */
  @Override
  public long wrong() {
    return Stream.concat(
            waiting.stream().map(Waiting::result), busy.stream().map(Computing::result))
        .mapToLong(result -> result.lost() + result.failed())
        .sum();
  }

  @Override
  public String table() {
    Formatter text = new Formatter(Locale.ROOT);
    text.format("scenario  limits: one worker%n");
    Heading.add(text, began, machine, broker);
    text.format(
        "%-32s | %8s %8s %8s | %s%n",
        "%,d tasks of 1 s".formatted(tasks),
        "seconds",
        "count",
        "missing",
        "cores: broker client worker");
    for (Waiting one : waiting) {
      text.format("%-32s | %8.2f ", one.worker(), one.seconds());
      rest(text, one.result(), one.cores());
    }
    text.format("%n%-32s | %8s %8s %8s |%n", "tasks that compute", "share", "count", "missing");
    for (Computing one : busy) {
      text.format("%-32s | %6.1f %% ", one.threads() + " threads", 100 * one.share());
      rest(text, one.result(), one.cores());
      text.format("%-32s | %6.1f %%%n", "  of what the others left", 100 * one.shareOfTheRest());
    }
    text.format("%n(+x.xx): cores that others used.%n");
    return text.toString();
  }

  private static void rest(Formatter text, Tally result, Cores cores) {
    text.format(
        "%8d %8d | %13.2f %6.2f %6.2f (+%.2f)%n",
        result.rate().count(),
        result.lost() + result.failed(),
        cores.broker(),
        cores.client(),
        cores.worker(),
        cores.others());
  }
}
