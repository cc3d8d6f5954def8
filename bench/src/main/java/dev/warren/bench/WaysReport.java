package dev.warren.bench;

import java.time.Instant;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;

/**
 * How long the same work took in each way.
 *
 * @param setting how much work it was
 */
record WaysReport(Instant began, Machine machine, String broker, String setting, List<Row> rows)
    implements Findings {
  /** The kinds of work, in the order of the table. */
  static final List<String> WORK = List.of("cpu", "blocking", "network");

  static final String ONE_AFTER_ANOTHER = "one after another";

  /** One kind of work done in one way of one language. */
  record Row(String language, String way, String work, double seconds) {}

  WaysReport {
    rows = List.copyOf(rows);
  }

  /** Seconds, and how many times as fast as one after another. */
  @Override
  public long wrong() {
    return 0;
  }

  @Override
  public String table() {
    Formatter text = new Formatter(Locale.ROOT);
    text.format("work      %s%n", setting);
    Heading.add(text, began, machine, broker);
    text.format("%-8s %-20s | %-18s | %-18s | %-18s%n", "", "", "CPU-bound", "blocking", "network");
    rows.stream()
        .map(row -> List.of(row.language(), row.way()))
        .distinct()
        .forEach(way -> line(text, way.get(0), way.get(1)));
    return text.toString();
  }

  private void line(Formatter text, String language, String way) {
    text.format("%-8s %-20s", language, way);
    for (String work : WORK) {
      text.format(" | %-18s", cell(language, way, work));
    }
    text.format("%n");
  }

  private String cell(String language, String way, String work) {
    double took = seconds(language, way, work);
    if (took <= 0) {
      return "-";
    }
    double alone = seconds(language, ONE_AFTER_ANOTHER, work);
    return String.format(Locale.ROOT, "%7.2f s %6.1f x", took, alone / took);
  }

  /** 0 for what was not measured. */
  private double seconds(String language, String way, String work) {
    return rows.stream()
        .filter(row -> row.language().equals(language))
        .filter(row -> row.way().equals(way) && row.work().equals(work))
        .mapToDouble(Row::seconds)
        .findFirst()
        .orElse(0);
  }
}
