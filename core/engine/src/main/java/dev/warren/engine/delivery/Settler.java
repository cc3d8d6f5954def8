package dev.warren.engine.delivery;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.api.Failure;
import dev.warren.api.TaskRefusedException;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.connection.BackOff;
import dev.warren.engine.publish.EventPublisher;
import dev.warren.engine.publish.Notices;
import dev.warren.engine.publish.Outgoing;
import dev.warren.engine.publish.PublishResult;
import dev.warren.engine.publish.Publisher;
import dev.warren.engine.settle.Command;
import dev.warren.engine.settle.DispatchRules;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.ChunkCodec;
import dev.warren.engine.wire.DelayRoute;
import dev.warren.engine.wire.Event;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.engine.wire.RawLetter;
import dev.warren.engine.wire.RoutingKeys;
import dev.warren.engine.wire.TaskMessage;
import dev.warren.engine.wire.TaskRetrying;
import dev.warren.engine.wire.TaskWriter;
import dev.warren.engine.wire.WireTask;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what follows from an attempt, and tells the delivery of each confirm. What the broker
 * refuses is tried again until the deadline; then the delivery is given back, because nothing is
 * acknowledged before its consequences are safe. While the broker blocks publishers the delivery is
 * held. No thread of its own: all is pipelined.
 */
final class Settler {
  private static final Logger LOG = LoggerFactory.getLogger(Settler.class);

  /**
   * A waiting client's queue is on one node of a cluster and refuses while that is down; no task is
   * held up longer than this for a client that cannot hear of it.
   */
  private static final Duration WAITER_PATIENCE = Duration.ofSeconds(5);

  private final Publisher publisher;
  private final EventPublisher results;
  private final Notices notices;
  private final TaskWriter writer;
  private final Deadlines deadlines;
  private final EngineListener listener;
  private final Duration deadline;

  Settler(
      Publisher publisher,
      Events events,
      Deadlines deadlines,
      EngineListener listener,
      EngineSettings settings) {
    this.publisher = publisher;
    this.results = events.results();
    this.notices = events.notices();
    this.writer = new TaskWriter("warren-" + settings.process().role());
    this.deadlines = deadlines;
    this.listener = listener;
    this.deadline = settings.settleDeadline();
  }

  /**
   * Where events go.
   *
   * @param results what an acknowledgement waits for
   * @param notices what nothing waits for
   */
  record Events(EventPublisher results, Notices notices) {}

  /** Tells what nothing waits for. */
  void tell(Event event) {
    notices.tell(event);
  }

  /** Settles one task of a delivery. */
  void settle(Delivery delivery, int task, List<Command> commands) {
    List<Command> now = delivery.settling(task, commands);
    if (now.isEmpty()) {
      LOG.debug("a verdict came after its delivery was given back: the next worker decides");
    }
    try {
      now.forEach(command -> perform(delivery, task, command));
    } catch (RuntimeException unwritable) {
      // Held for ever it would be as good as lost.
      LOG.error("what follows from {} cannot be written, giving it back", delivery, unwritable);
      delivery.giveUp(true);
    }
  }

  /** Whether the broker takes no messages now. */
  boolean isHeldUp() {
    return publisher.blocked().isPresent() || !publisher.connected();
  }

  /**
   * Settles tasks that have not begun by sending them back to their queue, in one message. Uses no
   * attempt.
   */
  void sendAgain(Delivery delivery, List<Integer> unstarted) {
    List<TaskMessage> tasks = new ArrayList<>(unstarted.size());
    List<Integer> sent = new ArrayList<>(unstarted.size());
    for (int index : unstarted) {
      TaskMessage task = delivery.tasks().get(index);
      if (!delivery.settling(index, DispatchRules.split(List.of(task))).isEmpty()) {
        tasks.add(task);
        sent.add(index);
      }
    }
    if (tasks.isEmpty()) {
      return;
    }
    TaskMessage first = tasks.getFirst();
    try {
      send(
          delivery,
          sent.getFirst(),
          Outgoing.task(
              TopologyNames.TASKS, RoutingKeys.task(first.queue(), first.type()), written(tasks)),
          () -> sent.subList(1, sent.size()).forEach(delivery::confirmed));
    } catch (RuntimeException unwritable) {
      // As in settle: held for ever they would be as good as lost.
      LOG.error("the rest of {} cannot be written, giving it back", delivery, unwritable);
      delivery.giveUp(true);
    }
  }

  private WireTask written(List<TaskMessage> tasks) {
    if (tasks.size() == 1) {
      return written(tasks.getFirst(), writer::write);
    }
    return written(
        tasks.getFirst(),
        first -> {
          List<TaskMessage> chunk = new ArrayList<>(tasks);
          chunk.set(0, first);
          return ChunkCodec.write(writer, chunk);
        });
  }

  private void perform(Delivery delivery, int task, Command command) {
    switch (command) {
      case Command.RecordOutcome outcome ->
          perform(
              delivery,
              task,
              (refused, callback) ->
                  results.publish(refused ? unheard(outcome.event()) : outcome.event(), callback),
              () -> listener.outcomeRecorded(outcome.event().type(), outcome.event().status()));
      case Command.SendTask send -> {
        DelayRoute route = send.route();
        WireTask wire = written(send.task(), writer::write);
        TaskRetrying told = send.told();
        send(
            delivery,
            task,
            Outgoing.task(route.exchange(), route.routingKey(), wire),
            told == null ? () -> {} : () -> notices.tell(told));
      }
      case Command.BuryTask(TaskMessage dead, Failure failure, Instant at) ->
          send(
              delivery,
              task,
              Outgoing.task(
                  TopologyNames.DEAD,
                  RoutingKeys.told(dead.queue()),
                  written(dead, letter -> writer.writeDead(letter, failure, at))),
              () -> {});
    }
  }

  /** Settles a delivery that is no task: buried as it came. */
  void bury(Delivery delivery, BasicProperties properties, byte[] body, Failure failure) {
    delivery.settlingUnread();
    BasicProperties letter = RawLetter.of(properties, failure, Instant.now());
    send(
        delivery,
        0,
        new Outgoing(
            TopologyNames.DEAD,
            RoutingKeys.told(delivery.queue()),
            letter,
            JsonText.wrap(body),
            true),
        () -> {});
  }

  private void send(Delivery delivery, int task, Outgoing message, Runnable whenConfirmed) {
    perform(
        delivery,
        task,
        (refused, callback) -> publisher.publish(message, deadline, callback),
        whenConfirmed);
  }

  private void perform(
      Delivery delivery, int task, Publication publication, Runnable whenConfirmed) {
    new Step(delivery, task, publication, whenConfirmed).publish();
  }

  /** The outcome without the client that waits for it. */
  private static OutcomeEvent unheard(OutcomeEvent told) {
    return new OutcomeEvent(
        told.task(),
        told.generation(),
        told.type(),
        told.queue(),
        told.attempt(),
        told.worker(),
        told.lane(),
        told.enqueuedAt(),
        told.startedAt(),
        told.endedAt(),
        told.status(),
        told.result(),
        told.failure(),
        told.lineage().withReply(null),
        told.continues());
  }

  /** Publishes a command. */
  @FunctionalInterface
  private interface Publication {
    /**
     * @param refused whether a queue has refused it for long
     */
    void publish(boolean refused, Consumer<PublishResult> whenSettled);
  }

  /** Foreign headers must not keep a task from being settled: without them it fits always. */
  private static WireTask written(TaskMessage task, WriteTask write) {
    try {
      return write.apply(task);
    } catch (TaskRefusedException tooLarge) {
      LOG.warn("task {}: foreign headers dropped: {}", task.id(), tooLarge.getMessage());
      return write.apply(task.withoutForeignHeaders());
    }
  }

  @FunctionalInterface
  private interface WriteTask {
    WireTask apply(TaskMessage task);
  }

  /** One command on its way to its confirm. */
  private final class Step {
    private final Delivery delivery;
    private final int task;
    private final Publication publication;
    private final Runnable whenConfirmed;
    private final long giveUpAt = System.nanoTime() + deadline.toNanos();
    private final BackOff backOff = new BackOff();

    /** In {@link System#nanoTime}; 0 if no queue has refused it. */
    private long refusedSince;

    Step(Delivery delivery, int task, Publication publication, Runnable whenConfirmed) {
      this.delivery = delivery;
      this.task = task;
      this.publication = publication;
      this.whenConfirmed = whenConfirmed;
    }

    void publish() {
      publication.publish(
          refusedSince != 0 && System.nanoTime() - refusedSince > WAITER_PATIENCE.toNanos(),
          this::settled);
    }

    private void settled(PublishResult result) {
      switch (result) {
        case PublishResult.Confirmed confirmed -> confirmed();
        case PublishResult.Returned returned ->
            again("no queue takes " + returned.routingKey() + " from " + returned.exchange());
        case PublishResult.Refused refused -> {
          if (refusedSince == 0 && refused.reason() instanceof TaskRefusedException) {
            refusedSince = System.nanoTime();
          }
          again(refused.reason().getMessage() + "");
        }
        case PublishResult.NotSent notSent -> unsettled(notSent.reason().getMessage() + "");
        case PublishResult.Undecided undecided -> unsettled(undecided.reason());
      }
    }

    private void confirmed() {
      try {
        whenConfirmed.run();
        delivery.confirmed(task).forEach(next -> perform(delivery, task, next));
      } catch (RuntimeException unwritable) {
        // As in settle: held for ever it would be as good as lost.
        LOG.error("what follows from {} cannot be written, giving it back", delivery, unwritable);
        delivery.giveUp(true);
      }
    }

    /**
     * A broker that blocks publishers comes back with all it has: giving back would only run the
     * task again, each time nearer to the queue's delivery limit. The broker ends the wait at the
     * latest, with its consumer timeout.
     */
    private void unsettled(String why) {
      if (publisher.blocked().isEmpty()) {
        giveUp(why);
      } else if (!delivery.isOver()) {
        // Not at once: a publisher that is closed answers at once, too.
        deadlines.schedule(backOff.next(), this::publish);
      }
    }

    private void again(String why) {
      Duration pause = backOff.next();
      if (System.nanoTime() + pause.toNanos() - giveUpAt >= 0) {
        giveUp(why);
        return;
      }
      LOG.warn(
          "what follows from a task of {} was refused, trying again: {}", delivery.queue(), why);
      deadlines.schedule(pause, this::publish);
    }

    private void giveUp(String why) {
      LOG.error(
          "what follows from a task of {} could not be published, giving the delivery back: {}",
          delivery.queue(),
          why);
      delivery.giveUp(true);
    }
  }
}
