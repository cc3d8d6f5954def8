package dev.warren.api;

import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Submits tasks. Safe for concurrent use. */
public interface TaskClient extends AutoCloseable {
  /**
   * Submits a task and returns when the broker has confirmed it, at most after the send deadline.
   *
   * @throws TaskRefusedException if no queue takes it; it is certainly not accepted
   * @throws SendDeadlineException if no confirm came in time; whether it was accepted is unknown
   */
  <A, R extends @Nullable Object> TaskHandle<R> submit(
      TaskType<A, R> type, A arguments, SubmitOptions options);

  /** Submits a task with the options of its type. */
  default <A, R extends @Nullable Object> TaskHandle<R> submit(TaskType<A, R> type, A arguments) {
    return submit(type, arguments, SubmitOptions.DEFAULT);
  }

  /**
   * Submits a task; the stage completes when the broker has confirmed it, or with the exception
   * that {@link #submit} would throw. Waits for room, at most the send deadline, while too many
   * submissions are unconfirmed.
   */
  <A, R extends @Nullable Object> CompletionStage<TaskHandle<R>> submitAsync(
      TaskType<A, R> type, A arguments, SubmitOptions options);

  /**
   * Submits a task for each argument, as fast as the broker confirms, and returns the handles in
   * order. The stream is read as its results are: at most a window ahead.
   */
  <A, R extends @Nullable Object> Stream<TaskHandle<R>> submitAll(
      TaskType<A, R> type, Stream<A> arguments, SubmitOptions options);

  /**
   * Cancels a task, wherever it is: what waits is not run any more, what runs is told to stop.
   * Returns when the broker has confirmed it. A task that has ended and an id that nobody knows are
   * left alone; to cancel twice does no harm.
   *
   * @throws SendDeadlineException if no confirm came in time: cancel again
   */
  void cancel(TaskId task);

  /** Like {@link #cancel}, without waiting for the confirm. */
  CompletionStage<Void> cancelAsync(TaskId task);

  @Override
  void close();
}
