package dev.warren.bench.lane;

import dev.warren.api.Outcome;
import dev.warren.api.SubmitOptions;
import dev.warren.api.TaskHandle;
import dev.warren.api.TaskType;
import dev.warren.producer.WarrenClient;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/** Tasks of a type, submitted together, and what becomes of them. */
final class Volley<R> {
  private final List<CompletableFuture<Outcome<R>>> outcomes;
  private final AtomicLong lastSuccess = new AtomicLong();
  private final long began = System.nanoTime();

  private <A> Volley(WarrenClient client, TaskType<A, R> type, A arguments, int count) {
    outcomes =
        IntStream.range(0, count)
            .mapToObj(
                each ->
                    client
                        .submitAsync(type, arguments, SubmitOptions.DEFAULT)
                        .thenCompose(TaskHandle::outcome)
                        .thenApply(this::note)
                        .toCompletableFuture())
            .toList();
  }

  /** Submits so many, all with the same arguments. */
  static <A, R> Volley<R> send(WarrenClient client, TaskType<A, R> type, A arguments, int count) {
    return new Volley<>(client, type, arguments, count);
  }

  private Outcome<R> note(Outcome<R> outcome) {
    if (outcome instanceof Outcome.Succeeded<R>) {
      lastSuccess.accumulateAndGet(System.nanoTime(), Math::max);
    }
    return outcome;
  }

  /** Waits until all have ended; false if the limit passes first. */
  boolean await(Duration limit) throws InterruptedException {
    try {
      CompletableFuture.allOf(outcomes.toArray(CompletableFuture<?>[]::new))
          .get(Math.max(0, limit.toNanos()), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException unfinished) {
      return false;
    } catch (ExecutionException refused) {
      // Those of which nothing is known are counted.
      return outcomes.stream().allMatch(CompletableFuture::isDone);
    }
  }

  /** What has become of them so far; what has not ended counts as lost. */
  LanesReport.Count count() {
    int succeeded = results().size();
    int ended = Math.toIntExact(outcomes.stream().filter(one -> outcome(one).isPresent()).count());
    return new LanesReport.Count(
        outcomes.size(), succeeded, ended - succeeded, outcomes.size() - ended);
  }

  /** The results of those that have succeeded so far. */
  List<R> results() {
    return outcomes.stream()
        .flatMap(one -> outcome(one).stream())
        .flatMap(
            one ->
                one instanceof Outcome.Succeeded<R>(R result)
                    ? Optional.of(result).stream()
                    : Optional.<R>empty().stream())
        .toList();
  }

  /** How the first of them has ended, if it has. */
  Optional<Outcome<R>> first() {
    return outcome(outcomes.getFirst());
  }

  /** When the last success was heard of, from the first submission. */
  double secondsToLastSuccess() {
    return lastSuccess.get() == 0 ? 0 : (lastSuccess.get() - began) / 1e9;
  }

  private Optional<Outcome<R>> outcome(CompletableFuture<Outcome<R>> of) {
    return of.isDone() && !of.isCompletedExceptionally()
        ? Optional.of(of.join())
        : Optional.empty();
  }
}
