package dev.warren.producer;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.api.SendDeadlineException;
import dev.warren.api.TopologyMismatchException;
import dev.warren.api.WarrenException;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.publish.Outgoing;
import dev.warren.engine.publish.PublishResult;
import dev.warren.engine.publish.Publisher;
import dev.warren.engine.topology.TopologyNames;
import java.util.concurrent.CompletableFuture;

/**
 * Adds entries to the stream that every worker reads from its beginning: what is told there is kept
 * by the broker for every worker there is and will be. Safe for concurrent use.
 */
final class StreamEntries {
  private final ClientSettings settings;
  private final Publisher publisher;

  /**
   * An entry to be.
   *
   * @param name what it is, as in "… was not confirmed"
   * @param missed what has not happened without it
   * @param again what to do if it is not known whether it is there
   */
  record Entry(
      BasicProperties properties, JsonText body, String name, String missed, String again) {}

  StreamEntries(ClientSettings settings, Publisher publisher) {
    this.settings = settings;
    this.publisher = publisher;
  }

  /** Completes on a thread of the publisher, when the broker has confirmed it. */
  CompletableFuture<Entry> add(Entry entry) {
    Outgoing message =
        new Outgoing(TopologyNames.CANCELLATIONS, "", entry.properties(), entry.body(), true);
    CompletableFuture<Entry> added = new CompletableFuture<>();
    publisher.publish(
        message,
        settings.sendDeadline(),
        result -> {
          if (result instanceof PublishResult.Confirmed) {
            added.complete(entry);
          } else {
            added.completeExceptionally(explain(entry, result));
          }
        });
    return added;
  }

  /** Returns when the broker has confirmed it. */
  void addAndAwait(Entry entry) {
    Entry unused = Confirms.await(add(entry), settings.sendDeadline(), entry.name());
  }

  private WarrenException explain(Entry entry, PublishResult result) {
    return switch (result) {
      case PublishResult.Returned returned ->
          new TopologyMismatchException(
              entry.missed()
                  + ": no stream is bound to "
                  + TopologyNames.CANCELLATIONS
                  + ", so no worker would hear of it; run 'warren topology apply'");
      case PublishResult.Refused refused -> refused.reason();
      case PublishResult.NotSent notSent -> notSent.reason();
      case PublishResult.Undecided undecided ->
          new SendDeadlineException(
              entry.name()
                  + " was not confirmed within "
                  + PublishFailures.text(settings.sendDeadline())
                  + ": "
                  + undecided.reason()
                  + "; "
                  + entry.again()
                  + ", which does no harm");
      case PublishResult.Confirmed confirmed ->
          throw new IllegalArgumentException(entry.name() + " was confirmed");
    };
  }
}
