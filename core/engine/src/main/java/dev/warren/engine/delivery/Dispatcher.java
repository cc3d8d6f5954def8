package dev.warren.engine.delivery;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Envelope;
import dev.warren.api.CodecException;
import dev.warren.api.Failure;
import dev.warren.api.Lane;
import dev.warren.engine.settle.Command;
import dev.warren.engine.settle.DispatchRules;
import dev.warren.engine.settle.Execution;
import dev.warren.engine.settle.SoloGate;
import dev.warren.engine.settle.SuspectRules;
import dev.warren.engine.wire.TaskMessage;
import dev.warren.engine.wire.TaskReader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides about each message that comes: run its tasks in their lanes, settle them without running,
 * or bury what is no task. Runs on the connection's thread and never blocks.
 */
final class Dispatcher {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

  private final TaskReader reader;
  private final Map<String, ServedType> types;
  private final Workshop workshop;

  /** Those to ask before an attempt, by its type; types that none concerns are not there. */
  private final Map<String, List<Admission>> admissions;

  Dispatcher(
      TaskReader reader,
      Map<String, ServedType> types,
      List<Admission> admissions,
      Workshop workshop) {
    this.reader = reader;
    this.types = Map.copyOf(types);
    this.workshop = workshop;
    this.admissions = concerning(types, admissions);
  }

  private static Map<String, List<Admission>> concerning(
      Map<String, ServedType> types, List<Admission> admissions) {
    Map<String, List<Admission>> byType = new HashMap<>();
    types.forEach(
        (name, served) -> {
          List<Admission> asked =
              admissions.stream()
                  .filter(one -> one.concerns(served.registration().type()))
                  .toList();
          if (!asked.isEmpty()) {
            byType.put(name, asked);
          }
        });
    return Map.copyOf(byType);
  }

  void dispatch(
      ConsumeSession session, Envelope envelope, BasicProperties properties, byte[] body) {
    List<TaskMessage> tasks;
    int version;
    try {
      version = TaskReader.version(properties);
      tasks = reader.read(session.queue(), properties, body);
    } catch (CodecException noTask) {
      bury(
          session,
          envelope,
          properties,
          body,
          Failure.of(Failure.INVALID_TASK, noTask.getMessage() + ""));
      return;
    } catch (RuntimeException unexpected) {
      // Nothing that a stranger sends may end the consumer or come back for ever.
      LOG.error("a message of {} could not be read", session.queue(), unexpected);
      bury(session, envelope, properties, body, Failure.of(unexpected));
      return;
    }
    Delivery delivery = delivery(session, envelope, tasks);
    session.pace().delivered(tasks, body.length);
    for (TaskMessage task : tasks) {
      workshop.listener().delivered(session.queue(), task.type(), envelope.isRedeliver());
    }
    if (tasks.size() > 1 && envelope.isRedeliver()) {
      List<Command> parts = DispatchRules.split(tasks);
      for (int i = 0; i < tasks.size(); i++) {
        if (!endDuplicate(delivery, i)) {
          workshop.settler().settle(delivery, i, List.of(parts.get(i)));
        }
      }
      return;
    }
    if (tasks.size() > 1) {
      delivery.watch(new ChunkWatch(delivery, workshop.settler(), workshop.deadlines()));
    }
    for (int i = 0; i < tasks.size(); i++) {
      if (!envelope.isRedeliver() || !endDuplicate(delivery, i)) {
        SuspectRules.Signs signs =
            workshop.known().signs(tasks.get(i), envelope.isRedeliver(), properties);
        dispatch(delivery, i, version, signs);
      }
    }
  }

  private Delivery delivery(ConsumeSession session, Envelope envelope, List<TaskMessage> tasks) {
    return new Delivery(session, envelope, tasks, workshop.live(), workshop.known());
  }

  /**
   * Ends a task that this process has settled before, and whose acknowledgement the broker did not
   * get; false if it is none.
   */
  private boolean endDuplicate(Delivery delivery, int index) {
    TaskMessage task = delivery.tasks().get(index);
    if (!workshop.known().wasSettled(Execution.of(task))) {
      return false;
    }
    LOG.info(
        "task {} ({}) came again although attempt {} is settled: not running it twice",
        task.id(),
        task.type(),
        task.attempt());
    workshop.listener().duplicate(delivery.queue(), task.type());
    delivery.settling(index, List.of());
    return true;
  }

  private void dispatch(Delivery delivery, int index, int version, SuspectRules.Signs signs) {
    TaskMessage task = delivery.tasks().get(index);
    ServedType served = types.get(task.type());
    Optional<List<Command>> instead =
        DispatchRules.beforeRun(
            task,
            workshop.cancelled().test(task),
            unknown(task, served, version),
            workshop.worker(),
            workshop.clock().instant());
    if (instead.isPresent()) {
      workshop.settler().settle(delivery, index, instead.get());
      return;
    }
    if (served == null) {
      throw new IllegalStateException("an unknown type was not parked: " + task.type());
    }
    if (!served.registration().type().options().overlapSafe()
        && workshop.stuck().holds(task.id())) {
      workshop
          .settler()
          .settle(
              delivery,
              index,
              DispatchRules.elsewhere(task, workshop.worker(), workshop.clock().instant()));
      return;
    }
    SuspectRules.Decision decision =
        SuspectRules.decide(task, signs, workshop.worker(), workshop.clock().instant());
    if (decision instanceof SuspectRules.Decision.Settled(List<Command> commands)) {
      LOG.warn(
          "task {} ({}), attempt {}, was running when a worker ended without a word: {}",
          task.id(),
          task.type(),
          task.attempt(),
          commands.size() == 1 ? "it will run with nothing beside it" : "for the last time");
      if (SuspectRules.crashes(task).isPresent()) {
        // It ran with nothing beside it: nothing else can have ended that worker.
        served.crashed();
      }
      workshop.settler().settle(delivery, index, commands);
      return;
    }
    boolean suspect =
        decision instanceof SuspectRules.Decision.Alone && served.lane().lane() != Lane.PROCESS;
    Optional<Isolation.Place> place =
        suspect ? workshop.turns().placeFor(served.registration()) : Optional.empty();
    AttemptRun attempt = new AttemptRun(delivery, index, served, place, workshop);
    Runnable onward = attempt::enter;
    if (place.isPresent()) {
      onward = () -> runApart(delivery, index, attempt);
    } else if (suspect) {
      onward = () -> runAlone(delivery, index, attempt);
    }
    List<Admission> asked = admissions.getOrDefault(task.type(), List.of());
    if (asked.isEmpty()) {
      onward.run();
    } else {
      new Entrance(attempt, task, asked, onward).enter();
    }
    // From now on it is found when its task is cancelled; before, it was not.
    attempt.cancelIfAsked();
  }

  private void runApart(Delivery delivery, int index, AttemptRun attempt) {
    TaskMessage task = delivery.tasks().get(index);
    if (!workshop.turns().enterApart(attempt)) {
      later(delivery, index, attempt);
      return;
    }
    LOG.info(
        "task {} ({}) runs alone in a process of its own; alone, it has ended {} processes so far",
        task.id(),
        task.type(),
        SuspectRules.crashes(task).orElse(0));
    workshop.listener().alone(task.type());
  }

  private void later(Delivery delivery, int index, AttemptRun attempt) {
    if (attempt.giveBack()) {
      workshop
          .settler()
          .settle(
              delivery,
              index,
              SuspectRules.later(
                  delivery.tasks().get(index),
                  workshop.turns().turnEnds(),
                  ThreadLocalRandom.current().nextDouble()));
    }
  }

  private void runAlone(Delivery delivery, int index, AttemptRun attempt) {
    TaskMessage task = delivery.tasks().get(index);
    Optional<SoloGate.Answer> answer = attempt.offer();
    if (answer.isEmpty()) {
      // Cancelled, or its channel lost, at this moment: somebody else has ended it.
      return;
    }
    if (answer.get() == SoloGate.Answer.LATER) {
      later(delivery, index, attempt);
      return;
    }
    LOG.info(
        "task {} ({}) runs with nothing beside it; alone, it has ended {} workers so far",
        task.id(),
        task.type(),
        SuspectRules.crashes(task).orElse(0));
    workshop.listener().alone(task.type());
    if (answer.get() == SoloGate.Answer.NOW) {
      attempt.enter();
    }
  }

  private static @Nullable String unknown(
      TaskMessage task, @Nullable ServedType served, int version) {
    if (version > TaskReader.VERSION) {
      return "task %s needs version %d of the wire contract; this worker knows %d"
          .formatted(task.id(), version, TaskReader.VERSION);
    }
    return served == null
        ? "no worker that got task %s knows its type '%s'".formatted(task.id(), task.type())
        : null;
  }

  private void bury(
      ConsumeSession session,
      Envelope envelope,
      BasicProperties properties,
      byte[] body,
      Failure failure) {
    LOG.warn(
        "a message of queue {} is no task and goes to its dead letters: {}",
        session.queue(),
        failure.message());
    Delivery delivery = delivery(session, envelope, List.of());
    workshop.settler().bury(delivery, properties, body, failure);
  }
}
