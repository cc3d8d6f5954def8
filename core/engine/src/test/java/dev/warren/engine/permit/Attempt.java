package dev.warren.engine.permit;

import dev.warren.api.TaskId;
import dev.warren.api.TaskType;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.delivery.Admission;
import dev.warren.engine.wire.TaskMessage;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** What the engine would do with an attempt. */
class Attempt implements Admission.Candidate {
  final AtomicInteger entered = new AtomicInteger();
  final AtomicInteger takenBack = new AtomicInteger();
  private final Queue<Runnable> gone = new ConcurrentLinkedQueue<>();
  private final TaskType<String, String> type;

  Attempt(TaskType<String, String> type) {
    this.type = type;
  }

  @Override
  public TaskMessage task() {
    return TaskMessage.of(
        TaskId.next(), type.name(), "default", JsonText.of("\"x\""), Instant.now());
  }

  @Override
  public void enter() {
    entered.incrementAndGet();
  }

  @Override
  public boolean goAway(Admission.Answer.Away away) {
    throw new AssertionError("nobody is sent away");
  }

  @Override
  public void whenOver(Runnable action) {
    gone.add(action);
  }

  @Override
  public void whenGone(Runnable action) {
    gone.add(action);
  }

  @Override
  public void takeBack(Admission.Answer.Away away) {
    takenBack.incrementAndGet();
  }

  void end() {
    gone.forEach(Runnable::run);
  }
}
