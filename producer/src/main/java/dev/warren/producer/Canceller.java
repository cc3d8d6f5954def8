package dev.warren.producer;

import dev.warren.api.TaskId;
import dev.warren.engine.wire.Cancellation;
import dev.warren.engine.wire.CancellationCodec;
import java.time.Instant;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** Tells the fleet that a task or a batch is cancelled. Safe for concurrent use. */
final class Canceller {
  private final String appId;
  private final StreamEntries entries;
  private final Executor callbacks;

  /**
   * @param callbacks runs what depends on a stage
   */
  Canceller(String appId, StreamEntries entries, Executor callbacks) {
    this.appId = appId;
    this.entries = entries;
    this.callbacks = callbacks;
  }

  /** An entry of now for a task. */
  Cancellation task(TaskId task, int generation) {
    return new Cancellation.OfTask(task, generation, Instant.now(), appId);
  }

  /** An entry of now for a batch. */
  Cancellation batch(String batch) {
    return new Cancellation.OfBatch(batch, Instant.now(), appId);
  }

  /** Returns when the broker has confirmed it. */
  void cancel(Cancellation cancellation) {
    entries.addAndAwait(entry(cancellation));
  }

  /** Completes on a thread that may be blocked by what depends on it. */
  CompletionStage<Void> cancelAsync(Cancellation cancellation) {
    return entries
        .add(entry(cancellation))
        .thenAcceptAsync(told -> {}, callbacks)
        .minimalCompletionStage();
  }

  private StreamEntries.Entry entry(Cancellation cancellation) {
    String what =
        switch (cancellation) {
          case Cancellation.OfTask task -> "task " + task.task();
          case Cancellation.OfBatch batch -> "batch " + batch.batch();
        };
    return new StreamEntries.Entry(
        CancellationCodec.properties(cancellation, appId),
        CancellationCodec.write(cancellation),
        "the cancellation of " + what,
        what + " was not cancelled",
        "cancel it again");
  }
}
