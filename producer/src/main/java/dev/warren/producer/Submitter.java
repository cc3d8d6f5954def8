package dev.warren.producer;

import dev.warren.api.SendDeadlineException;
import dev.warren.api.SubmitOptions;
import dev.warren.api.TaskId;
import dev.warren.api.TaskOptions;
import dev.warren.api.WarrenException;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.publish.Notices;
import dev.warren.engine.publish.Outgoing;
import dev.warren.engine.publish.PublishResult;
import dev.warren.engine.publish.Publisher;
import dev.warren.engine.wire.AttemptState;
import dev.warren.engine.wire.DelayRoute;
import dev.warren.engine.wire.Lineage;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.engine.wire.TaskDelayed;
import dev.warren.engine.wire.TaskMessage;
import dev.warren.engine.wire.TaskTerms;
import dev.warren.engine.wire.TaskWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a submission from its arguments to the broker's answer: finds the queue, checks, writes,
 * publishes; what comes back unroutable is tried once more with fresh knowledge of the types. Safe
 * for concurrent use.
 */
final class Submitter {
  private static final Logger LOG = LoggerFactory.getLogger(Submitter.class);

  private final ClientSettings settings;
  private final Publisher publisher;
  private final Notices notices;
  private final TypeDirectory types;
  private final OutcomeListener listener;
  private final Expectations expectations;
  private final Canceller canceller;
  private final Executor secondTries;
  private final TaskWriter writer;
  private final Semaphore room;

  /**
   * @param secondTries runs what reads the registry again, which blocks
   */
  Submitter(
      ClientSettings settings,
      Sending sending,
      TypeDirectory types,
      Handling handling,
      Executor secondTries) {
    this.settings = settings;
    this.publisher = sending.publisher();
    this.notices = sending.notices();
    this.types = types;
    this.listener = handling.listener();
    this.expectations = handling.expectations();
    this.canceller = handling.canceller();
    this.secondTries = secondTries;
    this.writer = new TaskWriter(settings.appId());
    this.room = new Semaphore(settings.window());
  }

  /** How a client sends: tasks, and what is told of them. */
  record Sending(Publisher publisher, Notices notices) {}

  /** What the handles of a client's tasks need: to wait for them and to cancel them. */
  record Handling(OutcomeListener listener, Expectations expectations, Canceller canceller) {}

  /**
   * Submits. Blocks while there is no room, at most the send deadline; the future completes on a
   * thread of the publisher, so nothing that blocks may depend on it.
   *
   * @throws WarrenException if the task is refused before it is sent
   */
  CompletableFuture<RawHandle> submit(RawTask task) {
    long deadline = System.nanoTime() + settings.sendDeadline().toNanos();
    TaskMessage message = routed(task, message(task), deadline);
    Outgoing outgoing = outgoing(message);
    if (task.ofType() == null) {
      JsonCodec.requireJson(task.arguments(), "the arguments of a task '" + task.type() + "'");
    }
    types.requireFit(message.type(), message.arguments());
    try {
      if (task.outcomeWanted()) {
        listener.ensureDeclared(left(deadline));
      }
      if (!room.tryAcquire(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS)) {
        throw PublishFailures.noRoom(message, settings.sendDeadline(), publisher.troubles());
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new SendDeadlineException(
          "interrupted before task " + message.id() + " was sent; it was not accepted",
          interrupted);
    }
    Submission submission = new Submission(message, deadline, task);
    publisher.publish(outgoing, left(deadline), submission::first);
    return submission.settled;
  }

  private TaskMessage message(RawTask task) {
    SubmitOptions options = task.options();
    TaskId id = options.chosenId().orElseGet(TaskId::next);
    Lineage lineage = task.lineage() == null ? Lineage.of(id) : task.lineage();
    Instant now = Instant.now();
    return new TaskMessage(
        id,
        task.type(),
        queue(task),
        task.arguments(),
        AttemptState.FIRST,
        task.ofType() == null ? TaskTerms.of(options) : TaskTerms.of(task.ofType(), options, now),
        lineage.withReply(task.outcomeWanted() ? listener.token() : null),
        now,
        Map.of());
  }

  /** What waits on the ladder first cannot come back to its submitter: its way is checked now. */
  private TaskMessage routed(RawTask task, TaskMessage message, long deadline) {
    Instant due = message.terms().dueAt();
    if (due == null || !due.isAfter(message.enqueuedAt()) || task.options().unannounced()) {
      return message;
    }
    boolean chosen = task.options().queue() != null;
    return message.withQueue(
        types.requireAnnounced(message.type(), message.queue(), chosen, left(deadline)));
  }

  private String queue(RawTask task) {
    String chosen = task.options().queue();
    if (chosen != null) {
      return chosen;
    }
    if (task.ofType() != null) {
      return task.ofType().queue();
    }
    return types.queueOf(task.type()).orElse(TaskOptions.DEFAULT_QUEUE);
  }

  private Outgoing outgoing(TaskMessage message) {
    Instant due = message.terms().dueAt();
    Duration delay = due == null ? Duration.ZERO : Duration.between(Instant.now(), due);
    DelayRoute route = DelayRoute.of(delay, message.queue(), message.type());
    return Outgoing.task(route.exchange(), route.routingKey(), writer.write(message));
  }

  private static Duration left(long deadlineNanos) {
    return Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime()));
  }

  /** One submission on its way. */
  private final class Submission {
    final CompletableFuture<RawHandle> settled = new CompletableFuture<>();
    private final TaskMessage message;
    private final long deadlineNanos;
    private final @Nullable CompletableFuture<OutcomeEvent> outcome;

    private final boolean queueChosen;

    Submission(TaskMessage message, long deadlineNanos, RawTask task) {
      this.message = message;
      this.deadlineNanos = deadlineNanos;
      this.queueChosen = task.options().queue() != null;
      this.outcome = task.outcomeWanted() ? expectations.expect(message.id()) : null;
    }

    void first(PublishResult result) {
      if (!(result instanceof PublishResult.Returned)) {
        last(message, result);
        return;
      }
      try {
        secondTries.execute(() -> again(result));
      } catch (RejectedExecutionException closing) {
        // The client closes: the first answer stands.
        last(message, result);
      }
    }

    /** Reads the registry and tries the queue that it names now, if there is time. */
    private void again(PublishResult before) {
      TaskMessage other;
      Outgoing outgoing;
      try {
        types.refresh(left(deadlineNanos));
        other =
            queueChosen
                ? message
                : message.withQueue(types.queueOf(message.type()).orElse(message.queue()));
        outgoing = outgoing(other);
      } catch (RuntimeException unfit) {
        LOG.debug("task {} is not tried again", message.id(), unfit);
        last(message, before);
        return;
      }
      Duration left = left(deadlineNanos);
      if (left.isZero()) {
        last(other, before);
      } else {
        publisher.publish(outgoing, left, result -> last(other, result));
      }
    }

    private void last(TaskMessage sent, PublishResult result) {
      if (result instanceof PublishResult.Confirmed) {
        room.release();
        Instant due = sent.terms().dueAt();
        if (due != null && due.isAfter(sent.enqueuedAt())) {
          notices.tell(TaskDelayed.of(sent, due));
        }
        settled.complete(new SubmittedTask(sent.id(), sent.queue(), outcome, canceller));
        return;
      }
      String hint =
          result instanceof PublishResult.Returned ? types.hint(sent.type(), sent.queue()) : "";
      fail(PublishFailures.explain(sent, result, settings.sendDeadline(), hint));
    }

    private void fail(WarrenException failure) {
      room.release();
      if (outcome != null) {
        expectations.abandon(message.id());
      }
      settled.completeExceptionally(failure);
    }
  }
}
