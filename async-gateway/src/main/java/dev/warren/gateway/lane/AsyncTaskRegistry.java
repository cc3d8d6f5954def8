package dev.warren.gateway.lane;

import dev.warren.api.TaskType;
import io.vertx.core.Vertx;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where an {@link AsyncTaskProvider} says which types it runs. Not safe for concurrent use. */
public interface AsyncTaskRegistry {
  /** Registers the handler of a type. */
  <A, R extends @Nullable Object> void register(
      TaskType<A, R> type, AsyncTaskHandler<A, R> handler);

  /** Registers a handler that answers with verdicts. */
  <A, R extends @Nullable Object> void registerVerdicts(
      TaskType<A, R> type, AsyncVerdictHandler<A, R> handler);

  /** The gateway's Vert.x, for clients that handlers share. */
  Vertx vertx();

  /** A setting of the gateway that tasks may read, given as {@code --set name=value}. */
  Optional<String> setting(String name);
}
