package dev.warren.engine.delivery;

import java.util.List;

/**
 * Makes a queue ready before it is consumed, at the first connection and each later one: declares
 * or verifies it and binds the types that this process runs. Runs on the consumer's thread and may
 * block.
 */
@FunctionalInterface
public interface QueuePreparation {
  /** Leaves queues as they are. */
  QueuePreparation NONE = (queue, types) -> {};

  /**
   * Prepares a queue for tasks of the types, or throws a {@link dev.warren.api.WarrenException}:
   * the consumer tries again later.
   */
  void prepare(String queue, List<String> types);
}
