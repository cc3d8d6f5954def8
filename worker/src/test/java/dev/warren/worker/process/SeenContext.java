package dev.warren.worker.process;

import dev.warren.api.TaskContext;
import dev.warren.api.TaskId;
import dev.warren.api.TaskType;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what an attempt says. */
final class SeenContext implements TaskContext {
  private final TaskId id = TaskId.next();
  final List<String> said = new CopyOnWriteArrayList<>();

  @Override
  public TaskId id() {
    return id;
  }

  @Override
  public int generation() {
    return 2;
  }

  @Override
  public int attempt() {
    return 3;
  }

  @Override
  public String idempotencyKey() {
    return id + "-2";
  }

  @Override
  public Instant deadline() {
    return Instant.parse("2030-01-01T00:00:00Z");
  }

  @Override
  public boolean cancelled() {
    return false;
  }

  @Override
  public void onCancel(Runnable action) {}

  @Override
  public void progress(double fraction, String message) {
    said.add("progress " + fraction + " " + message);
  }

  @Override
  public void log(String message) {
    said.add("log " + message);
  }

  @Override
  public <A> TaskId submit(TaskType<A, ?> type, A arguments) {
    said.add("submit " + type.name() + " to " + type.options().queue() + ": " + arguments);
    return TaskId.derived(id, 2, "submit/1");
  }
}
