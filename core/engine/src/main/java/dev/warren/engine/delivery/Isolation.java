package dev.warren.engine.delivery;

import java.util.Optional;

/**
 * Runs suspects, which may end the process that they run in, in a process of their own, one after
 * the other. Safe for concurrent use.
 */
@FunctionalInterface
public interface Isolation {
  /** There is none: a suspect runs in this process, with nothing beside it. */
  Isolation NONE = suspect -> Optional.empty();

  /**
   * Where the tasks of a type run apart from this process.
   *
   * @param registration the same type in the lane {@code process}, with a body that answers the end
   *     of that process as {@link dev.warren.api.Failure#PROCESS_CRASHED}
   * @param lane of suspects: runs one attempt at a time
   */
  record Place(Registration<?, ?> registration, LaneExecutor lane) {}

  /** The place for a type; nothing if it cannot run elsewhere, or not now. Must not block. */
  Optional<Place> placeFor(Registration<?, ?> suspect);
}
