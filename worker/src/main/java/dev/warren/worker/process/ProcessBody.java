package dev.warren.worker.process;

import dev.warren.api.Failure;
import dev.warren.api.Json;
import dev.warren.api.TaskContext;
import dev.warren.api.Verdict;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.delivery.NotStartedException;
import dev.warren.engine.delivery.Registration;
import dev.warren.worker.status.Memory;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs an attempt in a child. When the attempt is to stop (its thread is interrupted: time limit,
 * cancellation, end of the worker) the child is asked, then told by SIGTERM, then killed with all
 * that it started; whatever happens to it, it costs this attempt alone.
 */
final class ProcessBody implements Registration.Body<Json, Json> {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessBody.class);

  private final String type;
  private final ChildPool pool;
  private final Duration patience;

  /**
   * @param patience what the child gets to end when it is asked, and once more after SIGTERM
   */
  ProcessBody(String type, ChildPool pool, Duration patience) {
    this.type = type;
    this.pool = pool;
    this.patience = patience;
  }

  @Override
  public void run(Json arguments, TaskContext context, Registration.Answer<Json> answer) {
    while (!ran(arguments, context, answer)) {
      LOG.debug("a child process ended before it got its attempt: taking another");
    }
  }

  /** False if the child was gone before it got the attempt. */
  private boolean ran(Json arguments, TaskContext context, Registration.Answer<Json> answer) {
    ChildProcess child = take();
    boolean fit = false;
    try {
      Optional<Duration> used = answer.wantsUsage() ? cpu(child) : Optional.empty();
      CompletableFuture<Said.Ended> ended =
          child.begin(work(context), JsonText.of(arguments.text()), context);
      Verdict<Json> verdict = verdict(child, ended, context.deadline());
      fit = child.usable();
      used.ifPresent(cpu -> tell(answer, child, cpu));
      answer.accept(verdict);
      return true;
    } catch (ChildProcess.GoneException before) {
      return false;
    } finally {
      pool.give(child, fit);
    }
  }

  private static void tell(Registration.Answer<Json> answer, ChildProcess child, Duration before) {
    Optional<Duration> after = cpu(child);
    OptionalLong resident = Memory.of(child.pid());
    if (after.isPresent() && resident.isPresent() && after.get().compareTo(before) >= 0) {
      answer.used(after.get().minus(before), resident.getAsLong());
    }
  }

  /** How long its threads have computed; Linux tells it to 10 ms. */
  private static Optional<Duration> cpu(ChildProcess child) {
    return ProcessHandle.of(child.pid()).flatMap(process -> process.info().totalCpuDuration());
  }

  private ChildProcess take() {
    try {
      return pool.take();
    } catch (IOException none) {
      throw new NotStartedException(none.getMessage() + "", none);
    } catch (InterruptedException stop) {
      // A time limit that passed before there was a child is not the task's fault.
      Thread.currentThread().interrupt();
      throw new NotStartedException("no child process was free in time", stop);
    }
  }

  private Told.Work work(TaskContext context) {
    return new Told.Work(
        context.id(),
        type,
        context.generation(),
        context.attempt(),
        context.idempotencyKey(),
        context.deadline());
  }

  private Verdict<Json> verdict(
      ChildProcess child, CompletableFuture<Said.Ended> ended, Instant deadline) {
    try {
      return verdict(ended.get());
    } catch (ExecutionException gone) {
      return crashed(child);
    } catch (InterruptedException stop) {
      return stopped(child, ended, deadline);
    }
  }

  private static Verdict<Json> verdict(Said.Ended ended) {
    return switch (ended) {
      case Said.Done(int run, JsonText result) -> Verdict.done(new Json(result.toString()));
      case Said.Retry(int run, Failure failure, Duration after) ->
          after == null ? Verdict.retry(failure) : Verdict.retryAfter(after, failure);
      case Said.Snooze(int run, Duration pause) -> Verdict.snooze(pause);
      case Said.Reject(int run, Failure failure) -> Verdict.reject(failure);
    };
  }

  private static Verdict<Json> crashed(ChildProcess child) {
    String how = child.howItEnded();
    LOG.warn("{}: {}", child, how);
    // What it started must not go on beside the next attempt.
    child.kill();
    String message = "the process that ran the attempt is gone: " + how;
    return Verdict.retry(new Failure(Failure.PROCESS_CRASHED, message, child.lastLines()));
  }

  private Verdict<Json> stopped(
      ChildProcess child, CompletableFuture<Said.Ended> ended, Instant deadline) {
    child.cancel("it should stop");
    Said.Ended answer = within(ended);
    String done = "the process was asked to stop";
    if (answer == null && child.alive()) {
      child.terminate();
      answer = within(ended);
      done = "the process ended on SIGTERM";
      if (answer == null && child.alive()) {
        child.kill();
        done = "the process was killed (SIGKILL), as it did not end on SIGTERM";
      }
    }
    if (answer != null) {
      return verdict(answer);
    }
    // What it started and left may be there although it has ended itself.
    child.kill();
    LOG.info("{}: {}", child, done);
    boolean late = !Instant.now().isBefore(deadline);
    return Verdict.retry(
        late
            ? new Failure(
                Failure.TIME_LIMIT, "it ran beyond its time limit: " + done, child.lastLines())
            : new Failure("ProcessStopped", done, child.lastLines()));
  }

  /** The answer, if it comes within the patience; the interrupts of the stop have been heard. */
  private Said.@Nullable Ended within(CompletableFuture<Said.Ended> ended) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      try {
        return ended.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
      } catch (TimeoutException | ExecutionException none) {
        return null;
      } catch (InterruptedException again) {
        LOG.trace("told to stop once more");
      }
    }
  }
}
