package dev.warren.bench;

import dev.warren.api.ConfigurationException;
import java.util.Arrays;
import java.util.Locale;

/** What is measured. */
enum Scenario {
  /** Tasks submitted, run by a worker, their outcomes back at the submitter: a closed loop. */
  E2E,
  /** The same, with a gateway that stores every outcome. */
  AGGREGATE,
  /** Tasks submitted and confirmed; nobody runs them. */
  ENQUEUE,
  /** From submission to outcome at given rates: an open loop. */
  LATENCY,
  /** Tasks that are all due at the same moment: see {@link DelayedBench}. */
  DELAYED,
  /** HTTP requests to a slow server, run by a gateway: see {@link AsyncBench}. */
  ASYNC,
  /** The same work in each way of multitasking, Python's and Warren's: see {@link Ways}. */
  WAYS,
  /** What a task costs in a child process: see {@link dev.warren.bench.lane.ProcessBench}. */
  PROCESS,
  /** How much one worker takes: see {@link LimitsBench}. */
  LIMITS,
  /** Tasks that crash or never end in child processes: see {@link dev.warren.bench.lane.Faults}. */
  FAULTS;

  static Scenario of(String word) {
    return Arrays.stream(values())
        .filter(scenario -> scenario.name().equals(word.toUpperCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new ConfigurationException(
                    "no scenario '"
                        + word
                        + "': there are e2e, aggregate, enqueue, latency, delayed, async, ways,"
                        + " process, limits, faults and jmh"));
  }
}
