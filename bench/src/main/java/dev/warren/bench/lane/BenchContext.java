package dev.warren.bench.lane;

import dev.warren.api.TaskContext;
import dev.warren.api.TaskId;
import dev.warren.api.TaskType;
import java.time.Instant;

/** What an attempt sees of itself where there is no engine. */
record BenchContext(TaskId id, Instant deadline) implements TaskContext {
  static BenchContext next() {
    return new BenchContext(TaskId.next(), Instant.now().plusSeconds(600));
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
    return id + "-1";
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
    throw new UnsupportedOperationException("nothing is submitted here");
  }
}
