package dev.warren.bench;

import java.time.Instant;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;

/** What the latency scenario found. */
record LatencyReport(
    Instant began, Machine machine, String broker, String setting, List<Round> rounds)
    implements Findings {
  /** One run of the open loop. */
  record Round(int number, int perSecond, OpenLoop.Result result, Usage usage) {}

  LatencyReport {
    rounds = List.copyOf(rounds);
  }

  @Override
  public long wrong() {
    return rounds.stream()
        .mapToLong(round -> round.result().lost() + round.result().failed())
        .sum();
  }

  @Override
  public String table() {
    Formatter text = new Formatter(Locale.ROOT);
    text.format("scenario  latency: %s%n", setting);
    Heading.add(text, began, machine, broker);
    text.format(
        "%-6s | %6s | %8s %8s %8s %8s %8s ms | %7s %5s | %s%n",
        "", "per s", "p50", "p90", "p99", "p99.9", "max", "count", "lost", "cores");
    for (Round round : rounds) {
      Latency latency = round.result().latency();
      text.format(
          "%-6d | %6d | %8.2f %8.2f %8.2f %8.2f %8.2f    | %7d %5d | %.2f (+%.2f)%n",
          round.number(),
          round.perSecond(),
          latency.p50(),
          latency.p90(),
          latency.p99(),
          latency.p999(),
          latency.max(),
          latency.count(),
          round.result().lost() + round.result().failed(),
          round.usage().cores(),
          round.usage().others());
    }
    text.format("%n");
    text.format(
        "From the moment a task was meant to be sent to its outcome at the submitter; the first%n");
    text.format("quarter of the tasks is left out. (+x.xx): cores that others used.%n");
    return text.toString();
  }
}
