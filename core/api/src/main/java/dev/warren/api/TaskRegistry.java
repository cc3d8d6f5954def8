package dev.warren.api;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a {@link TaskProvider} says which types it runs, in which lane. Not safe for concurrent
 * use.
 */
public interface TaskRegistry {
  /**
   * Registers the body of a type. Throws {@link ConfigurationException} if the type has one
   * already.
   */
  <A, R extends @Nullable Object> void register(
      TaskType<A, R> type, Lane lane, TaskFunction<A, R> body);

  /** Registers the body of a type in the lane that the worker finds best: {@link Lane#AUTO}. */
  default <A, R extends @Nullable Object> void register(
      TaskType<A, R> type, TaskFunction<A, R> body) {
    register(type, Lane.AUTO, body);
  }

  /** Registers a handler that answers verdicts. */
  <A, R> void registerHandler(TaskType<A, R> type, Lane lane, TaskHandler<A, R> handler);

  /** Registers a handler in the lane that the worker finds best: {@link Lane#AUTO}. */
  default <A, R> void registerHandler(TaskType<A, R> type, TaskHandler<A, R> handler) {
    registerHandler(type, Lane.AUTO, handler);
  }

  /**
   * A setting of the worker that tasks may read, given as {@code --set name=value}: the folder that
   * file tasks are allowed in, an address, a limit.
   */
  Optional<String> setting(String name);
}
