package dev.warren.bench;

import java.time.Instant;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;

/** What the delayed scenario found. */
record DelayedReport(
    Instant began, Machine machine, String broker, String setting, List<Round> rounds)
    implements Findings {
  /**
   * When tasks started, in milliseconds after they were due.
   *
   * @param rate of starts, from when they were due
   * @param earliest below zero if a task ran early
   */
  record Starts(Rate rate, double earliest, double p50, double p99, double max) {}

  /**
   * One round, with a worker of its own.
   *
   * @param submitSeconds until the broker had confirmed all tasks
   * @param lost those of which nothing was heard
   * @param failed those that did not succeed
   * @param duplicates attempts beyond one a task
   * @param memory of the worker: before the first submission, while all wait, after all
   */
  record Round(
      int number,
      double submitSeconds,
      Starts starts,
      long lost,
      long failed,
      long duplicates,
      List<Memory> memory,
      Cores cores) {
    Round {
      memory = List.copyOf(memory);
    }
  }

  DelayedReport {
    rounds = List.copyOf(rounds);
  }

  /** Tasks that were lost, failed or early; any is an error. */
  @Override
  public long wrong() {
    return rounds.stream()
        .mapToLong(round -> round.lost() + round.failed() + (round.starts().earliest() < 0 ? 1 : 0))
        .sum();
  }

  @Override
  public String table() {
    Formatter text = new Formatter(Locale.ROOT);
    text.format("scenario  delayed: %s%n", setting);
    Heading.add(text, began, machine, broker);
    text.format(
        "%-5s | %8s | %8s %9s %9s %9s | %9s %9s | %5s %6s %10s | %s%n",
        "round",
        "submit/s",
        "earliest",
        "p50 ms",
        "p99 ms",
        "max ms",
        "drain/s",
        "total/s",
        "lost",
        "failed",
        "duplicates",
        "cores: broker client worker");
    for (Round round : rounds) {
      Starts starts = round.starts();
      text.format(
          "%-5d | %8.0f | %8.1f %9.0f %9.0f %9.0f | %9.0f %9.0f | %5d %6d %10d | %13.2f %6.2f %6.2f (+%.2f)%n",
          round.number(),
          starts.rate().count() / round.submitSeconds(),
          starts.earliest(),
          starts.p50(),
          starts.p99(),
          starts.max(),
          starts.rate().steady(),
          starts.rate().total(),
          round.lost(),
          round.failed(),
          round.duplicates(),
          round.cores().broker(),
          round.cores().client(),
          round.cores().worker(),
          round.cores().others());
    }
    text.format("%nworker, MiB: live heap / RSS%n");
    for (Round round : rounds) {
      text.format("%-5d |", round.number());
      List<String> moments = List.of("none waits", "all wait", "all have run");
      for (int i = 0; i < moments.size(); i++) {
        Memory memory = round.memory().get(i);
        text.format(
            " %s %.1f / %.0f%s",
            moments.get(i), memory.liveHeap(), memory.resident(), i < 2 ? "," : "");
      }
      text.format("%n");
    }
    text.format("%n");
    text.format(
        "ms: from when a task was due to the start of its attempt; earliest below 0 is an error.%n");
    text.format(
        "drain/s: from the first quarter of starts to the last; total/s: from when all were due.%n");
    text.format("(+x.xx): cores that others used.%n");
    return text.toString();
  }
}
