package dev.warren.worker.process;

import dev.warren.api.Lane;
import dev.warren.engine.delivery.Attempt;
import dev.warren.engine.delivery.LaneExecutor;
import dev.warren.worker.lane.VirtualLane;

/** A lane whose attempts run in child processes: each is waited for on a virtual thread. */
abstract class ChildLane implements LaneExecutor {
  private final VirtualLane waiting;

  /**
   * @param processes attempts at once
   */
  ChildLane(int processes) {
    waiting = new VirtualLane(processes);
  }

  @Override
  public final Lane lane() {
    return Lane.PROCESS;
  }

  @Override
  public final int concurrency() {
    return waiting.concurrency();
  }

  @Override
  public final int running() {
    return waiting.running();
  }

  @Override
  public final void execute(Attempt attempt) {
    waiting.execute(attempt);
  }

  @Override
  public final void withdraw(Attempt attempt) {
    waiting.withdraw(attempt);
  }

  @Override
  public final void replace(Attempt stuck) {
    waiting.replace(stuck);
  }

  /** Stops waiting; whoever extends it ends the children then. */
  @Override
  public void close() {
    waiting.close();
  }
}
