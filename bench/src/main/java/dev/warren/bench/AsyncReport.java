package dev.warren.bench;

import java.time.Instant;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;

/**
 * What the async scenario found.
 *
 * @param idealSeconds if nothing but the server took time: tasks / in flight × the time of an
 *     answer
 * @param atStart the gateway's memory before the first round
 */
record AsyncReport(
    Instant began,
    Machine machine,
    String broker,
    String setting,
    double idealSeconds,
    Memory atStart,
    List<Round> rounds)
    implements Findings {
  /**
   * One round, on the gateway of the rounds before.
   *
   * @param seconds from the first submission to the last outcome
   * @param blockedLoops how often an event loop was reported as blocked
   */
  record Round(
      int number, Tally warren, double seconds, long blockedLoops, Memory memory, Cores cores) {}

  AsyncReport {
    rounds = List.copyOf(rounds);
  }

  /** Tasks of which nothing was heard or that failed; any is an error. */
  @Override
  public long wrong() {
    return rounds.stream()
        .mapToLong(round -> round.warren().lost() + round.warren().failed())
        .sum();
  }

  @Override
  public String table() {
    Formatter text = new Formatter(Locale.ROOT);
    text.format("scenario  async: %s%n", setting);
    Heading.add(text, began, machine, broker);
    text.format(
        "%-6s | %8s %8s %6s | %7s %7s %8s | %9s %9s %9s | %s%n",
        "",
        "seconds",
        "ideal",
        "ratio",
        "count",
        "missing",
        "blocked",
        "heap MiB",
        "RSS MiB",
        "peak MiB",
        "cores: broker client gateway");
    text.format(
        "%-6s | %8s %8s %6s | %7s %7s %8s | %9.1f %9.1f %9.1f |%n",
        "start",
        "",
        "",
        "",
        "",
        "",
        "",
        atStart.liveHeap(),
        atStart.resident(),
        atStart.residentPeak());
    for (Round round : rounds) {
      text.format(
          "%-6d | %8.2f %8.2f %6.2f | %7d %7d %8d | %9.1f %9.1f %9.1f | %13.2f %6.2f %7.2f (+%.2f)%n",
          round.number(),
          round.seconds(),
          idealSeconds,
          idealSeconds == 0 ? 0 : round.seconds() / idealSeconds,
          round.warren().rate().count(),
          round.warren().lost() + round.warren().failed(),
          round.blockedLoops(),
          round.memory().liveHeap(),
          round.memory().resident(),
          round.memory().residentPeak(),
          round.cores().broker(),
          round.cores().client(),
          round.cores().worker(),
          round.cores().others());
    }
    text.format("%n");
    text.format("seconds: from the first submission to the last outcome at the submitter.%n");
    text.format("heap: of the gateway, after a collection. blocked: reports of blocked loops.%n");
    text.format("(+x.xx): cores that others used, the slow server among them.%n");
    return text.toString();
  }
}
