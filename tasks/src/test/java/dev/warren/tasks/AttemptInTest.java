package dev.warren.tasks;

import dev.warren.api.TaskContext;
import dev.warren.api.TaskId;
import dev.warren.api.TaskType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The context of an attempt that no worker runs. */
public final class AttemptInTest implements TaskContext {
  private final TaskId id = TaskId.next();
  private final List<Runnable> onCancel = new CopyOnWriteArrayList<>();
  private final List<Double> progress = new CopyOnWriteArrayList<>();
  private volatile boolean cancelled;

  public void cancel() {
    cancelled = true;
    onCancel.forEach(Runnable::run);
  }

  List<Double> progress() {
    return List.copyOf(progress);
  }

  @Override
  public TaskId id() {
    return id;
  }

  @Override
  public int generation() {
    return 1;
  }

  @Override
  public int attempt() {
    return 1;
  }

  @Override
  public String idempotencyKey() {
    return id + "/1";
  }

  @Override
  public Instant deadline() {
    return Instant.now().plus(Duration.ofMinutes(10));
  }

  @Override
  public boolean cancelled() {
    return cancelled;
  }

  @Override
  public void onCancel(Runnable action) {
    onCancel.add(action);
    if (cancelled) {
      action.run();
    }
  }

  @Override
  public void progress(double fraction, String message) {
    progress.add(fraction);
  }

  @Override
  public void log(String message) {}

  @Override
  public <A> TaskId submit(TaskType<A, ?> type, A arguments) {
    throw new UnsupportedOperationException("no built-in task submits tasks");
  }
}
