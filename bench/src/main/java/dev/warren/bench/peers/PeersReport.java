package dev.warren.bench.peers;

import dev.warren.bench.Findings;
import dev.warren.bench.Sample;
import dev.warren.bench.TurnsReport;
import dev.warren.bench.Usage;
import java.util.ArrayList;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Warren beside its peers.
 *
 * @param turns all figures; Warren is the first side
 * @param peers what was installed of each, and how it ran
 * @param absent why others are missing, by their name
 */
public record PeersReport(TurnsReport turns, List<Stated> peers, Map<String, String> absent)
    implements Findings {
  /** What is to be said of one. */
  public record Stated(String name, String versions, Peer.About about) {}

  private static final String HEAD =
      """
      | | tasks/s | Warren's multiple | µs of processor time a task | cores | results |
      |---|---|---|---|---|---|
      """;

  public PeersReport {
    peers = List.copyOf(peers);
  }

  /** As Markdown for the documentation, and all rounds below. */
  @Override
  public String table() {
    Formatter text = new Formatter(new StringBuilder(HEAD), Locale.ROOT);
    for (TurnsReport.Case one : turns.cases()) {
      for (TurnsReport.Compared side : one.compared()) {
        row(text, one, side);
      }
    }
    text.format(
        "%nMedians over the rounds (least to most). Server: the broker, or the database.%n%n");
    for (Stated peer : peers) {
      text.format(
          "- %s (%s): %s. %s.%n",
          peer.about().title(),
          peer.versions(),
          peer.about().durability(),
          peer.about().settings());
    }
    absent.forEach((name, reason) -> text.format("- left out: %s: %s%n", name, reason));
    return text.format("%n%s", turns.table()).toString();
  }

  private void row(Formatter text, TurnsReport.Case one, TurnsReport.Compared side) {
    String title = "**Warren**";
    String results = "stored by the gateway, and back at the client";
    for (Stated peer : peers) {
      if (peer.name().equals(side.side())) {
        title = peer.about().title();
        results = peer.about().results();
      }
    }
    boolean first = title.startsWith("**");
    text.format(
        "| %s | %,.0f (%,.0f to %,.0f) | %s | %s | %.2f | %s |%n",
        title,
        side.perSecond().median(),
        side.perSecond().least(),
        side.perSecond().most(),
        first
            ? ""
            : String.format(
                Locale.ROOT,
                "%.1f (%.1f to %.1f)",
                side.ratio().median(),
                side.ratio().least(),
                side.ratio().most()),
        micros(one, side),
        one.figures(side.side(), sample -> sample.usage().cores()).median(),
        results);
  }

  private static String micros(TurnsReport.Case one, TurnsReport.Compared side) {
    List<String> parts = new ArrayList<>();
    one.turns().stream()
        .filter(turn -> turn.side().equals(side.side()))
        .limit(1)
        .flatMap(turn -> turn.sample().usage().parts().stream())
        .map(Usage.Of::part)
        .forEach(parts::add);
    return parts.stream()
        .map(
            part ->
                String.format(
                    Locale.ROOT,
                    "%s %.0f",
                    part,
                    one.figures(side.side(), sample -> micros(sample, part)).median()))
        .collect(Collectors.joining(", "));
  }

  private static double micros(Sample sample, String part) {
    return sample.micros(
        sample.usage().parts().stream()
            .filter(one -> one.part().equals(part))
            .mapToDouble(Usage.Of::processor)
            .sum());
  }

  @Override
  public long wrong() {
    return turns.wrong() + absent.size();
  }
}
