package dev.warren.producer.cli;

import dev.warren.engine.wire.OutcomeEvent;
import java.util.Optional;

/** What the parts of a running {@code map} tell the thread that writes its results. */
sealed interface MapEvent {
  /** An item's task was taken by a queue. */
  record Submitted(String queue) implements MapEvent {}

  /** An item's task has ended. */
  record Finished(MapItem item, OutcomeEvent outcome) implements MapEvent {}

  /** An item's task was not submitted, or its outcome will not come. */
  record NotSubmitted(MapItem item, Throwable failure) implements MapEvent {}

  /**
   * There are no more items: the input has ended, the feed was stopped, or a line is no item.
   *
   * @param submitted how many items were handed out in all
   * @param skipped how many had succeeded in an earlier run
   */
  record Ended(int submitted, int skipped, Optional<Throwable> failure) implements MapEvent {}

  /** Something a person may want to know meanwhile. */
  record Notice(String text) implements MapEvent {}

  /** Ctrl-C. */
  record Interrupted() implements MapEvent {}
}
