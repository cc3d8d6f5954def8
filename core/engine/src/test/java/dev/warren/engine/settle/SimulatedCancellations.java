package dev.warren.engine.settle;

import dev.warren.engine.settle.SimulatedBooks.TaskGeneration;
import java.util.HashMap;
import java.util.Map;

/**
 * A stream of cancelled tasks and how far each worker has read it. A worker that comes up reads all
 * before its first task; afterwards it hears late.
 */
final class SimulatedCancellations {
  private final Map<TaskGeneration, Integer> stream = new HashMap<>();
  private final boolean readsAllAtFirst;
  private final int[] heard;

  /** What a worker has to know, whether or not it does. */
  private final int[] due;

  SimulatedCancellations(int workers, boolean readsAllAtFirst) {
    this.readsAllAtFirst = readsAllAtFirst;
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
    heard[worker] = readsAllAtFirst ? stream.size() : 0;
  }

  /** The worker hears all there is; whether there was anything new. */
  boolean hears(int worker) {
    boolean news = heard[worker] < stream.size();
    heard[worker] = stream.size();
    due[worker] = stream.size();
    return news;
  }

  /** Whether the worker knows that the task is cancelled. */
  boolean known(int worker, TaskGeneration task) {
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
