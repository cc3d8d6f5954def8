package dev.warren.engine.settle;

import dev.warren.api.TaskId;
import java.util.ArrayList;
import java.util.List;

/**
 * A stream of cancelled tasks and how far each worker has read it. A worker that comes up reads all
 * before its first task; afterwards it hears late.
 */
final class SimulatedCancellations {
  private final List<TaskId> stream = new ArrayList<>();
  private final boolean readsAllAtFirst;
  private final int[] heard;

  /** What a worker has to know, whether or not it does. */
  private final int[] due;

  SimulatedCancellations(int workers, boolean readsAllAtFirst) {
    this.readsAllAtFirst = readsAllAtFirst;
    this.heard = new int[workers];
    this.due = new int[workers];
  }

  void add(TaskId task) {
    stream.add(task);
  }

  boolean contains(TaskId task) {
    return stream.contains(task);
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
  boolean known(int worker, TaskId task) {
    return stream.subList(0, heard[worker]).contains(task);
  }

  /** Whether the worker must know. */
  boolean mustBeKnown(int worker, TaskId task) {
    return stream.subList(0, due[worker]).contains(task);
  }
}
