package dev.warren.engine.settle;

import dev.warren.api.Failure;
import dev.warren.engine.wire.PastAttempt;
import java.time.Instant;

/** A mistake planted into the simulated fleet, to see that the books find it. */
enum Planted {
  NOTHING,

  // Acknowledging and losing.
  ACKNOWLEDGES_BEFORE_THE_CONFIRM,
  TAKES_UNDECIDED_FOR_CONFIRMED,
  ACKNOWLEDGES_A_CHUNK_WITH_ITS_FIRST_TASK,
  LOSES_A_PART_OF_A_CHUNK,
  DROPS_THE_UNSTARTED_OF_A_CHUNK_AT_A_DRAIN,
  RUNS_A_REDELIVERED_CHUNK_WHOLE,

  // Outcomes and letters.
  RECORDS_NO_OUTCOME_OF_THE_DEAD,
  RECORDS_THE_OUTCOME_BEFORE_THE_REST,
  RECORDS_THE_OUTCOME_TWICE,
  RECORDS_A_SUCCESS_BEFORE_WHAT_FOLLOWS,
  BURIES_NOTHING,
  UNDERTAKES_WITHOUT_AN_OUTCOME,

  // Retries.
  FORGETS_THE_RETRY,
  RETRIES_FOR_EVER,
  RETRIES_WITHOUT_COUNTING,
  SENDS_TWO_RETRIES,
  RETRIES_BEFORE_THE_TIME_ASKED_FOR,
  SNOOZES_WITH_AN_ATTEMPT,

  // Times.
  RUNS_EARLY,
  RUNS_WHAT_HAS_EXPIRED,
  STARTS_WHAT_EXPIRED_WHILE_IT_WAITED,
  EXPIRES_TOO_SOON,

  // Parking.
  PARKS_WITH_AN_ATTEMPT,
  LOSES_PATIENCE,
  FORGETS_SINCE_WHEN_IT_PARKS,

  // Replays.
  REPLAYS_THE_SAME_GENERATION,
  ACKNOWLEDGES_THE_LETTER_BEFORE_THE_REPLAY,

  // Cancelling.
  TAKES_TASKS_BEFORE_IT_KNOWS_WHAT_IS_CANCELLED,
  STARTS_WHAT_WAS_CANCELLED_WHILE_IT_WAITED,
  RETRIES_WHAT_IS_CANCELLED,
  CANCELS_THE_NEIGHBOURS_IN_A_CHUNK,
  CANCELS_EVERY_GENERATION;

  /** An attempt that never was, which some mistakes count. */
  static PastAttempt neverRan(Instant at) {
    return new PastAttempt(1, at, at, "worker", Failure.of("Simulated", "never ran"));
  }
}
