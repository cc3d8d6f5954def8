package dev.warren.engine.settle;

import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.DelayRoute;
import dev.warren.engine.wire.TaskMessage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The queues of a simulated broker: work, what waits on the ladder, the inbox of what it gives up
 * itself, and the dead letters. Deliveries are with the fleet until they are settled.
 */
final class SimulatedBroker {
  /** More returns than this and a message goes to the inbox. */
  private static final int DELIVERY_LIMIT = 2;

  static final class Message {
    final List<TaskMessage> tasks;
    private Instant readyAt;
    private int returns;

    private Message(List<TaskMessage> tasks, Instant readyAt) {
      this.tasks = tasks;
      this.readyAt = readyAt;
    }

    boolean isRedelivered() {
      return returns > 0;
    }
  }

  private final List<Message> work = new ArrayList<>();
  private final List<Message> inbox = new ArrayList<>();
  private final List<TaskMessage> letters = new ArrayList<>();

  /** A message came, by the ladder as its route says. */
  void accept(List<TaskMessage> tasks, DelayRoute route, Instant now) {
    work.add(new Message(tasks, now.plusSeconds(waitOf(route))));
  }

  /** The seconds that the bits of a ladder's routing key stand for. */
  private static long waitOf(DelayRoute route) {
    if (route.exchange().equals(TopologyNames.TASKS)) {
      return 0;
    }
    long seconds = 0;
    for (int level = 0; level < TopologyNames.DELAY_LEVELS; level++) {
      seconds = 2 * seconds + (route.routingKey().charAt(2 * level) - '0');
    }
    return seconds;
  }

  /** Delivers one of the messages that are due, if there is any. */
  @Nullable Message deliver(SplittableRandom random, Instant now) {
    int due = 0;
    Message chosen = null;
    for (Message message : work) {
      if (!message.readyAt.isAfter(now) && random.nextInt(++due) == 0) {
        chosen = message;
      }
    }
    if (chosen != null) {
      work.remove(chosen);
    }
    return chosen;
  }

  /** Delivers what the broker itself has given up. */
  @Nullable Message deliverFromInbox() {
    return inbox.isEmpty() ? null : inbox.removeFirst();
  }

  /** A delivery comes back; whether it has reached the limit by that. */
  boolean takeBack(Message message, boolean fromInbox, Instant now) {
    if (fromInbox) {
      inbox.add(message);
      return false;
    }
    message.readyAt = now;
    message.returns++;
    boolean limit = message.returns > DELIVERY_LIMIT;
    (limit ? inbox : work).add(message);
    return limit;
  }

  void bury(TaskMessage task) {
    letters.add(task);
  }

  /** Any dead letter; it stays where it is. */
  Optional<TaskMessage> letter(SplittableRandom random) {
    return letters.isEmpty()
        ? Optional.empty()
        : Optional.of(letters.get(random.nextInt(letters.size())));
  }

  void removeLetter(TaskMessage letter) {
    letters.remove(letter);
  }

  /** When the next message becomes due. */
  Optional<Instant> nextDue() {
    return work.stream().map(each -> each.readyAt).min(Instant::compareTo);
  }

  boolean isEmpty() {
    return work.isEmpty() && inbox.isEmpty();
  }
}
