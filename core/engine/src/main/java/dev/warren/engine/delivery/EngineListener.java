package dev.warren.engine.delivery;

import dev.warren.api.Lane;
import dev.warren.api.Outcome;
import java.time.Duration;

/**
 * Is told what the engine does, for metrics and logs. Called on the engine's threads: must not
 * block.
 */
public interface EngineListener {
  /** Listens to nothing. */
  EngineListener NONE = new EngineListener() {};

  /** Why a channel on which nothing comes is opened anew. */
  enum Reopened {
    /** Tasks wait in the queue and do not become fewer. */
    STARVING,
    /** Nothing has come for minutes, and none is seen to wait. */
    IDLE
  }

  /** A task came from the broker. */
  default void delivered(String queue, String type, boolean redelivered) {}

  /** An attempt begins. {@code waited} is the time since its delivery. */
  default void attemptStarted(String type, Lane lane, Duration waited) {}

  /**
   * An attempt ended with a verdict: {@code done}, {@code retry}, {@code snooze} or {@code reject};
   * or it was not done when its task was cancelled: {@code cancelled}; or it could not be started:
   * {@code parked}.
   */
  default void attemptEnded(String type, Lane lane, String verdict, Duration ran) {}

  /** A task ended, and the broker has confirmed its outcome. */
  default void outcomeRecorded(String type, Outcome.Status status) {}

  /** A task came again after all that follows from it was confirmed, and was not run again. */
  default void duplicate(String queue, String type) {}

  /** A suspect runs, or is about to run, with nothing beside it or in a process of its own. */
  default void alone(String type) {}

  /** An attempt found no room and was sent away; {@code reason} is the type of the failure told. */
  default void wentAway(String type, String reason) {}

  /** A queue's channel is opened anew: nothing comes although tasks wait, or nobody has any. */
  default void reopened(String queue, Reopened why) {}

  /** So many deliveries were acknowledged. */
  default void acknowledged(String queue, int deliveries) {}

  /** A delivery went back to its queue unstarted or unsettled. */
  default void returned(String queue) {}
}
