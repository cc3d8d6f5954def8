package dev.warren.producer;

import dev.warren.api.SendDeadlineException;
import dev.warren.api.WarrenException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Blocks until the broker has answered. */
final class Confirms {
  /** Beyond the send deadline, after which the publisher has certainly answered. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  private Confirms() {}

  /** After so long the publisher has certainly answered for what it was given. */
  static Duration limit(Duration sendDeadline) {
    return sendDeadline.plus(GRACE);
  }

  /**
   * Waits for the answer to something that was published with a deadline.
   *
   * @param what it was, for people: {@code the task}
   */
  static <T> T await(CompletableFuture<T> answer, Duration sendDeadline, String what) {
    try {
      return answer.get(limit(sendDeadline).toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new SendDeadlineException(
          "interrupted while waiting for the broker's confirm; " + what + " may have been accepted",
          interrupted);
    } catch (TimeoutException impossible) {
      throw new SendDeadlineException("the publisher gave no answer", impossible);
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof WarrenException known) {
        throw known;
      }
      throw new IllegalStateException(failed);
    }
  }
}
