package dev.warren.gateway.lane;

import dev.warren.api.TaskContext;
import dev.warren.api.TaskId;
import dev.warren.api.TaskType;
import io.vertx.core.Context;
import java.time.Instant;

/** The context of an attempt whose callbacks come on its own Vert.x context. */
final class OwnContext implements TaskContext {
  private final TaskContext attempt;
  private final Context own;

  OwnContext(TaskContext attempt, Context own) {
    this.attempt = attempt;
    this.own = own;
  }

  @Override
  public TaskId id() {
    return attempt.id();
  }

  @Override
  public int generation() {
    return attempt.generation();
  }

  @Override
  public int attempt() {
    return attempt.attempt();
  }

  @Override
  public String idempotencyKey() {
    return attempt.idempotencyKey();
  }

  @Override
  public Instant deadline() {
    return attempt.deadline();
  }

  @Override
  public boolean cancelled() {
    return attempt.cancelled();
  }

  @Override
  public void onCancel(Runnable action) {
    attempt.onCancel(() -> own.runOnContext(told -> action.run()));
  }

  @Override
  public void progress(double fraction, String message) {
    attempt.progress(fraction, message);
  }

  @Override
  public void log(String message) {
    attempt.log(message);
  }

  @Override
  public <A> TaskId submit(TaskType<A, ?> type, A arguments) {
    return attempt.submit(type, arguments);
  }
}
