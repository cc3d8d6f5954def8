package dev.warren.producer;

import dev.warren.api.SendDeadlineException;
import dev.warren.api.TaskId;
import dev.warren.api.TopologyMismatchException;
import dev.warren.api.WarrenException;
import dev.warren.engine.publish.Outgoing;
import dev.warren.engine.publish.PublishResult;
import dev.warren.engine.publish.Publisher;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.Cancellation;
import dev.warren.engine.wire.CancellationCodec;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * Tells the fleet that a task or a batch is cancelled. What it tells is kept by the broker for
 * every worker there is and will be. Safe for concurrent use.
 */
final class Canceller {
  private final ClientSettings settings;
  private final Publisher publisher;
  private final Executor callbacks;

  /**
   * @param callbacks runs what depends on a stage
   */
  Canceller(ClientSettings settings, Publisher publisher, Executor callbacks) {
    this.settings = settings;
    this.publisher = publisher;
    this.callbacks = callbacks;
  }

  /** An entry of now for a task. */
  Cancellation task(TaskId task, int generation) {
    return new Cancellation.OfTask(task, generation, Instant.now(), settings.appId());
  }

  /** An entry of now for a batch. */
  Cancellation batch(String batch) {
    return new Cancellation.OfBatch(batch, Instant.now(), settings.appId());
  }

  /** Returns when the broker has confirmed it. */
  void cancel(Cancellation cancellation) {
    Cancellation unused =
        Confirms.await(tell(cancellation), settings.sendDeadline(), "the cancellation");
  }

  /** Completes on a thread that may be blocked by what depends on it. */
  CompletionStage<Void> cancelAsync(Cancellation cancellation) {
    return tell(cancellation).thenAcceptAsync(told -> {}, callbacks).minimalCompletionStage();
  }

  /** Completes on a thread of the publisher. */
  private CompletableFuture<Cancellation> tell(Cancellation cancellation) {
    Outgoing entry =
        new Outgoing(
            TopologyNames.CANCELLATIONS,
            "",
            CancellationCodec.properties(cancellation, settings.appId()),
            CancellationCodec.write(cancellation),
            true);
    CompletableFuture<Cancellation> told = new CompletableFuture<>();
    publisher.publish(
        entry,
        settings.sendDeadline(),
        result -> {
          if (result instanceof PublishResult.Confirmed) {
            told.complete(cancellation);
          } else {
            told.completeExceptionally(explain(cancellation, result));
          }
        });
    return told;
  }

  private WarrenException explain(Cancellation cancellation, PublishResult result) {
    return switch (result) {
      case PublishResult.Returned returned ->
          new TopologyMismatchException(
              what(cancellation)
                  + " was not cancelled: no stream is bound to "
                  + TopologyNames.CANCELLATIONS
                  + ", so no worker would hear of it; run 'warren topology apply'");
      case PublishResult.Refused refused -> refused.reason();
      case PublishResult.NotSent notSent -> notSent.reason();
      case PublishResult.Undecided undecided ->
          new SendDeadlineException(
              "the cancellation of "
                  + what(cancellation)
                  + " was not confirmed within "
                  + PublishFailures.text(settings.sendDeadline())
                  + ": "
                  + undecided.reason()
                  + "; cancel it again, which does no harm");
      case PublishResult.Confirmed confirmed ->
          throw new IllegalArgumentException(what(cancellation) + " was cancelled");
    };
  }

  private static String what(Cancellation cancellation) {
    return switch (cancellation) {
      case Cancellation.OfTask task -> "task " + task.task();
      case Cancellation.OfBatch batch -> "batch " + batch.batch();
    };
  }
}
