package dev.warren.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** What sides found that took turns. */
public record TurnsReport(
    String scenario, Instant began, Machine machine, String broker, List<Case> cases)
    implements Findings {
  /** One side before the first round: what it runs, and how it went from cold. */
  public record Cold(String side, String setting, Sample warmUp) {}

  /** One side in one round. */
  public record Turn(int round, String side, Sample sample) {}

  /** One side against the first, over all rounds. */
  public record Compared(
      String side, Figures perSecond, Figures micros, Figures ratio, Figures others) {}

  /**
   * A case of the scenario.
   *
   * @param name empty if there is only one
   */
  public record Case(String name, List<Cold> sides, List<Turn> turns) {
    public Case {
      sides = List.copyOf(sides);
      turns = List.copyOf(turns);
    }

    /** The sides, each with what the first one's rate is beside its own in the same round. */
    @JsonProperty
    public List<Compared> compared() {
      return sides.stream().map(Cold::side).map(this::compared).toList();
    }

    private Compared compared(String side) {
      return new Compared(
          side,
          figures(side, Sample::perSecond),
          figures(side, Sample::micros),
          Figures.of(
              turns.stream()
                  .filter(turn -> turn.side().equals(side))
                  .mapToDouble(this::ratio)
                  .toArray()),
          figures(side, sample -> sample.usage().others()));
    }

    /** A figure of a side, over all rounds. */
    public Figures figures(String side, ToDoubleFunction<Sample> figure) {
      return Figures.of(
          turns.stream()
              .filter(turn -> turn.side().equals(side))
              .map(Turn::sample)
              .mapToDouble(figure)
              .toArray());
    }

    /** The first side's rate in that round, this side's being 1. */
    double ratio(Turn turn) {
      double first =
          turns.stream()
              .filter(one -> one.round() == turn.round())
              .filter(one -> one.side().equals(sides.getFirst().side()))
              .mapToDouble(one -> one.sample().perSecond())
              .findFirst()
              .orElse(0);
      return turn.sample().perSecond() == 0 ? 0 : first / turn.sample().perSecond();
    }
  }

  public TurnsReport {
    cases = List.copyOf(cases);
  }

  @Override
  public String table() {
    return TurnsTable.of(this);
  }

  @Override
  public long wrong() {
    return cases.stream()
        .flatMap(
            one ->
                java.util.stream.Stream.concat(
                    one.sides().stream().map(Cold::warmUp), one.turns().stream().map(Turn::sample)))
        .mapToLong(Sample::missing)
        .sum();
  }

  /** The case of a name. */
  public Optional<Case> find(String name) {
    return cases.stream().filter(one -> one.name().equals(name)).findFirst();
  }

  @Override
  public Map<String, String> plots() {
    return Map.of(scenario, TurnsPlot.of(this));
  }
}
