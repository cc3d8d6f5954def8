package dev.warren.bench;

import java.util.Formatter;
import java.util.Locale;
import java.util.stream.Collectors;

/** The turns of several sides, for people. */
final class TurnsTable {
  private static final String EXPLAINED =
      """
      per s: completed, from the start of a measurement until the last was completed (tasks: their
      outcome at the submitter, and stored where there is a gateway). ratio: the first side's rate
      by this one's in the same round. cores: on average, those that others used in brackets.
      us each: processor time for one of them in each part; of all of it, JIT compilers took so
      much. MiB: resident at the end. cold: the warm-up, from the start of the processes.
      """;

  private final Formatter text = new Formatter(Locale.ROOT);

  private TurnsTable() {}

  static String of(TurnsReport report) {
    TurnsTable table = new TurnsTable();
    table.text.format("scenario  %s%n", report.scenario());
    Heading.add(table.text, report.began(), report.machine(), report.broker());
    report.cases().forEach(table::add);
    table.text.format("%s", EXPLAINED);
    return table.text.toString();
  }

  private void add(TurnsReport.Case one) {
    if (!one.name().isEmpty()) {
      text.format("== %s%n", one.name());
    }
    int width = one.sides().stream().mapToInt(side -> side.side().length()).max().orElse(0);
    for (TurnsReport.Cold side : one.sides()) {
      text.format("%-" + width + "s  %s%n", side.side(), side.setting());
    }
    text.format(
        "%-" + width + "s %6s %9s %6s %9s %5s %4s | %s%n",
        "",
        "round",
        "per s",
        "ratio",
        "count",
        "lost",
        "dup.",
        "cores | us each | MiB");
    for (TurnsReport.Cold side : one.sides()) {
      if (side.warmUp().count() > 0) {
        row(width, side.side(), "cold", "", side.warmUp());
      }
    }
    for (TurnsReport.Turn turn : one.turns()) {
      row(
          width,
          turn.side(),
          Integer.toString(turn.round()),
          number("%.2f", one.ratio(turn)),
          turn.sample());
    }
    for (TurnsReport.Compared side : one.compared()) {
      text.format(
          "%-"
              + width
              + "s median %9.0f %6.2f   (%.0f to %.0f; ratio %.2f to %.2f; %.1f us each,"
              + " %.1f to %.1f)%n",
          side.side(),
          side.perSecond().median(),
          side.ratio().median(),
          side.perSecond().least(),
          side.perSecond().most(),
          side.ratio().least(),
          side.ratio().most(),
          side.micros().median(),
          side.micros().least(),
          side.micros().most());
    }
    text.format("%n");
  }

  private void row(int width, String side, String round, String ratio, Sample sample) {
    Usage usage = sample.usage();
    String cores =
        usage.parts().stream()
            .map(part -> number(part.part() + " %.2f", part.processor() / usage.seconds()))
            .collect(Collectors.joining(" "));
    String micros =
        usage.parts().stream()
            .map(part -> number(part.part() + " %.1f", sample.micros(part.processor())))
            .collect(Collectors.joining(" + "));
    double compilers = usage.parts().stream().mapToDouble(Usage.Of::compilers).sum();
    String memory =
        usage.parts().stream()
            .map(part -> number(part.part() + " %.0f", part.resident()))
            .collect(Collectors.joining(" "));
    text.format(
        "%-" + width + "s %6s %9.0f %6s %9d %5d %4s | %s (+%.2f) | %s = %.1f, JIT %.1f | %s",
        side,
        round,
        sample.perSecond(),
        ratio,
        sample.count(),
        sample.missing(),
        sample.duplicates() < 0 ? "-" : Long.toString(sample.duplicates()),
        cores,
        usage.others(),
        micros,
        sample.micros(),
        sample.micros(compilers),
        memory);
    sample.more().forEach((name, value) -> text.format(" | %s %.2f", name, value));
    text.format("%n");
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
