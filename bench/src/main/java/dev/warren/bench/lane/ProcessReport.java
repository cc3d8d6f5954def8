package dev.warren.bench.lane;

import dev.warren.bench.Findings;
import dev.warren.bench.Heading;
import dev.warren.bench.Machine;
import java.time.Instant;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;

/**
 * What a task costs in a child process.
 *
 * @param bytes the size of the argument
 */
public record ProcessReport(
    Instant began,
    Machine machine,
    int bytes,
    List<Start> starts,
    List<Trip> trips,
    List<Held> held,
    List<Rate> rates)
    implements Findings {
  /** Milliseconds from the start of a lane to the first result of its one child. */
  record Start(String children, double median, double least, double most, int count) {}

  /** Milliseconds of an attempt, one after the other, or of what it is compared with. */
  record Trip(String way, double median, double p90, double p99) {}

  /** MiB of a child; {@code own} is what it shares with nobody. */
  record Held(String child, double resident, double proportional, double own) {}

  /** Attempts per second. */
  record Rate(String way, double perSecond) {}

  public ProcessReport {
    starts = List.copyOf(starts);
    trips = List.copyOf(trips);
    held = List.copyOf(held);
    rates = List.copyOf(rates);
  }

  @Override
  public long wrong() {
    return 0;
  }

  @Override
  public String table() {
    Formatter text = new Formatter(Locale.ROOT);
    text.format("scenario  process: echo of %d bytes in child processes, no broker%n", bytes);
    Heading.add(text, began, machine, "");
    text.format(
        "%-44s | %8s %8s %8s ms%n", "from nothing to the first result", "median", "least", "most");
    starts.forEach(
        one ->
            text.format(
                "%-44s | %8.0f %8.0f %8.0f    (%d)%n",
                one.children(), one.median(), one.least(), one.most(), one.count()));
    text.format("%n%-44s | %8s %8s %8s ms%n", "round trip, warm", "p50", "p90", "p99");
    trips.forEach(
        one ->
            text.format(
                "%-44s | %8.3f %8.3f %8.3f%n", one.way(), one.median(), one.p90(), one.p99()));
    text.format("%n%-44s | %8s %8s %8s MiB%n", "memory of a child", "RSS", "PSS", "its own");
    held.forEach(
        one ->
            text.format(
                "%-44s | %8.0f %8.0f %8.0f%n",
                one.child(), one.resident(), one.proportional(), one.own()));
    text.format("%n%-44s | %8s%n", "attempts at once", "per s");
    rates.forEach(one -> text.format("%-44s | %8.0f%n", one.way(), one.perSecond()));
    return text.toString();
  }
}
