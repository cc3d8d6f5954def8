package dev.warren.bench.lane;

import dev.warren.bench.BenchKeys;
import dev.warren.engine.configuration.Key;
import dev.warren.engine.configuration.StandardKeys;
import dev.warren.engine.configuration.Tier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The settings of the comparison. */
final class LanesKeys {
  static final Key<Integer> SIZE =
      Key.integer("bench.size", 1, 10_000)
          .withAlias("size")
          .describedAs("How much work, in percent of the usual.")
          .in(Tier.ESSENTIAL)
          .withDefault("100");

  static final Key<Boolean> JSON =
      Key.toggle("bench.json")
          .withAlias("json")
          .describedAs("Prints the results as JSON.")
          .in(Tier.ESSENTIAL)
          .withDefault("false");

  static final Key<Path> SVG =
      Key.path("bench.svg")
          .withAlias("svg")
          .describedAs("Draws the results into this file.")
          .in(Tier.ESSENTIAL);

  static final List<Key<?>> ALL = all();

  private LanesKeys() {}

  private static List<Key<?>> all() {
    List<Key<?>> all = new ArrayList<>(List.of(SIZE, JSON, SVG, BenchKeys.BROKER));
    all.addAll(StandardKeys.BROKER);
    return List.copyOf(all);
  }
}
