package dev.warren.producer;

import dev.warren.api.AwaitTimeoutException;
import dev.warren.api.TaskId;
import dev.warren.engine.wire.OutcomeEvent;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The tasks whose outcomes are awaited. A task is forgotten with its outcome, so a duplicate of the
 * outcome finds nobody. Safe for concurrent use.
 */
final class Expectations {
  /** A task that is awaited by so many submissions under the same id. */
  private record Awaited(CompletableFuture<OutcomeEvent> outcome, int submissions) {}

  private final ConcurrentHashMap<TaskId, Awaited> tasks = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /** Awaits a task; submissions of the same id share the future. */
  CompletableFuture<OutcomeEvent> expect(TaskId task) {
    CompletableFuture<OutcomeEvent> outcome =
        tasks.merge(
                task,
                new Awaited(new CompletableFuture<>(), 1),
                (known, fresh) -> new Awaited(known.outcome, known.submissions + 1))
            .outcome;
    if (closed) {
      // Closed in between: nobody may have seen this one.
      failAll();
    }
    return outcome;
  }

  /** A submission failed: its outcome will not come, unless another submission has the same id. */
  void abandon(TaskId task) {
    tasks.computeIfPresent(
        task,
        (id, known) ->
            known.submissions == 1 ? null : new Awaited(known.outcome, known.submissions - 1));
  }

  /** Completes on the calling thread what depends on the outcome. */
  void arrived(OutcomeEvent event) {
    Awaited awaited = tasks.remove(event.task());
    if (awaited != null) {
      awaited.outcome.complete(event);
    }
  }

  int size() {
    return tasks.size();
  }

  /** Fails what is awaited now and later. */
  void close() {
    closed = true;
    failAll();
  }

  private void failAll() {
    for (TaskId task : tasks.keySet()) {
      Awaited awaited = tasks.remove(task);
      if (awaited != null) {
        awaited.outcome.completeExceptionally(
            new AwaitTimeoutException(
                "the client was closed before the outcome of task "
                    + task
                    + " came; the task itself goes on"));
      }
    }
  }
}
