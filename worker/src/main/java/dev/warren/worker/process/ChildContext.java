package dev.warren.worker.process;

import dev.warren.api.TaskContext;
import dev.warren.api.TaskId;
import dev.warren.api.TaskType;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.delivery.StopSignal;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/** What a handler in a child sees of its attempt; the worker answers. Safe for concurrent use. */
final class ChildContext implements TaskContext {
  private static final long ANSWER_SECONDS = 30;

  private final int run;
  private final Told.Work work;
  private final Link worker;
  private final StopSignal stop;
  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock.
  private final Map<Integer, CompletableFuture<TaskId>> submitted = new HashMap<>();
  private int submissions;

  ChildContext(int run, Told.Work work, Link worker) {
    this.run = run;
    this.work = work;
    this.stop = new StopSignal(work.task());
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
    return stop.given();
  }

  @Override
  public void onCancel(Runnable action) {
    stop.whenGiven(action);
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

  /** Tells the handler to stop. */
  void cancel() {
    stop.give();
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
