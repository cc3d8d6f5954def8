package dev.warren.engine.settle;

import dev.warren.engine.settle.SimulatedBooks.TaskGeneration;
import dev.warren.engine.wire.TaskMessage;
import java.util.HashMap;
import java.util.Map;

/**
 * A stream of cancelled tasks and how far each worker has read it. A worker that comes up reads all
 * before its first task; afterwards it hears late.
 */
final class SimulatedCancellations {
  private final Map<TaskGeneration, Integer> stream = new HashMap<>();
  private final Planted planted;
  private final int[] heard;

  /** What a worker has to know, whether or not it does. */
  private final int[] due;

  SimulatedCancellations(int workers, Planted planted) {
    this.planted = planted;
    this.heard = new int[workers];
    this.due = new int[workers];
  }

  void add(TaskGeneration task) {
    stream.putIfAbsent(task, stream.size());
  }

  boolean contains(TaskGeneration task) {
    return stream.containsKey(task);
  }

  /** The worker starts anew. */
  void comesUp(int worker) {
    due[worker] = stream.size();
    boolean waits = planted != Planted.TAKES_TASKS_BEFORE_IT_KNOWS_WHAT_IS_CANCELLED;
    heard[worker] = waits ? stream.size() : 0;
  }

  /** The worker hears all there is; whether there was anything new. */
  boolean hears(int worker) {
    boolean news = heard[worker] < stream.size();
    heard[worker] = stream.size();
    due[worker] = stream.size();
    return news;
  }

  /** Whether the worker takes a task of a message for cancelled. */
  boolean isTakenForCancelled(int worker, SimulatedBroker.Message message, TaskMessage task) {
    return switch (planted) {
      case CANCELS_THE_NEIGHBOURS_IN_A_CHUNK ->
          message.tasks.stream().anyMatch(each -> isKnown(worker, TaskGeneration.of(each)));
      case CANCELS_EVERY_GENERATION ->
          isKnown(worker, new TaskGeneration(task.id(), 1))
              || isKnown(worker, TaskGeneration.of(task));
      default -> isKnown(worker, TaskGeneration.of(task));
    };
  }

  private boolean isKnown(int worker, TaskGeneration task) {
    return isAmong(heard[worker], task);
  }

  /** Whether the worker must know. */
  boolean mustBeKnown(int worker, TaskGeneration task) {
    return isAmong(due[worker], task);
  }

  private boolean isAmong(int first, TaskGeneration task) {
    Integer place = first == 0 ? null : stream.get(task);
    return place != null && place < first;
  }
}
