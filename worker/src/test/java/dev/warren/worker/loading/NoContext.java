package dev.warren.worker.loading;

import dev.warren.api.TaskContext;
import dev.warren.api.TaskId;
import dev.warren.api.TaskType;
import java.time.Instant;

/** A context for bodies that do not look at it. */
final class NoContext implements TaskContext {
  @Override
  public TaskId id() {
    return TaskId.next();
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
    return "";
  }

  @Override
  public Instant deadline() {
    return Instant.MAX;
  }

  @Override
  public boolean cancelled() {
    return false;
  }

  @Override
  public void onCancel(Runnable action) {}

  @Override
  public void progress(double fraction, String message) {}

  @Override
  public void log(String message) {}

  @Override
  public <A> TaskId submit(TaskType<A, ?> type, A arguments) {
    throw new UnsupportedOperationException();
  }
}
