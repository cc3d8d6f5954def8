package dev.warren.producer;

import dev.warren.api.TaskId;
import dev.warren.engine.wire.Cancellation;
import dev.warren.engine.wire.OutcomeEvent;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A confirmed submission. */
record SubmittedTask(
    TaskId id, String queue, @Nullable CompletableFuture<OutcomeEvent> awaited, Canceller canceller)
    implements RawHandle {
  @Override
  public CompletionStage<OutcomeEvent> outcome() {
    if (awaited == null) {
      return CompletableFuture.failedStage(
          new IllegalStateException(
              "nobody asked for the outcome of task "
                  + id
                  + " when it was submitted: the client does not wait"));
    }
    return awaited.minimalCompletionStage();
  }

  @Override
  public void cancel() {
    canceller.cancel(canceller.task(id, Cancellation.EVERY_GENERATION));
  }

  @Override
  public CompletionStage<Void> cancelAsync() {
    return canceller.cancelAsync(canceller.task(id, Cancellation.EVERY_GENERATION));
  }
}
