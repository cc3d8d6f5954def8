package dev.warren.bench;

import java.time.Instant;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;

/**
 * How a long queue drained.
 *
 * @param submitSeconds until all were confirmed
 * @param tenths in order: the queue is longest in the first
 * @param memory of the worker at the end
 * @param duplicates attempts beyond one a task
 */
record BacklogReport(
    Instant began,
    Machine machine,
    String broker,
    String setting,
    double submitSeconds,
    List<Tenth> tenths,
    Memory memory,
    long duplicates)
    implements Findings {
  private static final double MICROS = 1e6;

  /** A tenth of the tasks. */
  record Tenth(long count, Usage usage) {
    double rate() {
      return count / usage.seconds();
    }

    /** Microseconds of processor time for a task. */
    double micros(Usage.Of part) {
      return (part.processor() - part.compilers()) * MICROS / count;
    }
  }

  BacklogReport {
    tenths = List.copyOf(tenths);
  }

  /** None can be told: whoever waits for a million outcomes measures himself. */
  @Override
  public long wrong() {
    return 0;
  }

  @Override
  public String table() {
    Formatter text = new Formatter(Locale.ROOT);
    text.format("scenario  backlog: %s%n", setting);
    Heading.add(text, began, machine, broker);
    text.format(
        "%-6s | %8s | %20s | %20s | %s%n",
        "tenth", "tasks/s", "us/task: broker", "worker", "worker's RSS, MiB");
    for (int number = 1; number <= tenths.size(); number++) {
      Tenth tenth = tenths.get(number - 1);
      text.format("%-6d | %8.0f |", number, tenth.rate());
      for (Usage.Of part : tenth.usage().parts()) {
        text.format(" %20.1f |", tenth.micros(part));
      }
      text.format(
          " %.0f (+%.2f)%n", tenth.usage().parts().getLast().resident(), tenth.usage().others());
    }
    text.format(
        "%nsubmitted in %.1f s; the worker's live heap at the end %.1f MiB, at most %.0f MiB"
            + " resident; %d attempts beyond one a task%n",
        submitSeconds, memory.liveHeap(), memory.residentPeak(), duplicates);
    text.format("us: processor time without JIT compilers. (+x.xx): cores that others used.%n");
    return text.toString();
  }
}
