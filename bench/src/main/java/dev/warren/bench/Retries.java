package dev.warren.bench;

import dev.warren.api.TaskType;
import java.util.ArrayList;
import java.util.List;

/**
 * A storm of retries: every task fails several times before it succeeds, and is retried at once or,
 * by the ladder of delays, after a second each. In turns with PerfTest.
 */
final class Retries implements Scenario.Measurement {
  /** Most of those that wait do not hold anything: so there are many. */
  private static final int WAITING = 20;

  @Override
  public TurnsReport measure(BenchRun run) throws InterruptedException {
    int window = run.settings().get(BenchKeys.WINDOW);
    Turns turns = new Turns(run, "retries");
    measure(run, turns, "at once", FlakyTasks.AT_ONCE, window);
    measure(run, turns, "after 1 s", FlakyTasks.LATER, WAITING * window);
    return turns.report();
  }

  private static void measure(
      BenchRun run, Turns turns, String name, TaskType<Object, Object> type, int window)
      throws InterruptedException {
    int bytes = run.settings().get(BenchKeys.BYTES);
    int attempts = FlakyTasks.FAILURES + 1;
    String text = Submitters.text(bytes);
    WarrenSide.Load load =
        new WarrenSide.Load(
            "%s of %d bytes, each run %d times".formatted(type.name(), bytes, attempts),
            window,
            1,
            attempts,
            client -> Submitters.single(client, type, text));
    FleetPlan plan =
        FleetPlan.usual(window).withWorkerOptions(List.of("--set", FlakyTasks.SETTING + "=true"));
    try (WarrenSide warren = WarrenSide.open(run, plan, load)) {
      List<Side> sides = new ArrayList<>(List.of(warren));
      sides.addAll(PerfTestSide.of(run, bytes));
      turns.measure(name, sides);
    }
  }
}
