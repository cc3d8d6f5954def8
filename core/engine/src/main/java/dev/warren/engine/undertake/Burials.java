package dev.warren.engine.undertake;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Delivery;
import dev.warren.api.TaskRefusedException;
import dev.warren.engine.publish.EventPublisher;
import dev.warren.engine.publish.Outgoing;
import dev.warren.engine.publish.PublishResult;
import dev.warren.engine.publish.Publisher;
import dev.warren.engine.settle.Command;
import dev.warren.engine.settle.SettleRules;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.DeadLetter;
import dev.warren.engine.wire.RawLetter;
import dev.warren.engine.wire.RoutingKeys;
import dev.warren.engine.wire.TaskMessage;
import dev.warren.engine.wire.TaskWriter;
import dev.warren.engine.wire.WireTask;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Publishes what follows from letters of the inbox: for each task its letter, then its outcome. */
final class Burials {
  private static final Logger LOG = LoggerFactory.getLogger(Burials.class);

  private final Publisher publisher;
  private final EventPublisher results;
  private final Undertaker.Settings settings;
  private final TaskWriter writer;

  Burials(Publisher publisher, EventPublisher results, Undertaker.Settings settings) {
    this.publisher = publisher;
    this.results = results;
    this.settings = settings;
    this.writer = new TaskWriter("warren-" + settings.process().role());
  }

  /**
   * Publishes what follows from a letter. The future never fails: it holds the first result that is
   * no confirm, if there is one.
   */
  CompletableFuture<PublishResult> bury(Delivery delivery) {
    BasicProperties properties = delivery.getProperties();
    DeadLetter letter =
        DeadLetter.read(
            TopologyNames.DEAD_INBOX,
            delivery.getEnvelope().getRoutingKey(),
            properties,
            delivery.getBody());
    Instant now = settings.clock().instant();
    LOG.info(
        "the broker gave up a message of queue '{}' ({}, id {}): {}",
        letter.queue(),
        letter.type(),
        properties.getMessageId(),
        letter.failure());
    if (letter.tasks().isEmpty()) {
      return buryAsItCame(letter, now);
    }
    return buryTasks(letter, now)
        .exceptionallyCompose(
            unwritable -> {
              // Held for ever it would keep the others from their burial.
              LOG.error("no letter can be written of {}", properties.getMessageId(), unwritable);
              return buryAsItCame(letter, now);
            });
  }

  private CompletableFuture<PublishResult> buryTasks(DeadLetter letter, Instant now) {
    List<CompletableFuture<PublishResult>> all =
        letter.tasks().stream().map(task -> bury(task, letter, now)).toList();
    return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
        .thenApply(
            settled ->
                all.stream()
                    .map(CompletableFuture::join)
                    .filter(result -> !(result instanceof PublishResult.Confirmed))
                    .findFirst()
                    .orElse(PublishResult.CONFIRMED));
  }

  private CompletableFuture<PublishResult> buryAsItCame(DeadLetter letter, Instant now) {
    BasicProperties properties = RawLetter.of(letter.properties(), letter.failure(), now);
    return publish(letter.queue(), new WireTask(properties, letter.body()));
  }

  private CompletableFuture<PublishResult> bury(TaskMessage task, DeadLetter letter, Instant now) {
    Instant died = letter.diedAt() == null ? now : letter.diedAt();
    CompletableFuture<PublishResult> last =
        CompletableFuture.completedFuture(PublishResult.CONFIRMED);
    for (Command command :
        SettleRules.deadAtBroker(task, letter.failure(), died, settings.process().text())) {
      last =
          last.thenCompose(
              before ->
                  before instanceof PublishResult.Confirmed
                      ? perform(command)
                      : CompletableFuture.completedFuture(before));
    }
    return last;
  }

  private CompletableFuture<PublishResult> perform(Command command) {
    return switch (command) {
      case Command.BuryTask bury -> publish(bury.task().queue(), written(bury));
      case Command.RecordOutcome(var event) -> {
        CompletableFuture<PublishResult> recorded = new CompletableFuture<>();
        results.publish(event, recorded::complete);
        yield recorded;
      }
      case Command.SendTask send ->
          throw new IllegalStateException("a dead task is not sent again: " + send.task().id());
    };
  }

  private CompletableFuture<PublishResult> publish(String queue, WireTask letter) {
    return publisher.publish(
        Outgoing.task(TopologyNames.DEAD, RoutingKeys.told(queue), letter), settings.deadline());
  }

  /** Foreign headers must not keep a task from being buried: without them it fits always. */
  private WireTask written(Command.BuryTask bury) {
    try {
      return writer.writeDead(bury.task(), bury.failure(), bury.at());
    } catch (TaskRefusedException tooLarge) {
      LOG.warn("foreign headers dropped: {}", tooLarge.getMessage());
      return writer.writeDead(bury.task().withoutForeignHeaders(), bury.failure(), bury.at());
    }
  }
}
