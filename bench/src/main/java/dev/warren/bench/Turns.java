package dev.warren.bench;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Lets sides take turns, round after round, after each has been warmed up: Warren first in odd
 * rounds and last in even ones. So whatever else the machine does, it does to all of them.
 */
public final class Turns {
  private final BenchRun run;
  private final String scenario;
  private final Instant began = Instant.now();
  private final Machine machine = Machine.here();
  private final List<TurnsReport.Case> cases = new ArrayList<>();

  /**
   * @param scenario its name
   */
  public Turns(BenchRun run, String scenario) {
    this.run = run;
    this.scenario = scenario;
    if (machine.busy()) {
      run.say(
          "the machine is busy (load %.1f): figures will be worth little"
              .formatted(machine.load()));
    }
  }

  /**
   * Measures one case in all rounds; the sides are closed by who made them.
   *
   * @param name what differs from the other cases; empty if there is only one
   * @param sides the first is compared with each of the others
   */
  public void measure(String name, List<? extends Side> sides) throws InterruptedException {
    List<TurnsReport.Cold> colds = new ArrayList<>();
    for (Side side : sides) {
      colds.add(new TurnsReport.Cold(side.name(), side.setting(), side.warmUp(run.warmUp())));
    }
    List<TurnsReport.Turn> turns = new ArrayList<>();
    for (int round = 1; round <= run.rounds(); round++) {
      for (Side side : round % 2 == 1 ? sides : sides.reversed()) {
        Sample sample = side.measure(run.time());
        turns.add(new TurnsReport.Turn(round, side.name(), sample));
        run.say(
            "%s%s round %d: %s %,.0f/s, %.1f us of processor time each"
                .formatted(
                    scenario,
                    name.isEmpty() ? "" : " " + name,
                    round,
                    side.name(),
                    sample.perSecond(),
                    sample.micros()));
      }
    }
    cases.add(new TurnsReport.Case(name, colds, turns));
  }

  /** What all cases found. */
  public TurnsReport report() {
    return new TurnsReport(scenario, began, machine, run.broker().version(), cases);
  }
}
