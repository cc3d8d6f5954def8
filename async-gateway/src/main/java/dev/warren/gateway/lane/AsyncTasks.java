package dev.warren.gateway.lane;

import dev.warren.api.ConfigurationException;
import dev.warren.api.Lane;
import dev.warren.api.TaskContext;
import dev.warren.api.TaskType;
import dev.warren.api.Verdict;
import dev.warren.engine.delivery.Registration;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Collects what providers of non-blocking tasks register. Not safe for concurrent use. */
public final class AsyncTasks implements AsyncTaskRegistry {
  private final Vertx vertx;
  private final Map<String, String> settings;
  private final Map<String, Registration<?, ?>> byType = new LinkedHashMap<>();

  /**
   * @param settings what {@link #setting} answers
   */
  public AsyncTasks(Vertx vertx, Map<String, String> settings) {
    this.vertx = vertx;
    this.settings = Map.copyOf(settings);
  }

  @Override
  public <A, R extends @Nullable Object> void register(
      TaskType<A, R> type, AsyncTaskHandler<A, R> handler) {
    registerVerdicts(type, new Results<>(handler));
  }

  @Override
  public <A, R extends @Nullable Object> void registerVerdicts(
      TaskType<A, R> type, AsyncVerdictHandler<A, R> handler) {
    Registration<A, R> registration =
        new Registration<>(type, Lane.ASYNC, new AsyncBody<>(type.name(), handler));
    if (byType.putIfAbsent(type.name(), registration) != null) {
      throw new ConfigurationException("task type '" + type.name() + "' is registered twice");
    }
  }

  @Override
  public Vertx vertx() {
    return vertx;
  }

  @Override
  public Optional<String> setting(String name) {
    return Optional.ofNullable(settings.get(name));
  }

  /** What was registered, in order. */
  public List<Registration<?, ?>> registrations() {
    return List.copyOf(byType.values());
  }

  /** A handler of results as one of verdicts. */
  private record Results<A, R extends @Nullable Object>(AsyncTaskHandler<A, R> handler)
      implements AsyncVerdictHandler<A, R> {
    @Override
    // A user's handler may return null whatever its signature says; AsyncBody says so of it.
    @SuppressWarnings({"NullAway", "ConstantConditions"})
    public Future<Verdict<R>> handle(A arguments, TaskContext context) {
      Future<R> result = handler.handle(arguments, context);
      return result == null ? null : result.map(Verdict::done);
    }
  }
}
