package dev.warren.producer;

import dev.warren.api.AwaitTimeoutException;
import dev.warren.api.Outcome;
import dev.warren.api.TaskFailedException;
import dev.warren.api.TaskHandle;
import dev.warren.api.TaskId;
import dev.warren.api.TaskType;
import dev.warren.api.WarrenException;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.wire.OutcomeEvent;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A submitted task whose result has a class. */
final class TypedHandle<R extends @Nullable Object> implements TaskHandle<R> {
  private final RawHandle task;
  private final TaskType<?, R> type;
  private final OutcomeListener listener;

  TypedHandle(RawHandle task, TaskType<?, R> type, OutcomeListener listener) {
    this.task = task;
    this.type = type;
    this.listener = listener;
  }

  @Override
  public TaskId id() {
    return task.id();
  }

  @Override
  public CompletionStage<Outcome<R>> outcome() {
    return task.outcome().thenApply(this::typed);
  }

  @Override
  public R await(Duration limit) {
    if (listener.onListeningThread()) {
      throw new IllegalStateException(
          "an outcome's callback must not wait for another outcome: it would wait for itself");
    }
    Outcome<R> outcome = typed(event(limit));
    if (outcome instanceof Outcome.Succeeded<R> succeeded) {
      return succeeded.result();
    }
    String why =
        outcome instanceof Outcome.Dead<R> dead
            ? "is dead: " + dead.failure()
            : "was "
                + (outcome.status() == Outcome.Status.EXPIRED ? "dropped as " : "")
                + outcome.status().word();
    throw new TaskFailedException(id(), "task " + id() + " (" + type + ") " + why, outcome);
  }

  @Override
  public void cancel() {
    task.cancel();
  }

  @Override
  public CompletionStage<Void> cancelAsync() {
    return task.cancelAsync();
  }

  private OutcomeEvent event(Duration limit) {
    try {
      return task.outcome()
          .toCompletableFuture()
          .get(Math.max(0, limit.toNanos()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException late) {
      throw new AwaitTimeoutException(
          "no outcome of task "
              + id()
              + " ("
              + type
              + ") within "
              + PublishFailures.text(limit)
              + "; the task goes on",
          late);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new AwaitTimeoutException(
          "interrupted while waiting for task " + id() + "; the task goes on", interrupted);
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof WarrenException known) {
        throw known;
      }
      throw new IllegalStateException(
          Objects.requireNonNullElse(failed.getCause(), failed).getMessage(), failed);
    }
  }

  private Outcome<R> typed(OutcomeEvent event) {
    return switch (event.status()) {
      case SUCCEEDED -> new Outcome.Succeeded<>(result(event));
      case DEAD -> new Outcome.Dead<>(Objects.requireNonNull(event.failure()));
      case CANCELLED -> new Outcome.Cancelled<>();
      case EXPIRED -> new Outcome.Expired<>();
    };
  }

  // The class of a nullable result cannot say so.
  @SuppressWarnings("NullAway")
  private R result(OutcomeEvent event) {
    return JsonCodec.read(
        Objects.requireNonNull(event.result()),
        type.resultType(),
        new Named.Result(id(), type.name()));
  }
}
