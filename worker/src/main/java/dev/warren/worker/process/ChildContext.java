package dev.warren.worker.process;

import dev.warren.api.TaskContext;
import dev.warren.api.TaskId;
import dev.warren.api.TaskType;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a handler in a child sees of its attempt; the worker answers. Safe for concurrent use. */
final class ChildContext implements TaskContext {
  private static final Logger LOG = LoggerFactory.getLogger(ChildContext.class);
  private static final long ANSWER_SECONDS = 30;

  private final int run;
  private final Told.Work work;
  private final Link worker;
  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock.
  private final List<Runnable> onCancel = new ArrayList<>(0);
  private final Map<Integer, CompletableFuture<TaskId>> submitted = new HashMap<>();
  private boolean cancelled;
  private int submissions;

  ChildContext(int run, Told.Work work, Link worker) {
    this.run = run;
    this.work = work;
    this.worker = worker;
  }

  int run() {
    return run;
  }

  @Override
  public TaskId id() {
    return work.task();
  }

  @Override
  public int generation() {
    return work.generation();
  }

  @Override
  public int attempt() {
    return work.attempt();
  }

  @Override
  public String idempotencyKey() {
    return work.key();
  }

  @Override
  public Instant deadline() {
    return work.deadline();
  }

  @Override
  public boolean cancelled() {
    lock.lock();
    try {
      return cancelled;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void onCancel(Runnable action) {
    lock.lock();
    try {
      if (!cancelled) {
        onCancel.add(action);
        return;
      }
    } finally {
      lock.unlock();
    }
    action.run();
  }

  @Override
  public void progress(double fraction, String message) {
    say(new Said.Progress(run, fraction, message));
  }

  @Override
  public void log(String message) {
    say(new Said.Log(run, message));
  }

  @Override
  public <A> TaskId submit(TaskType<A, ?> type, A arguments) {
    CompletableFuture<TaskId> answer = new CompletableFuture<>();
    int number;
    lock.lock();
    try {
      number = ++submissions;
      submitted.put(number, answer);
    } finally {
      lock.unlock();
    }
    say(
        new Said.Submit(
            run,
            number,
            OfferedType.of(type),
            JsonCodec.write(arguments, "arguments of a " + type.name())));
    try {
      return answer.get(ANSWER_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException none) {
      throw new IllegalStateException("the worker does not answer a submission", none);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("stopped while a task was submitted", stopped);
    }
  }

  void submitted(Told.Submitted told) {
    CompletableFuture<TaskId> answer;
    lock.lock();
    try {
      answer = submitted.remove(told.number());
    } finally {
      lock.unlock();
    }
    if (answer != null && told.run() == run) {
      answer.complete(told.task());
    }
  }

  /** Tells the handler to stop: runs its actions, once. */
  void cancel() {
    List<Runnable> actions;
    lock.lock();
    try {
      if (cancelled) {
        return;
      }
      cancelled = true;
      actions = List.copyOf(onCancel);
    } finally {
      lock.unlock();
    }
    for (Runnable action : actions) {
      try {
        action.run();
      } catch (RuntimeException broken) {
        LOG.warn("an onCancel action of task {} failed", work.task(), broken);
      }
    }
  }

  /** What is too large would end the link, and the process with it. */
  private void say(Said said) {
    JsonText message = MessageCodec.write(said);
    if (message.size() > Link.LARGEST_MESSAGE) {
      throw new IllegalArgumentException(
          "%d bytes are more than a message to the worker takes: %d"
              .formatted(message.size(), Link.LARGEST_MESSAGE));
    }
    worker.sendSurely(message);
  }
}
