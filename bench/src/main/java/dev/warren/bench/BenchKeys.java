package dev.warren.bench;

import dev.warren.engine.configuration.Key;
import dev.warren.engine.configuration.StandardKeys;
import dev.warren.engine.configuration.Tier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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
          .withDefault("5");

  public static final Key<Integer> SECONDS =
      Key.integer("bench.seconds", 2, 3_600)
          .withAlias("seconds")
          .describedAs("How long each of them runs in a round.")
          .in(Tier.ESSENTIAL)
          .withDefault("20");

  public static final Key<Integer> WARM_UP =
      Key.integer("bench.warm-up", 1, 3_600)
          .withAlias("warm-up")
          .describedAs("Seconds that each of them runs before it is measured.")
          .in(Tier.ESSENTIAL)
          .withDefault("10");

  public static final Key<Integer> TASKS =
      Key.integer("bench.tasks", 100, 100_000_000)
          .withAlias("tasks")
          .describedAs("So many tasks a round, where a scenario is not bound by time.")
          .in(Tier.OFTEN);

  public static final Key<Integer> WINDOW =
      Key.integer("bench.window", 1, 100_000)
          .withAlias("window")
          .describedAs("Unfinished tasks at most (e2e, bulk), unconfirmed ones (enqueue).")
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

  public static final Key<List<String>> SIDES =
      Key.texts("bench.sides")
          .withAlias("sides")
          .describedAs(
              "Who takes turns in latency and handtuned, compared with the first: hand-tuned,"
                  + " hand-tuned-wait (results take the ways of stored), coalesced (up to 50"
                  + " results a message), warren, stored (with a gateway).")
          .in(Tier.OFTEN)
          .withDefault("hand-tuned,hand-tuned-wait,warren,stored");

  public static final Key<List<String>> SIZES =
      Key.texts("bench.sizes")
          .withAlias("sizes")
          .describedAs("Bytes of the payload scenario.")
          .in(Tier.OFTEN)
          .withDefault("100,1000,16000,1000000");

  public static final Key<List<String>> MEMBERS =
      Key.texts("bench.members")
          .withAlias("members")
          .describedAs("Tasks of a batch, in the batch scenario.")
          .in(Tier.OFTEN)
          .withDefault("100,10000");

  public static final Key<List<String>> WORKERS =
      Key.texts("bench.workers")
          .withAlias("workers")
          .describedAs("Worker processes of the workers scenario.")
          .in(Tier.OFTEN)
          .withDefault("1,2,4");

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

  public static final Key<List<String>> PERF_TEST_PRODUCERS =
      Key.texts("bench.perf-test-producers")
          .withAlias("perf-test-producers")
          .describedAs("Producers of PerfTest; with 1,2 it takes turns with one and with two.")
          .in(Tier.OFTEN)
          .withDefault("1");

  public static final Key<String> WORKER_OPTIONS =
      Key.text("bench.worker-options")
          .withAlias("worker-options")
          .describedAs("Flags for 'warren worker', separated by blanks.")
          .in(Tier.OFTEN);

  public static final Key<String> WORKER_JAVA_OPTIONS =
      Key.text("bench.worker-java-options")
          .withAlias("worker-java-options")
          .describedAs("Flags for the worker's JVM, separated by blanks.");

  public static final Key<String> GATEWAY_OPTIONS =
      Key.text("bench.gateway-options")
          .withAlias("gateway-options")
          .describedAs("Flags for 'warren gateway', separated by blanks.");

  public static final Key<String> GATEWAY_JAVA_OPTIONS =
      Key.text("bench.gateway-java-options")
          .withAlias("gateway-java-options")
          .describedAs("Flags for the gateway's JVM, separated by blanks.");

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

  public static final Key<List<String>> ONLY =
      Key.texts("bench.only")
          .withAlias("only")
          .describedAs("Which peers, of all those in bench/peers (peers).")
          .in(Tier.OFTEN);

  public static final Key<Integer> STARTS =
      Key.integer("bench.starts", 1, 1_000)
          .withAlias("starts")
          .describedAs("How often each command is started (startup).")
          .in(Tier.OFTEN)
          .withDefault("10");

  public static final Key<Output> OUTPUT =
      Key.choice("bench.output", Output.class)
          .withAlias("output")
          .describedAs("How results are printed.")
          .in(Tier.OFTEN)
          .withDefault("table");

  public static final Key<Path> JSON =
      Key.path("bench.json")
          .withAlias("json")
          .describedAs("Writes the results to this file too, as JSON.")
          .in(Tier.ESSENTIAL);

  public static final Key<Path> SVG =
      Key.path("bench.svg")
          .withAlias("svg")
          .describedAs("Draws the results into this folder.")
          .in(Tier.ESSENTIAL);

  public static final Key<Boolean> QUICK =
      Key.toggle("bench.quick")
          .withAlias("quick")
          .describedAs("Little of everything: whether it works, not how fast.")
          .in(Tier.OFTEN)
          .withDefault("false");

  /** All of them, and those of the broker. */
  public static final List<Key<?>> ALL = all();

  /** What {@link #QUICK} makes of settings that nobody gave. */
  static final Map<Key<?>, String> QUICKLY =
      Map.ofEntries(
          Map.entry(ROUNDS, "1"),
          Map.entry(SECONDS, "3"),
          Map.entry(WARM_UP, "2"),
          Map.entry(TASKS, "500"),
          Map.entry(RATES, "200"),
          Map.entry(SIZES, "100,100000"),
          Map.entry(MEMBERS, "100"),
          Map.entry(WORKERS, "2"),
          Map.entry(IN_FLIGHT, "100"),
          Map.entry(ANSWER_MILLIS, "200"),
          Map.entry(DUE_SECONDS, "6"));

  private BenchKeys() {}

  private static List<Key<?>> all() {
    List<Key<?>> all =
        new ArrayList<>(
            List.of(
                ROUNDS,
                SECONDS,
                WARM_UP,
                TASKS,
                WINDOW,
                BYTES,
                RATES,
                SIDES,
                SIZES,
                MEMBERS,
                WORKERS,
                BROKER,
                PERF_TEST,
                PERF_TEST_PRODUCERS,
                WORKER_OPTIONS,
                WORKER_JAVA_OPTIONS,
                GATEWAY_OPTIONS,
                GATEWAY_JAVA_OPTIONS,
                IN_FLIGHT,
                ANSWER_MILLIS,
                DUE_SECONDS,
                ONLY,
                STARTS,
                OUTPUT,
                JSON,
                SVG,
                QUICK));
    all.addAll(StandardKeys.BROKER);
    return List.copyOf(all);
  }
}
