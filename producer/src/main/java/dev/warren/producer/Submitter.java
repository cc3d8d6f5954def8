package dev.warren.producer;

import dev.warren.api.SendDeadlineException;
import dev.warren.api.SubmitOptions;
import dev.warren.api.TaskId;
import dev.warren.api.TaskOptions;
import dev.warren.api.WarrenException;
import dev.warren.engine.publish.Notices;
import dev.warren.engine.publish.Outgoing;
import dev.warren.engine.publish.Publisher;
import dev.warren.engine.wire.AttemptState;
import dev.warren.engine.wire.Lineage;
import dev.warren.engine.wire.TaskMessage;
import dev.warren.engine.wire.TaskTerms;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Takes submissions: finds the queue, checks, waits for room, and hands over to those who write and
 * send. Safe for concurrent use.
 */
final class Submitter {
  private final ClientSettings settings;
  private final Publisher publisher;
  private final TypeDirectory types;
  private final OutcomeListener listener;
  private final Expectations expectations;
  private final Semaphore room;
  private final Shipping shipping;
  private final Packer packer;

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
    this.types = types;
    this.listener = handling.listener();
    this.expectations = handling.expectations();
    this.room = new Semaphore(settings.window());
    this.shipping =
        new Shipping(
            settings,
            sending.carrier(),
            sending.notices(),
            types,
            new Shipping.Answering(expectations, handling.canceller(), room, secondTries));
    this.packer =
        new Packer(
            shipping,
            handling.durations(),
            this::sampleToken,
            sending.publisher()::troubles,
            settings.sendDeadline());
  }

  /**
   * How a client sends: tasks, and what is told of them.
   *
   * @param publisher knows why the broker does not answer
   */
  record Sending(Shipping.Carrier carrier, Publisher publisher, Notices notices) {}

  /**
   * What the handles of a client's tasks need, to wait for them and to cancel them, and what was
   * learned from earlier ones.
   */
  record Handling(
      OutcomeListener listener,
      Expectations expectations,
      Canceller canceller,
      TaskDurations durations) {}

  /**
   * Submits in a message of its own. Blocks while there is no room, at most the send deadline; the
   * future completes on a thread of the publisher, so nothing that blocks may depend on it.
   *
   * @throws WarrenException if the task is refused before it is sent
   */
  CompletableFuture<RawHandle> submit(RawTask task) {
    long deadline = System.nanoTime() + settings.sendDeadline().toNanos();
    return alone(task, checked(task, deadline), deadline);
  }

  /** Like {@link #submit}, but small tasks of a kind may travel together. */
  CompletableFuture<RawHandle> submitInBulk(RawTask task) {
    long deadline = System.nanoTime() + settings.sendDeadline().toNanos();
    TaskMessage message = checked(task, deadline);
    if (!settings.chunks() || !ChunkRule.mayShare(message)) {
      return alone(task, message, deadline);
    }
    Submission submission = admitted(task, message, deadline);
    packer.add(submission);
    return submission.settled;
  }

  private CompletableFuture<RawHandle> alone(RawTask task, TaskMessage message, long deadline) {
    Outgoing outgoing = shipping.write(message);
    Submission submission = admitted(task, message, deadline);
    shipping.send(submission, outgoing);
    return submission.settled;
  }

  private TaskMessage checked(RawTask task, long deadline) {
    TaskMessage message = routed(task, message(task), deadline);
    types.requireFit(message.type(), message.arguments(), task.ofType() != null);
    return message;
  }

  /** Waits for room. */
  private Submission admitted(RawTask task, TaskMessage message, long deadline) {
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
    return new Submission(
        message,
        deadline,
        task.options().queue() != null,
        task.outcomeWanted() ? expectations.expect(message.id()) : null);
  }

  /** Waits until the broker has answered for all that was submitted; false after the limit. */
  boolean awaitSettled(Duration limit) throws InterruptedException {
    if (!room.tryAcquire(settings.window(), limit.toNanos(), TimeUnit.NANOSECONDS)) {
      return false;
    }
    room.release(settings.window());
    return true;
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

  /** Not of a client that wants no outcomes at all: it declares no queue for them. */
  private Optional<String> sampleToken() {
    return settings.waiting() && listener.offerToListen()
        ? Optional.of(listener.token())
        : Optional.empty();
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

  private static Duration left(long deadlineNanos) {
    return Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime()));
  }
}
