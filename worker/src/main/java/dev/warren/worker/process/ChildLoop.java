package dev.warren.worker.process;

import dev.warren.api.CodecException;
import dev.warren.api.Failure;
import dev.warren.api.RejectedTask;
import dev.warren.api.TaskProvider;
import dev.warren.api.Verdict;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.delivery.Registration;
import dev.warren.engine.shutdown.LastResort;
import dev.warren.worker.loading.LoadedTasks;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What a child does: loads, then runs one attempt after the other, on the main thread. */
final class ChildLoop implements Link.Receiver {
  private final List<TaskProvider> providers;
  private final Duration lastWords;
  private final BlockingQueue<Told> told = new LinkedBlockingQueue<>();
  private final Thread runner = Thread.currentThread();
  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock.
  private @Nullable ChildContext current;
  private boolean interruptible;

  private volatile boolean lost;
  private @Nullable Link link;

  /**
   * @param providers of tasks beside those on the class path and in jars
   * @param lastWords how long a handler may ignore that its worker is gone
   */
  ChildLoop(List<TaskProvider> providers, Duration lastWords) {
    this.providers = providers;
    this.lastWords = lastWords;
  }

  void start(Link to) throws IOException {
    link = to;
    to.start();
  }

  /** Runs until the worker is gone; answers the exit code. */
  int run() throws InterruptedException {
    Link worker = link();
    Told first = told.take();
    if (!(first instanceof Told.Load(List<String> jars, Map<String, String> settings))) {
      return lost ? 0 : 1;
    }
    try (LoadedTasks tasks =
        LoadedTasks.load(providers, jars.stream().map(Path::of).toList(), settings)) {
      Map<String, Registration<?, ?>> byType = new HashMap<>();
      tasks.registrations().forEach(one -> byType.put(one.type().name(), one));
      worker.sendSurely(
          MessageCodec.write(
              new Said.Ready(
                  tasks.registrations().stream().map(one -> OfferedType.of(one.type())).toList())));
      while (true) {
        if (told.take() instanceof Told.Run run) {
          attempt(run, byType.get(run.work().type()));
        } else if (lost) {
          return 0;
        }
      }
    }
  }

  @Override
  public void received(JsonText message) {
    Told now = MessageCodec.readTold(message);
    switch (now) {
      case Told.Load load -> told.add(load);
      case Told.Run run -> told.add(run);
      case Told.Cancel(int run, String reason) -> cancel(run);
      case Told.Submitted submitted -> {
        ChildContext context = context();
        if (context != null) {
          context.submitted(submitted);
        }
      }
    }
  }

  @Override
  public void lost(String why) {
    lost = true;
    told.add(new Told.Cancel(0, why));
    // Whatever it does, be it to load its tasks: one that waits for an attempt ends by itself.
    LastResort.haltAfter(lastWords, 1);
    ChildContext running = context();
    if (running != null) {
      cancel(running.run());
    }
  }

  private void attempt(Told.Run run, @Nullable Registration<?, ?> registration) {
    ChildContext context = new ChildContext(run.run(), run.work(), link());
    enter(context);
    Said.Ended ended;
    try {
      ended =
          registration == null
              ? new Said.Reject(
                  run.run(),
                  Failure.of(
                      Failure.UNKNOWN_TYPE,
                      "the child process does not know the type '" + run.work().type() + "'"))
              : ended(run, registration, context);
    } catch (Throwable failed) {
      // Throwable: an Error of a handler is a failed attempt of its task.
      ended = failed(run.run(), failed, registration);
    } finally {
      leave();
    }
    JsonText message = MessageCodec.write(ended);
    link()
        .sendSurely(
            message.size() <= Link.LARGEST_MESSAGE
                ? message
                : MessageCodec.write(tooLarge(run, message.size())));
  }

  private static Said.Ended tooLarge(Told.Run run, int size) {
    return new Said.Reject(
        run.run(),
        Failure.of(
            Failure.RESULT_TOO_LARGE,
            "the answer of task %s takes %d bytes; at most %d reach the worker: store the data elsewhere and return its address"
                .formatted(run.work().task(), size, Link.LARGEST_MESSAGE)));
  }

  private static <A, R extends @Nullable Object> Said.Ended ended(
      Told.Run run, Registration<A, R> registration, ChildContext context) throws Exception {
    String what = "arguments of task " + run.work().task();
    A arguments = JsonCodec.read(run.arguments(), registration.type().argumentType(), what);
    if (arguments == null && registration.type().argumentType() != Object.class) {
      throw new CodecException(what + " are null");
    }
    OneAnswer<R> answer = new OneAnswer<>();
    registration.body().run(cast(arguments), context, answer);
    return answer.ended(run, registration);
  }

  /** {@code null} reaches only bodies whose argument is any JSON value. */
  @SuppressWarnings("NullAway")
  private static <A> A cast(@Nullable A arguments) {
    return arguments;
  }

  /** Bodies that block have answered when they return. */
  private static final class OneAnswer<R extends @Nullable Object>
      implements Registration.Answer<R> {
    private final AtomicBoolean answered = new AtomicBoolean();
    private @Nullable Verdict<R> verdict;
    private @Nullable Throwable failure;

    @Override
    public void accept(Verdict<R> given) {
      if (answered.compareAndSet(false, true)) {
        verdict = given;
      }
    }

    @Override
    public void failed(Throwable error) {
      if (answered.compareAndSet(false, true)) {
        failure = error;
      }
    }

    Said.Ended ended(Told.Run run, Registration<?, R> registration) {
      if (failure != null) {
        return ChildLoop.failed(run.run(), failure, registration);
      }
      return switch (verdict) {
        case null ->
            new Said.Retry(run.run(), Failure.of("NoAnswer", "the handler gave no answer"), null);
        case Verdict.Done<R>(R result) ->
            new Said.Done(
                run.run(), JsonCodec.write(result, "result of task " + run.work().task()));
        case Verdict.Retry<R>(Failure why, Duration pause) -> new Said.Retry(run.run(), why, pause);
        case Verdict.Snooze<R>(Duration pause) -> new Said.Snooze(run.run(), pause);
        case Verdict.Reject<R>(Failure why) -> new Said.Reject(run.run(), why);
      };
    }
  }

  private static Said.Ended failed(
      int run, Throwable failed, @Nullable Registration<?, ?> registration) {
    if (failed instanceof RejectedTask rejected) {
      String message = rejected.getMessage();
      return new Said.Reject(run, Failure.of("Rejected", message == null ? "" : message));
    }
    if (failed instanceof CodecException unfit) {
      return new Said.Reject(run, Failure.of(Failure.INVALID_TASK, unfit.getMessage() + ""));
    }
    boolean again = registration == null || registration.type().options().retries(failed);
    return again
        ? new Said.Retry(run, Failure.of(failed), null)
        : new Said.Reject(run, Failure.of(failed));
  }

  private void enter(ChildContext context) {
    lock.lock();
    try {
      current = context;
      interruptible = true;
    } finally {
      lock.unlock();
    }
  }

  private void leave() {
    lock.lock();
    try {
      current = null;
      interruptible = false;
    } finally {
      lock.unlock();
    }
    // An interrupt that was meant for the attempt must not reach the next.
    Thread.interrupted();
  }

  private @Nullable ChildContext context() {
    lock.lock();
    try {
      return current;
    } finally {
      lock.unlock();
    }
  }

  private void cancel(int run) {
    ChildContext running = context();
    if (running == null || running.run() != run) {
      return;
    }
    running.cancel();
    lock.lock();
    try {
      if (interruptible && current == running) {
        runner.interrupt();
      }
    } finally {
      lock.unlock();
    }
  }

  private Link link() {
    if (link == null) {
      throw new IllegalStateException("not started");
    }
    return link;
  }
}
