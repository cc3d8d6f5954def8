package dev.warren.engine.settle;

import dev.warren.engine.settle.SimulatedBooks.TaskGeneration;
import dev.warren.engine.wire.DelayRoute;
import dev.warren.engine.wire.TaskMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Replays dead letters, step by step. */
final class SimulatedOperator {
  /** A replay that is on its way to the broker. */
  private static final class Replay {
    final TaskMessage letter;
    final TaskMessage next;
    boolean accepted;

    Replay(TaskMessage letter, TaskMessage next) {
      this.letter = letter;
      this.next = next;
    }
  }

  private final Simulation simulation;
  private final SimulatedBroker broker;
  private final SimulatedBooks books;
  private final boolean removesFirst;
  private final List<Replay> replays = new ArrayList<>();
  private int replaysLeft = 2;

  SimulatedOperator(Simulation simulation) {
    this.simulation = simulation;
    this.broker = simulation.broker;
    this.books = simulation.books;
    this.removesFirst = simulation.planted == Planted.ACKNOWLEDGES_THE_LETTER_BEFORE_THE_REPLAY;
  }

  boolean isIdle() {
    return replays.isEmpty();
  }

  /** Takes a letter, or goes on with the one it has; whether there is any. */
  boolean replay() {
    if (replays.isEmpty()) {
      return takeUp();
    }
    Replay replay = replays.getFirst();
    if (replay.accepted) {
      if (!removesFirst) {
        broker.removeLetter(replay.letter);
      }
      replays.removeFirst();
    } else {
      if (removesFirst) {
        broker.removeLetter(replay.letter);
      }
      send(replay);
    }
    return true;
  }

  private boolean takeUp() {
    Optional<TaskMessage> letter =
        replaysLeft == 0 ? Optional.empty() : broker.letter(simulation.random);
    letter.ifPresent(each -> replays.add(new Replay(each, replayed(each))));
    letter.ifPresent(each -> replaysLeft--);
    return letter.isPresent();
  }

  private TaskMessage replayed(TaskMessage letter) {
    // A letter of a task of which something was lost may be one of two.
    return simulation.planted == Planted.REPLAYS_THE_SAME_GENERATION
        ? letter.withTerms(letter.terms().due())
        : letter.replayed(simulation.now());
  }

  private void send(Replay replay) {
    if (removesFirst && simulation.chance(2)) {
      // The operator's program dies.
      replays.remove(replay);
      requireReplayable(replay.letter);
      return;
    }
    replay.accepted = true;
    TaskGeneration before = TaskGeneration.of(replay.letter);
    TaskGeneration key = TaskGeneration.of(replay.next);
    boolean again = books.knows(key);
    books.follows(before, key);
    if (again && !books.of(key).isExcused()) {
      throw new AssertionError(key + " is replayed although it was there before");
    }
    books.accepted(replay.next);
    DelayRoute route = DelayRoute.of(Duration.ZERO, replay.next.queue(), replay.next.type());
    broker.accept(List.of(replay.next), route, simulation.now());
  }

  private void requireReplayable(TaskMessage letter) {
    if (broker.letter(simulation.random).filter(letter::equals).isEmpty()
        && !books.knows(new TaskGeneration(letter.id(), letter.generation() + 1))) {
      throw new AssertionError("the letter of " + TaskGeneration.of(letter) + " is lost");
    }
  }

  /** The connection is lost: what was sent may have arrived or not. */
  void loseTheConnection() {
    for (Replay replay : List.copyOf(replays)) {
      if (!replay.accepted && simulation.random.nextBoolean()) {
        send(replay);
      }
      if (replay.accepted) {
        // The letter stays, and may be replayed once more.
        books.excuse(List.of(replay.next));
      }
    }
    replays.clear();
  }
}
