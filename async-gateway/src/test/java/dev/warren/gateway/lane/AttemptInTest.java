package dev.warren.gateway.lane;

import dev.warren.api.TaskContext;
import dev.warren.api.TaskId;
import dev.warren.api.TaskType;
import dev.warren.api.Verdict;
import dev.warren.engine.delivery.Attempt;
import dev.warren.engine.delivery.Registration;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** An attempt that no engine runs, and all of it that its handler sees. */
public final class AttemptInTest<A, R> implements Attempt, TaskContext, Registration.Answer<R> {
  private final TaskId id = TaskId.next();
  private final Registration<A, R> registration;
  private final A arguments;
  private final List<Runnable> onCancel = new CopyOnWriteArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final List<Runnable> whenOver = new ArrayList<>();
  private final AtomicInteger answers = new AtomicInteger();
  private final CompletableFuture<Verdict<R>> verdict = new CompletableFuture<>();
  private boolean over;
  private volatile boolean cancelled;

  public AttemptInTest(Registration<A, R> registration, A arguments) {
    this.registration = registration;
    this.arguments = arguments;
  }

  /** How it ended; exceptionally if it failed. */
  public CompletableFuture<Verdict<R>> verdict() {
    return verdict;
  }

  /** How often its body has answered. */
  public int answers() {
    return answers.get();
  }

  /** Tells it to stop. */
  public void cancel() {
    cancelled = true;
    onCancel.forEach(Runnable::run);
  }

  /** As when a process drains: it is over without having run. */
  public void giveBack() {
    over();
  }

  @Override
  public void run() {
    lock.lock();
    try {
      if (over) {
        return;
      }
    } finally {
      lock.unlock();
    }
    try {
      registration.body().run(arguments, this, this);
    } catch (Exception thrown) {
      failed(thrown);
    }
  }

  @Override
  public void accept(Verdict<R> given) {
    answers.incrementAndGet();
    verdict.complete(given);
    over();
  }

  @Override
  public void failed(Throwable error) {
    answers.incrementAndGet();
    verdict.completeExceptionally(error);
    over();
  }

  private void over() {
    List<Runnable> actions;
    lock.lock();
    try {
      if (over) {
        return;
      }
      over = true;
      actions = List.copyOf(whenOver);
    } finally {
      lock.unlock();
    }
    actions.forEach(Runnable::run);
  }

  @Override
  public void whenOver(Runnable action) {
    lock.lock();
    try {
      if (!over) {
        whenOver.add(action);
        return;
      }
    } finally {
      lock.unlock();
    }
    action.run();
  }

  @Override
  public TaskId task() {
    return id;
  }

  @Override
  public String type() {
    return registration.type().name();
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
    return id + "-1";
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
  public void progress(double fraction, String message) {}

  @Override
  public void log(String message) {}

  @Override
  public <B> TaskId submit(TaskType<B, ?> type, @Nullable B next) {
    throw new UnsupportedOperationException("nothing is submitted here");
  }
}
