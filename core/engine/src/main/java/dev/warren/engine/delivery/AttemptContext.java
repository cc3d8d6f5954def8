package dev.warren.engine.delivery;

import dev.warren.api.TaskContext;
import dev.warren.api.TaskId;
import dev.warren.api.TaskType;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.wire.Progress;
import dev.warren.engine.wire.TaskMessage;
import dev.warren.engine.wire.TaskTerms;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a handler sees of its attempt. Safe for concurrent use. */
final class AttemptContext implements TaskContext {
  private static final Logger LOG = LoggerFactory.getLogger("dev.warren.task");

  private final TaskMessage task;
  private final Instant deadline;
  private final Clock clock;

  private final StopSignal stop;
  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock.
  private final List<TaskMessage> followUps = new ArrayList<>(0);

  private final AttemptProgress progress;

  AttemptContext(TaskMessage task, Instant deadline, Clock clock, AttemptProgress progress) {
    this.task = task;
    this.progress = progress;
    this.stop = new StopSignal(task.id());
    this.deadline = deadline;
    this.clock = clock;
  }

  @Override
  public TaskId id() {
    return task.id();
  }

  @Override
  public int generation() {
    return task.generation();
  }

  @Override
  public int attempt() {
    return task.attempt();
  }

  @Override
  public String idempotencyKey() {
    return task.id() + "-" + task.generation();
  }

  @Override
  public Instant deadline() {
    return deadline;
  }

  @Override
  public boolean cancelled() {
    return stop.given();
  }

  @Override
  public void onCancel(Runnable action) {
    stop.whenGiven(action);
  }

  @Override
  public void progress(double fraction, String message) {
    progress.report(new Progress(fraction, message, clock.instant()));
  }

  @Override
  public void log(String message) {
    LOG.info("{}", message);
  }

  @Override
  public <A> TaskId submit(TaskType<A, ?> type, A arguments) {
    Instant now = clock.instant();
    lock.lock();
    try {
      TaskId id = TaskId.derived(task.id(), task.generation(), "submit/" + (followUps.size() + 1));
      followUps.add(
          TaskMessage.of(
                  id,
                  type.name(),
                  type.options().queue(),
                  JsonCodec.writePart(arguments, "arguments of task " + id),
                  now)
              .withTerms(TaskTerms.of(type.options(), dev.warren.api.SubmitOptions.DEFAULT, now))
              .withLineage(task.lineage().childOf(task.id())));
      return id;
    } finally {
      lock.unlock();
    }
  }

  /** What it has said of its progress. */
  AttemptProgress progress() {
    return progress;
  }

  List<TaskMessage> followUps() {
    lock.lock();
    try {
      return List.copyOf(followUps);
    } finally {
      lock.unlock();
    }
  }

  /** Tells the handler to stop. */
  void cancel() {
    stop.give();
  }
}
