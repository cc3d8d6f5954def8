package dev.warren.producer.cli;

import dev.warren.api.AwaitTimeoutException;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.producer.WarrenClient;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * How long a task takes when nothing runs beside it: some are run one after another, each alone.
 * What runs beside others takes longer, as they share processors, and would flatter the fleet.
 */
final class DemoAlone {
  private final WarrenClient client;
  private final Duration limit;

  /**
   * @param limit the longest that a single task may take
   */
  DemoAlone(WarrenClient client, Duration limit) {
    this.client = client;
    this.limit = limit;
  }

  /** The mean run time of the samples. Zero for work without samples. */
  Duration of(DemoWork work) throws InterruptedException {
    if (work.samples() == 0) {
      return Duration.ZERO;
    }
    Duration sum = Duration.ZERO;
    // Two rounds: a JVM runs anything slowly for the first time.
    for (int round = 0; round < 2; round++) {
      sum = Duration.ZERO;
      for (int i = 0; i < work.samples(); i++) {
        sum = sum.plus(run(work, (int) ((long) work.count() * i / work.samples())));
      }
    }
    return sum.dividedBy(work.samples());
  }

  private Duration run(DemoWork work, int number) throws InterruptedException {
    try {
      OutcomeEvent outcome =
          client
              .submit(work.task(number).withOutcomeWanted(true))
              .outcome()
              .toCompletableFuture()
              .get(limit.toNanos(), TimeUnit.NANOSECONDS);
      return outcome.startedAt() == null
          ? Duration.ZERO
          : Duration.between(outcome.startedAt(), outcome.endedAt());
    } catch (TimeoutException late) {
      throw new AwaitTimeoutException(
          "no result of a task '"
              + work.type()
              + "' for "
              + DurationText.of(limit)
              + "; are workers and gateway running?",
          late);
    } catch (ExecutionException failed) {
      throw new IllegalStateException(failed.getCause());
    }
  }
}
