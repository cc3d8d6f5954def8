package dev.warren.bench;

import java.time.Instant;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a long run found.
 *
 * @param atStart memory after the warm-up
 * @param atEnd memory after the last slice
 */
record SoakReport(
    Instant began,
    Machine machine,
    String broker,
    String setting,
    Sample warmUp,
    List<Slice> slices,
    List<Heap> atStart,
    List<Heap> atEnd)
    implements Findings {
  /** So many seconds after the start, what was found since the slice before. */
  record Slice(double at, Sample sample) {}

  /** The memory of one part. */
  record Heap(String part, Memory memory) {}

  SoakReport {
    slices = List.copyOf(slices);
    atStart = List.copyOf(atStart);
    atEnd = List.copyOf(atEnd);
  }

  @Override
  public long wrong() {
    return Stream.concat(Stream.of(warmUp), slices.stream().map(Slice::sample))
        .mapToLong(Sample::missing)
        .sum();
  }

  /** A figure of the first third, and of the last, as medians. */
  private Figures firstAndLast(ToDoubleFunction<Sample> figure) {
    int third = Math.max(1, slices.size() / 3);
    return new Figures(
        median(slices, figure),
        median(slices.subList(0, Math.min(third, slices.size())), figure),
        median(slices.subList(Math.max(0, slices.size() - third), slices.size()), figure));
  }

  private static double median(List<Slice> slices, ToDoubleFunction<Sample> figure) {
    return Figures.of(slices.stream().map(Slice::sample).mapToDouble(figure).toArray()).median();
  }

  @Override
  public String table() {
    Formatter text = new Formatter(Locale.ROOT);
    text.format("scenario  soak: %s%n", setting);
    Heading.add(text, began, machine, broker);
    text.format(
        "%8s %9s %9s %5s %4s %8s | %s%n", "s", "per s", "us each", "lost", "dup.", "others", "MiB");
    for (Slice slice : slices) {
      Sample sample = slice.sample();
      text.format(
          "%8.0f %9.0f %9.1f %5d %4d %8.2f | %s%n",
          slice.at(),
          sample.perSecond(),
          sample.micros(),
          sample.missing(),
          sample.duplicates(),
          sample.usage().others(),
          sample.usage().parts().stream()
              .map(part -> String.format(Locale.ROOT, "%s %.0f", part.part(), part.resident()))
              .collect(Collectors.joining(" ")));
    }
    text.format("%n");
    compare(text, "per s", Sample::perSecond);
    compare(text, "us each", Sample::micros);
    for (int i = 0; i < atStart.size(); i++) {
      text.format(
          "%s: live heap %.1f MiB after the warm-up, %.1f at the end; RSS %.0f and %.0f%n",
          atStart.get(i).part(),
          atStart.get(i).memory().liveHeap(),
          atEnd.get(i).memory().liveHeap(),
          atStart.get(i).memory().resident(),
          atEnd.get(i).memory().resident());
    }
    text.format(
        "%,d tasks, %d lost or failed, %d run twice%n",
        slices.stream().mapToLong(slice -> slice.sample().count()).sum(),
        wrong(),
        slices.stream().mapToLong(slice -> slice.sample().duplicates()).sum());
    return text.toString();
  }

  private void compare(Formatter text, String name, ToDoubleFunction<Sample> figure) {
    Figures figures = firstAndLast(figure);
    text.format(
        "%s: median %.1f; of the first third %.1f, of the last %.1f%n",
        name, figures.median(), figures.least(), figures.most());
  }

  @Override
  public Map<String, String> plots() {
    return Map.of("soak", SoakPlot.of(this));
  }
}
