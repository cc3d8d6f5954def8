package dev.warren.engine.delivery;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.engine.settle.CrashNote;
import dev.warren.engine.settle.Execution;
import dev.warren.engine.settle.SuspectRules;
import dev.warren.engine.wire.TaskMessage;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
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
  private final Map<Execution, Boolean> settled =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Execution, Boolean> eldest) {
          return size() > SETTLED_KEPT;
        }
      };

  KnownExecutions(Set<CrashNote> crashes) {
    this.crashes = ConcurrentHashMap.newKeySet();
    this.crashes.addAll(crashes);
  }

  /** All that follows from an execution is confirmed, and it asks for no more. */
  void settled(Execution execution) {
    lock.lock();
    try {
      settled.put(execution, true);
    } finally {
      lock.unlock();
    }
  }

  boolean wasSettled(Execution execution) {
    lock.lock();
    try {
      return settled.containsKey(execution);
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
