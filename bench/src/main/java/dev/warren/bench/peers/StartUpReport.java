package dev.warren.bench.peers;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.warren.bench.Figures;
import dev.warren.bench.Findings;
import dev.warren.bench.Heading;
import dev.warren.bench.Machine;
import java.time.Instant;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How long commands took from their start to their end.
 *
 * @param commands the first is compared with the others
 * @param absent why others are missing, by their name
 */
public record StartUpReport(
    Instant began,
    Machine machine,
    String broker,
    List<Stated> commands,
    List<Start> starts,
    Map<String, String> absent)
    implements Findings {
  /** What is to be said of a command. */
  public record Stated(String name, String title, String ends) {
    static Stated of(OneShot command) {
      return new Stated(command.name(), command.title(), command.ends());
    }
  }

  /** One command once. */
  public record Start(int round, String command, double millis) {}

  /**
   * A command over all rounds.
   *
   * @param ratio the first command's time by this one's in the same round
   */
  public record Compared(String command, Figures millis, Figures ratio) {}

  public StartUpReport {
    commands = List.copyOf(commands);
    starts = List.copyOf(starts);
  }

  /** All commands beside the first. */
  @JsonProperty
  public List<Compared> compared() {
    return commands.stream()
        .map(
            command ->
                new Compared(
                    command.name(),
                    Figures.of(of(command.name()).stream().mapToDouble(Start::millis).toArray()),
                    Figures.of(of(command.name()).stream().mapToDouble(this::ratio).toArray())))
        .toList();
  }

  private List<Start> of(String command) {
    return starts.stream().filter(start -> start.command().equals(command)).toList();
  }

  private double ratio(Start start) {
    return of(commands.getFirst().name()).stream()
        .filter(first -> first.round() == start.round())
        .mapToDouble(first -> first.millis() / start.millis())
        .findFirst()
        .orElse(0);
  }

  /** As Markdown for the documentation. */
  @Override
  public String table() {
    Formatter text = new Formatter(Locale.ROOT);
    Heading.add(text, began, machine, broker);
    text.format("| | ms | the first beside it | it ends when |%n|---|---|---|---|%n");
    for (int i = 0; i < commands.size(); i++) {
      Compared side = compared().get(i);
      text.format(
          "| `%s` | %.0f (%.0f to %.0f) | %.2f (%.2f to %.2f) | %s |%n",
          commands.get(i).title(),
          side.millis().median(),
          side.millis().least(),
          side.millis().most(),
          side.ratio().median(),
          side.ratio().least(),
          side.ratio().most(),
          commands.get(i).ends());
    }
    text.format(
        "%nMedians of %d starts (least to most), in turns. The first beside it: its time, this one's being 1.%n",
        rounds());
    absent.forEach((name, reason) -> text.format("Left out: %s: %s%n", name, reason));
    return text.toString();
  }

  private int rounds() {
    return starts.stream().mapToInt(Start::round).max().orElse(0);
  }

  @Override
  public long wrong() {
    return absent.size();
  }
}
