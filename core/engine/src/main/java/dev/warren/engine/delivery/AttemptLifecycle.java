package dev.warren.engine.delivery;

import dev.warren.api.Failure;
import dev.warren.engine.settle.SoloGate;
import dev.warren.engine.wire.TaskMessage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where an attempt is: it waits, then runs, then is over; or is over without having run. Each step
 * is taken once, whoever asks for it at the same moment. Its lock keeps an interrupt from hitting
 * the lane's thread after the body has returned. What a step is given to do is done under the lock,
 * and must not ask for another step. Safe for concurrent use.
 */
final class AttemptLifecycle {
  private enum Stage {
    WAITING,
    RUNNING,
    OVER
  }

  private final AttemptLimits limits;
  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock.
  private Stage stage = Stage.WAITING;
  private final List<Runnable> whenOver = new ArrayList<>(1);
  private final List<Runnable> whenGone = new ArrayList<>(0);
  private Admission.Answer.@Nullable Away takenBack;
  private @Nullable Thread thread;
  private @Nullable Beginning beginning;
  private boolean admitted;
  private boolean stuck;

  /** That it runs. */
  record Beginning(Instant at, AttemptContext context, int journalSlot) {}

  /**
   * That it is over.
   *
   * @param ran nothing if it was taken back while it waited
   * @param late whether its time limit had passed
   * @param admitted whether the gate had let it begin
   * @param takenBack how its task comes again unless it succeeded, if it was not to run any more
   * @param actions to run now
   */
  record End(
      @Nullable Beginning ran,
      boolean late,
      boolean admitted,
      Admission.Answer.@Nullable Away takenBack,
      List<Runnable> actions) {}

  /**
   * @param limits which this guards
   */
  AttemptLifecycle(AttemptLimits limits) {
    this.limits = limits;
  }

  /** Whether it may begin; asks the gate if it waits and has not been let in yet. */
  boolean admitted(BooleanSupplier gate) {
    lock.lock();
    try {
      if (stage == Stage.WAITING && !admitted) {
        admitted = gate.getAsBoolean();
        return admitted;
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** The gate's answer to a suspect; nothing if it does not wait any more. */
  Optional<SoloGate.Answer> offered(Supplier<SoloGate.Answer> gate) {
    lock.lock();
    try {
      return stage == Stage.WAITING ? Optional.of(gate.get()) : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /** Begins on the calling thread; nothing if it does not wait any more. */
  Optional<Beginning> begin(Supplier<Beginning> made, Runnable overrun) {
    lock.lock();
    try {
      if (stage != Stage.WAITING) {
        return Optional.empty();
      }
      beginning = made.get();
      thread = Thread.currentThread();
      stage = Stage.RUNNING;
      limits.begin(overrun);
      return Optional.of(beginning);
    } finally {
      lock.unlock();
    }
  }

  /** It has its verdict; nothing if it does not run any more. */
  Optional<End> end() {
    lock.lock();
    try {
      if (stage != Stage.RUNNING) {
        return Optional.empty();
      }
      limits.end();
      return Optional.of(over());
    } finally {
      lock.unlock();
    }
  }

  /** It is taken back; nothing if it has begun. */
  Optional<End> giveBack() {
    lock.lock();
    try {
      return stage == Stage.WAITING ? Optional.of(over()) : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  private End over() {
    stage = Stage.OVER;
    return new End(beginning, limits.hasOverrun(), admitted, takenBack, List.copyOf(whenOver));
  }

  /** Its time limit has passed; whether it runs. */
  boolean overran(Runnable giveUp) {
    lock.lock();
    try {
      if (stage != Stage.RUNNING) {
        return false;
      }
      limits.overran(giveUp);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Its task was cancelled; whether it runs and does not know yet. */
  boolean cancelled(Runnable giveUp) {
    lock.lock();
    try {
      return stage == Stage.RUNNING && limits.cancelled(giveUp);
    } finally {
      lock.unlock();
    }
  }

  /** It is not to run any more; whether it runs and does not know yet. */
  boolean takenBack(Admission.Answer.Away away, Runnable giveUp) {
    lock.lock();
    try {
      if (stage != Stage.RUNNING || !limits.takenBack(giveUp)) {
        return false;
      }
      takenBack = away;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Why it is given up; nothing if it does not run any more.
   *
   * @param worker where it runs, for people
   * @param whenStuck told when it began, if its body still holds a thread
   */
  Optional<Failure> giveUp(String worker, Consumer<Instant> whenStuck) {
    lock.lock();
    try {
      if (stage != Stage.RUNNING || beginning == null) {
        return Optional.empty();
      }
      Failure failure = limits.notEnded(thread, worker);
      if (thread != null) {
        stuck = true;
        whenStuck.accept(beginning.at());
      }
      return Optional.of(failure);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Its body has returned, and the thread is the lane's again.
   *
   * @param whenStuck done if it had been given up
   * @return whether it had
   */
  boolean left(Runnable whenStuck) {
    lock.lock();
    try {
      thread = null;
      boolean wasStuck = stuck;
      stuck = false;
      if (wasStuck) {
        whenStuck.run();
      }
      return wasStuck;
    } finally {
      lock.unlock();
    }
  }

  /** Tells the body to stop, by its context and by an interrupt if it holds a thread. */
  void stop() {
    Beginning began;
    lock.lock();
    try {
      began = beginning;
    } finally {
      lock.unlock();
    }
    if (began != null) {
      began.context().cancel();
    }
    lock.lock();
    try {
      if (stage == Stage.RUNNING && thread != null) {
        thread.interrupt();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The task as it is held now; empty once the attempt is over. */
  Optional<HeldTask> held(TaskMessage task, String lane, Supplier<Instant> delivered) {
    lock.lock();
    try {
      return switch (stage) {
        case OVER -> Optional.empty();
        case WAITING -> Optional.of(HeldTask.of(task, lane, HeldTask.State.HELD, delivered.get()));
        case RUNNING ->
            Optional.ofNullable(beginning)
                .map(
                    began ->
                        HeldTask.of(task, lane, HeldTask.State.RUNNING, began.at())
                            .withProgress(began.context().progress().last()));
      };
    } finally {
      lock.unlock();
    }
  }

  boolean isWaiting() {
    lock.lock();
    try {
      return stage == Stage.WAITING;
    } finally {
      lock.unlock();
    }
  }

  boolean isOver() {
    lock.lock();
    try {
      return stage == Stage.OVER;
    } finally {
      lock.unlock();
    }
  }

  /** Runs an action when it is over, or now if it is. */
  void whenOver(Runnable action) {
    lock.lock();
    try {
      if (stage != Stage.OVER) {
        whenOver.add(action);
        return;
      }
    } finally {
      lock.unlock();
    }
    action.run();
  }

  /** Runs an action when it is over and its body has returned, or now if that is so. */
  void whenGone(Runnable action) {
    lock.lock();
    try {
      if (stage != Stage.OVER || thread != null) {
        whenGone.add(action);
        return;
      }
    } finally {
      lock.unlock();
    }
    action.run();
  }

  /** What to do because nothing of it runs any more; each action once, and nothing too early. */
  List<Runnable> gone() {
    lock.lock();
    try {
      if (whenGone.isEmpty() || stage != Stage.OVER || thread != null) {
        return List.of();
      }
      List<Runnable> actions = List.copyOf(whenGone);
      whenGone.clear();
      return actions;
    } finally {
      lock.unlock();
    }
  }
}
