package dev.warren.gateway.aggregate;

import dev.warren.api.TaskId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * What became of tasks and batches. Nothing blocks: stages complete on threads of the store, so
 * that whoever lives on an event loop goes back to it. Fails with {@link
 * dev.warren.api.WarrenException} when the store cannot be read.
 */
public interface Results {
  CompletionStage<Optional<TaskRecord>> task(TaskId id);

  CompletionStage<Optional<BatchRecord>> batch(String id);

  /** The latest batches, newest first. */
  CompletionStage<List<BatchRecord>> batches(int limit);

  /** Ended members of a batch in the order in which they were recorded, from after a sequence. */
  CompletionStage<List<TaskRecord>> members(String batch, long after, int limit);

  /** Ended tasks of the fleet in the order in which they were recorded, from after a sequence. */
  CompletionStage<List<TaskRecord>> tasks(long after, int limit);

  /** The sequence of what was recorded last; 0 for an empty store. */
  CompletionStage<Long> lastSequence();

  /**
   * Calls the listener after each transaction that changed a task. Listeners run on the store's
   * writer and must return at once; they are told that something changed, and read it themselves.
   */
  Subscription watchTask(TaskId id, Runnable changed);

  /** Like {@link #watchTask}, for a batch and its members. */
  Subscription watchBatch(String id, Runnable changed);

  /** Like {@link #watchTask}, for whatever was recorded. */
  Subscription watchAll(Runnable changed);

  /** An interest that can be given up. */
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }
}
