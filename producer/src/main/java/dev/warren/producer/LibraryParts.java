package dev.warren.producer;

import dev.warren.api.SendDeadlineException;
import dev.warren.api.TaskId;
import dev.warren.api.TaskOptions;
import dev.warren.api.WarrenException;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.publish.Publisher;
import dev.warren.engine.registry.TypeCatalog;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.engine.wire.Pong;
import dev.warren.producer.dead.ClientParts;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a client lends to those who look after its fleet's letters and queues. */
record LibraryParts(
    ClientSettings settings,
    Connections connections,
    Publisher publisher,
    TypeCatalog types,
    Answers answers)
    implements ClientParts {
  private static final Logger LOG = LoggerFactory.getLogger(LibraryParts.class);
  private static final Duration PING_LIMIT = Duration.ofSeconds(1);

  /** Ways in which a fleet answers a client. */
  record Answers(OutcomeListener listener, Expectations expectations, FleetQuery fleet) {}

  @Override
  public Duration sendDeadline() {
    return settings.sendDeadline();
  }

  @Override
  public String appId() {
    return settings.appId();
  }

  @Override
  public Set<String> queues() {
    Set<String> queues = new TreeSet<>(Set.of(TaskOptions.DEFAULT_QUEUE));
    try {
      queues.addAll(types.refreshQueues(TypeCatalog.DEFAULT_READ_LIMIT));
    } catch (WarrenException unreadable) {
      LOG.info(
          "the registry does not tell the queues, so the fleet is asked: {}",
          unreadable.getMessage());
      for (Pong pong : answers.fleet().ping(PING_LIMIT)) {
        pong.about().path("queues").forEach(queue -> queues.add(queue.asText()));
      }
    }
    return queues;
  }

  @Override
  public void requireFit(String type, JsonText arguments) {
    new TypeDirectory(types).requireFit(type, arguments, true);
  }

  @Override
  public String listen() {
    try {
      answers.listener().ensureDeclared(settings.sendDeadline());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new SendDeadlineException(
          "interrupted before anything was sent; nothing was accepted", interrupted);
    }
    return answers.listener().token();
  }

  @Override
  public CompletableFuture<OutcomeEvent> expect(TaskId task) {
    return answers.expectations().expect(task);
  }

  @Override
  public void abandon(TaskId task) {
    answers.expectations().abandon(task);
  }
}
