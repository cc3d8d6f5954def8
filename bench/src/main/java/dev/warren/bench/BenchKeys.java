package dev.warren.bench;

import dev.warren.engine.configuration.Key;
import dev.warren.engine.configuration.StandardKeys;
import dev.warren.engine.configuration.Tier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The settings of a benchmark. */
public final class BenchKeys {
  /** How results are printed. */
  public enum Output {
    TABLE,
    JSON
  }

  public static final Key<Integer> ROUNDS =
      Key.integer("bench.rounds", 1, 100)
          .withAlias("rounds")
          .describedAs("How often Warren and PerfTest take turns.")
          .in(Tier.ESSENTIAL)
          .withDefault("3");

  public static final Key<Integer> SECONDS =
      Key.integer("bench.seconds", 2, 3_600)
          .withAlias("seconds")
          .describedAs("How long each of them runs in a round.")
          .in(Tier.ESSENTIAL)
          .withDefault("20");

  public static final Key<Integer> TASKS =
      Key.integer("bench.tasks", 100, 100_000_000)
          .withAlias("tasks")
          .describedAs("So many tasks a round, instead of so many seconds.")
          .in(Tier.OFTEN);

  public static final Key<Integer> WINDOW =
      Key.integer("bench.window", 1, 100_000)
          .withAlias("window")
          .describedAs("Unfinished tasks at most (e2e), unconfirmed ones (enqueue).")
          .in(Tier.ESSENTIAL)
          .withDefault("1000");

  public static final Key<Integer> BYTES =
      Key.integer("bench.bytes", 2, 1_000_000)
          .withAlias("bytes")
          .describedAs("The size of a task's arguments, and of PerfTest's messages.")
          .in(Tier.OFTEN)
          .withDefault("300");

  public static final Key<List<String>> RATES =
      Key.texts("bench.rates")
          .withAlias("rates")
          .describedAs("Tasks per second of the latency scenario.")
          .in(Tier.OFTEN)
          .withDefault("100,1000");

  public static final Key<String> BROKER =
      Key.text("bench.broker")
          .withAlias("broker")
          .describedAs(
              "'node' starts a private one for the run; 'configured' takes that of --broker-uri.")
          .in(Tier.ESSENTIAL)
          .withDefault("node");

  public static final Key<Boolean> PERF_TEST =
      Key.toggle("bench.perf-test")
          .withAlias("perf-test")
          .describedAs("Whether RabbitMQ PerfTest runs in turns with Warren.")
          .in(Tier.OFTEN)
          .withDefault("true");

  public static final Key<String> WORKER_OPTIONS =
      Key.text("bench.worker-options")
          .withAlias("worker-options")
          .describedAs("Flags for 'warren worker', separated by blanks.")
          .in(Tier.OFTEN);

  public static final Key<String> WORKER_JAVA_OPTIONS =
      Key.text("bench.worker-java-options")
          .withAlias("worker-java-options")
          .describedAs("Flags for the JVM of worker or gateway, separated by blanks.");

  public static final Key<Integer> IN_FLIGHT =
      Key.integer("bench.in-flight", 1, 100_000)
          .withAlias("in-flight")
          .describedAs("Tasks in flight on the gateway of the async scenario.")
          .in(Tier.OFTEN)
          .withDefault("2000");

  public static final Key<Integer> ANSWER_MILLIS =
      Key.integer("bench.answer-millis", 0, 60_000)
          .withAlias("answer-millis")
          .describedAs("How long the server of the async scenario takes to answer.")
          .in(Tier.OFTEN)
          .withDefault("1000");

  public static final Key<Integer> DUE_SECONDS =
      Key.integer("bench.due-seconds", 5, 3_600)
          .withAlias("due-seconds")
          .describedAs("When the tasks of the delayed scenario are due, from the start.")
          .in(Tier.OFTEN)
          .withDefault("60");

  public static final Key<Output> OUTPUT =
      Key.choice("bench.output", Output.class)
          .withAlias("output")
          .describedAs("How results are printed.")
          .in(Tier.OFTEN)
          .withDefault("table");

  public static final Key<Path> REPORT =
      Key.path("bench.report")
          .withAlias("report")
          .describedAs("Writes the results to this file too, as JSON.")
          .in(Tier.OFTEN);

  /** All of them, and those of the broker. */
  public static final List<Key<?>> ALL = all();

  private BenchKeys() {}

  private static List<Key<?>> all() {
    List<Key<?>> all =
        new ArrayList<>(
            List.of(
                ROUNDS,
                SECONDS,
                TASKS,
                WINDOW,
                BYTES,
                RATES,
                BROKER,
                PERF_TEST,
                WORKER_OPTIONS,
                WORKER_JAVA_OPTIONS,
                IN_FLIGHT,
                ANSWER_MILLIS,
                DUE_SECONDS,
                OUTPUT,
                REPORT));
    all.addAll(StandardKeys.BROKER);
    return List.copyOf(all);
  }
}
