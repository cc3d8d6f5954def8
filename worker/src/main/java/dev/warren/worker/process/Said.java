package dev.warren.worker.process;

import dev.warren.api.Failure;
import dev.warren.engine.codec.JsonText;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a child says to its worker. {@code run} is the number of the attempt that it is about. */
sealed interface Said {
  /**
   * It is there.
   *
   * @param token what its environment told it, so that the worker knows which child it is
   * @param protocol the version that it speaks
   */
  record Hello(String token, int protocol) implements Said {}

  /** It has loaded its tasks and waits for the first. */
  record Ready(List<OfferedType> types) implements Said {
    public Ready {
      types = List.copyOf(types);
    }
  }

  record Progress(int run, double fraction, String message) implements Said {}

  record Log(int run, String message) implements Said {}

  /** The task submits another; answered with its id. {@code number} counts them, from 1. */
  record Submit(int run, int number, OfferedType type, JsonText arguments) implements Said {}

  /** An attempt is over. */
  sealed interface Ended extends Said {
    int run();
  }

  record Done(int run, JsonText result) implements Ended {}

  record Retry(int run, Failure failure, @Nullable Duration after) implements Ended {}

  record Snooze(int run, Duration pause) implements Ended {}

  record Reject(int run, Failure failure) implements Ended {}
}
