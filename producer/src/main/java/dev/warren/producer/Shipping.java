package dev.warren.producer;

import dev.warren.api.BrokerUnreachableException;
import dev.warren.api.CodecException;
import dev.warren.api.WarrenException;
import dev.warren.engine.publish.Notices;
import dev.warren.engine.publish.Outgoing;
import dev.warren.engine.publish.PublishResult;
import dev.warren.engine.wire.ChunkCodec;
import dev.warren.engine.wire.DelayRoute;
import dev.warren.engine.wire.TaskDelayed;
import dev.warren.engine.wire.TaskMessage;
import dev.warren.engine.wire.TaskWriter;
import dev.warren.engine.wire.WireTask;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes messages of one task or many to the broker's answer, which holds for each of the tasks.
 * What comes back unroutable is tried once more with fresh knowledge of the types. Safe for
 * concurrent use.
 */
final class Shipping {
  private static final Logger LOG = LoggerFactory.getLogger(Shipping.class);

  private final ClientSettings settings;
  private final Carrier carrier;
  private final Notices notices;
  private final TypeDirectory types;
  private final Answering answering;
  private final TaskWriter writer;

  /** Takes a message to the broker, and tells once what became of it. */
  @FunctionalInterface
  interface Carrier {
    void publish(Outgoing message, Duration deadline, Consumer<PublishResult> whenSettled);
  }

  /**
   * Who has to know the broker's answer.
   *
   * @param room has a place for each task that is unconfirmed
   * @param secondTries runs what reads the registry again, which blocks
   */
  record Answering(
      Expectations expectations, Canceller canceller, Semaphore room, Executor secondTries) {}

  Shipping(
      ClientSettings settings,
      Carrier carrier,
      Notices notices,
      TypeDirectory types,
      Answering answering) {
    this.settings = settings;
    this.carrier = carrier;
    this.notices = notices;
    this.types = types;
    this.answering = answering;
    this.writer = new TaskWriter(settings.appId());
  }

  /**
   * Writes a task's own message.
   *
   * @throws dev.warren.api.TaskRefusedException if it is too large
   */
  Outgoing write(TaskMessage task) {
    Instant due = task.terms().dueAt();
    Duration delay = due == null ? Duration.ZERO : Duration.between(Instant.now(), due);
    DelayRoute route = DelayRoute.of(delay, task.queue(), task.type());
    return Outgoing.task(route.exchange(), route.routingKey(), writer.write(task));
  }

  /** Sends a task in a message of its own. */
  void send(Submission task, Outgoing message) {
    carrier.publish(message, task.left(), new Shipment(List.of(task), null, () -> {})::first);
  }

  /**
   * Sends tasks that may share a message.
   *
   * @param reply where their outcomes go, if not where each task says
   * @param answered runs when all of them are settled, on a thread of the publisher
   */
  void send(List<Submission> tasks, @Nullable String reply, Runnable answered) {
    Shipment shipment = new Shipment(tasks, reply, answered);
    Outgoing message;
    try {
      message = shipment.write(tasks.getFirst().message.queue());
    } catch (WarrenException unfit) {
      shipment.fail(unfit);
      return;
    } catch (RuntimeException broken) {
      LOG.error("{} tasks cannot be written together", tasks.size(), broken);
      shipment.fail(new CodecException("the tasks cannot be written: " + broken, broken));
      return;
    }
    carrier.publish(message, shipment.left(), shipment::first);
  }

  /**
   * Fails tasks that were not sent until their deadlines.
   *
   * @param why the publisher does not get on, for people
   */
  void tooLate(List<Submission> tasks, String why, Runnable answered) {
    new Shipment(tasks, null, answered)
        .last(
            tasks.getFirst().message.queue(),
            new PublishResult.NotSent(new BrokerUnreachableException(why)));
  }

  /** Tasks in one message on its way. */
  private final class Shipment {
    private final List<Submission> tasks;
    private final @Nullable String reply;
    private final Runnable answered;

    Shipment(List<Submission> tasks, @Nullable String reply, Runnable answered) {
      this.tasks = tasks;
      this.reply = reply;
      this.answered = answered;
    }

    /** Until the first deadline of theirs. */
    Duration left() {
      return tasks.stream().map(Submission::left).min(Comparator.naturalOrder()).orElseThrow();
    }

    Outgoing write(String queue) {
      TaskMessage first = told(tasks.getFirst().message).withQueue(queue);
      if (tasks.size() == 1) {
        return Shipping.this.write(first);
      }
      DelayRoute route = DelayRoute.of(Duration.ZERO, queue, first.type());
      WireTask chunk =
          ChunkCodec.write(writer, tasks.stream().map(each -> told(each.message)).toList());
      return Outgoing.task(route.exchange(), route.routingKey(), chunk);
    }

    private TaskMessage told(TaskMessage task) {
      return reply == null ? task : task.withLineage(task.lineage().withReply(reply));
    }

    void first(PublishResult result) {
      String queue = tasks.getFirst().message.queue();
      if (!(result instanceof PublishResult.Returned)) {
        last(queue, result);
        return;
      }
      try {
        answering.secondTries.execute(() -> again(queue, result));
      } catch (RejectedExecutionException closing) {
        // The client closes: the first answer stands.
        last(queue, result);
      }
    }

    /** Reads the registry and tries the queue that it names now, if there is time. */
    private void again(String queue, PublishResult before) {
      String other;
      Outgoing message;
      Submission one = tasks.getFirst();
      try {
        types.refresh(left());
        other = one.queueChosen ? queue : types.queueOf(one.message.type()).orElse(queue);
        message = write(other);
      } catch (RuntimeException unfit) {
        LOG.debug("task {} is not tried again", one.message.id(), unfit);
        last(queue, before);
        return;
      }
      Duration left = left();
      if (left.isZero()) {
        last(other, before);
      } else {
        carrier.publish(message, left, result -> last(other, result));
      }
    }

    /** Whatever fails in telling one, the next chunk must go on. */
    private void last(String queue, PublishResult result) {
      try {
        tell(queue, result);
      } finally {
        answered.run();
      }
    }

    private void tell(String queue, PublishResult result) {
      if (result instanceof PublishResult.Confirmed) {
        answering.room.release(tasks.size());
        for (Submission each : tasks) {
          tellDelay(each.message, queue);
          each.confirmed(queue, answering.canceller);
        }
        return;
      }
      answering.room.release(tasks.size());
      TaskMessage first = tasks.getFirst().message;
      String hint = result instanceof PublishResult.Returned ? types.hint(first.type(), queue) : "";
      for (Submission each : tasks) {
        TaskMessage sent = each.message.withQueue(queue);
        each.failed(
            PublishFailures.explain(sent, result, settings.sendDeadline(), hint),
            answering.expectations);
      }
    }

    private void tellDelay(TaskMessage sent, String queue) {
      Instant due = sent.terms().dueAt();
      if (due != null && due.isAfter(sent.enqueuedAt())) {
        notices.tell(TaskDelayed.of(sent.withQueue(queue), due));
      }
    }

    void fail(WarrenException failure) {
      try {
        answering.room.release(tasks.size());
        tasks.forEach(each -> each.failed(failure, answering.expectations));
      } finally {
        answered.run();
      }
    }
  }
}
