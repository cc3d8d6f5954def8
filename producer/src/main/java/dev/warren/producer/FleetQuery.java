package dev.warren.producer;

import dev.warren.api.TaskId;
import dev.warren.engine.advice.AdviceReport;
import dev.warren.engine.control.StopOrder;
import dev.warren.engine.wire.Pong;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Predicate;

/**
 * Questions and orders to the fleet that need no gateway. Safe for concurrent use; every call
 * blocks. From {@link WarrenClient#fleet()}.
 */
public interface FleetQuery {
  /**
   * Asks every process of the fleet who it is, and collects the answers until the limit, or until
   * none has come for a while.
   *
   * @return one answer per process, ordered by its name
   */
  List<Pong> ping(Duration limit);

  /** Like {@link #ping}, but returns with the first answer that is as wanted. */
  Optional<Pong> pingFor(Predicate<Pong> wanted, Duration limit);

  /**
   * Asks every process of the fleet for a task; those that run it, or hold it until a slot is free,
   * answer. Returns soon after an answer; that nobody answers is known only at the limit.
   *
   * @return ordered by process: one as a rule; several, where a process lost its connection and
   *     another one got the task too; none, where the task waits in the broker, has ended or never
   *     was
   */
  List<FoundTask> find(TaskId task, Duration limit);

  /**
   * Asks every process of the fleet what it has learned of types that it runs, of all if none is
   * named, and collects the answers as {@link #ping} does.
   *
   * @return by the name of the process, in order
   */
  SortedMap<String, AdviceReport> advice(Collection<String> types, Duration limit);

  /**
   * Tells a process to end in order, as SIGTERM does: it takes no more tasks, gives back what it
   * has not started, and ends what runs within its grace. To restart means that its supervisor
   * starts it again; where it has none, that is up to whoever runs it.
   *
   * @param process its name, as it answers a {@link #ping}
   * @param by who asks, for people; may be empty
   * @return what it answers; nothing if no process of that name answers within the limit
   */
  Optional<StoppingProcess> stop(
      String process, StopOrder.Action action, String by, Duration limit);

  /** Asks the broker for the depth of work queues, in the order asked. */
  List<QueueDepth> queues(Collection<String> queues);
}
