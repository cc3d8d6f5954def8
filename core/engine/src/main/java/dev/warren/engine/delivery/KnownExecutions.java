package dev.warren.engine.delivery;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.engine.settle.CrashNote;
import dev.warren.engine.settle.Execution;
import dev.warren.engine.settle.SuspectRules;
import dev.warren.engine.wire.TaskMessage;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What this process knows of executions whose messages may come again: which ran when a worker
 * before it crashed, and which it has settled. Bounded; the oldest are forgotten. Safe for
 * concurrent use.
 */
final class KnownExecutions {
  /** More than a process holds unacknowledged, but for large chunks. */
  static final int SETTLED_KEPT = 20_000;

  private static final String DELIVERY_COUNT = "x-delivery-count";

  private final Set<CrashNote> crashes;
  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock.
  private final long[] ids = new long[2 * SETTLED_KEPT];
  private final int[] generations = new int[SETTLED_KEPT];
  private final int[] attempts = new int[SETTLED_KEPT];
  private int next;

  KnownExecutions(Set<CrashNote> crashes) {
    this.crashes = ConcurrentHashMap.newKeySet();
    this.crashes.addAll(crashes);
  }

  /** All that follows from an execution is confirmed, and it asks for no more. */
  void settled(Execution execution) {
    UUID id = execution.task().value();
    lock.lock();
    try {
      ids[2 * next] = id.getMostSignificantBits();
      ids[2 * next + 1] = id.getLeastSignificantBits();
      generations[next] = execution.generation();
      attempts[next] = execution.attempt();
      next = (next + 1) % SETTLED_KEPT;
    } finally {
      lock.unlock();
    }
  }

  /** Looks through all of them, as it is asked for messages that come again: for few. */
  boolean wasSettled(Execution execution) {
    long high = execution.task().value().getMostSignificantBits();
    long low = execution.task().value().getLeastSignificantBits();
    lock.lock();
    try {
      for (int i = 0; i < SETTLED_KEPT; i++) {
        if (ids[2 * i + 1] == low
            && ids[2 * i] == high
            && generations[i] == execution.generation()
            && attempts[i] == execution.attempt()) {
          return true;
        }
      }
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** How a message came. A note of a crash speaks once. */
  SuspectRules.Signs signs(TaskMessage task, boolean redelivered, BasicProperties properties) {
    boolean noted =
        !crashes.isEmpty()
            && crashes.remove(new CrashNote(Execution.of(task), SuspectRules.crashes(task)));
    return redelivered || noted
        ? new SuspectRules.Signs(redelivered, deliveries(properties), noted)
        : SuspectRules.Signs.NONE;
  }

  private static long deliveries(BasicProperties properties) {
    Map<String, Object> headers = properties.getHeaders();
    return headers != null && headers.get(DELIVERY_COUNT) instanceof Number count
        ? count.longValue()
        : 0;
  }
}
