package dev.warren.bench.chaos;

import dev.warren.api.ConfigurationException;
import dev.warren.engine.configuration.Key;
import dev.warren.engine.configuration.Settings;
import dev.warren.engine.configuration.Tier;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

/** The settings of a run of chaos. */
final class ChaosKeys {
  static final Key<Integer> TASKS =
      Key.integer("chaos.tasks", 1, 10_000_000)
          .withAlias("tasks")
          .describedAs("How many tasks are submitted.")
          .in(Tier.ESSENTIAL)
          .withDefault("2000");

  static final Key<Integer> FAULTS =
      Key.integer("chaos.faults", 0, 10_000)
          .withAlias("faults")
          .describedAs("How many faults happen meanwhile.")
          .in(Tier.ESSENTIAL)
          .withDefault("5");

  static final Key<Long> SEED =
      Key.of("chaos.seed", "NUMBER", ChaosKeys::number)
          .withAlias("seed")
          .describedAs("Repeats the load and the schedule of a run. Default: a new one.")
          .in(Tier.ESSENTIAL);

  static final Key<ChaosBroker.Kind> BROKER =
      Key.choice("chaos.broker", ChaosBroker.Kind.class)
          .withAlias("broker")
          .describedAs("A node of the installed rabbitmq-server, or a container.")
          .in(Tier.ESSENTIAL)
          .withDefault("node");

  static final Key<Boolean> CLUSTER =
      Key.toggle("chaos.cluster")
          .withAlias("cluster")
          .describedAs("Three nodes, whose leader is stopped and killed.")
          .in(Tier.ESSENTIAL)
          .withDefault("false");

  static final Key<String> IMAGE =
      Key.text("chaos.image")
          .withAlias("image")
          .describedAs("The container's image.")
          .in(Tier.OFTEN)
          .withDefault(ChaosPlan.DEFAULT_IMAGE);

  static final Key<Duration> FOR =
      Key.duration("chaos.for")
          .withAlias("for")
          .describedAs("The time over which tasks and faults are spread. Default: 10 s a fault.")
          .in(Tier.ESSENTIAL);

  static final Key<Duration> LONGEST =
      Key.duration("chaos.longest-fault")
          .withAlias("longest-fault")
          .describedAs("How long a fault lasts at most.")
          .in(Tier.OFTEN)
          .withDefault(ChaosPlan.DEFAULT_LONGEST.toSeconds() + "s");

  static final Key<List<String>> KINDS =
      Key.texts("chaos.kinds")
          .withAlias("kinds")
          .describedAs("The kinds of faults to choose from: " + words() + ". Default: all.")
          .in(Tier.OFTEN);

  static final Key<Integer> WORKERS =
      Key.integer("chaos.workers", 1, 100)
          .withAlias("workers")
          .describedAs("Worker programs, each with --processes JVMs.")
          .in(Tier.OFTEN)
          .withDefault("2");

  static final Key<Integer> PROCESSES =
      Key.integer("chaos.processes", 2, 100)
          .withAlias("processes")
          .describedAs("JVMs of each worker program.")
          .in(Tier.OFTEN)
          .withDefault("2");

  static final Key<Duration> SETTLING =
      Key.duration("chaos.settling")
          .withAlias("settling")
          .describedAs("How long everything may take to end after the load.")
          .in(Tier.OFTEN)
          .withDefault(ChaosPlan.DEFAULT_SETTLING.toMinutes() + "m");

  static final Key<Boolean> JSON =
      Key.toggle("chaos.json")
          .withAlias("json")
          .describedAs("Prints the result as JSON.")
          .in(Tier.OFTEN)
          .withDefault("false");

  static final Key<Path> FOLDER =
      Key.path("chaos.folder")
          .withAlias("folder")
          .describedAs("Keeps logs and books there. Without it they are kept if the run is bad.")
          .in(Tier.OFTEN);

  static final List<Key<?>> ALL =
      List.of(
          TASKS, FAULTS, SEED, BROKER, CLUSTER, IMAGE, FOR, LONGEST, KINDS, WORKERS, PROCESSES,
          SETTLING, JSON, FOLDER);

  private ChaosKeys() {}

  static ChaosPlan plan(Settings settings) {
    int faults = settings.get(FAULTS);
    return new ChaosPlan(
        settings.find(SEED).orElseGet(() -> ThreadLocalRandom.current().nextLong(1_000_000_000)),
        settings.get(TASKS),
        faults,
        settings.find(FOR).orElseGet(() -> ChaosPlan.length(faults)),
        settings.get(LONGEST),
        settings.find(KINDS).orElse(List.of()).stream().map(ChaosKeys::kind).toList(),
        settings.get(BROKER),
        settings.get(CLUSTER),
        settings.get(IMAGE),
        new Fleet.Size(settings.get(WORKERS), settings.get(PROCESSES)),
        settings.get(SETTLING));
  }

  private static FaultKind kind(String word) {
    return Arrays.stream(FaultKind.values())
        .filter(kind -> kind.word().equals(word.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () -> new ConfigurationException("no fault '" + word + "': there are " + words()));
  }

  private static String words() {
    return Arrays.stream(FaultKind.values()).map(FaultKind::word).collect(Collectors.joining(", "));
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text.strip());
    } catch (NumberFormatException noNumber) {
      throw new ConfigurationException("'" + text + "' is no number", noNumber);
    }
  }
}
