package dev.warren.tasks;

import dev.warren.api.RejectedTask;
import dev.warren.api.TaskContext;
import dev.warren.api.TaskType;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** {@code sleep}: blocks for a time, as a call to a slow service would. */
public final class Sleep {
  public static final TaskType<Arguments, Result> TYPE =
      TaskType.of("sleep", Arguments.class, Result.class)
          .describedAs("Waits for a time: millis=250 or duration=PT0.25S");

  private Sleep() {}

  /**
   * How long to sleep: exactly one of the two.
   *
   * @param millis milliseconds
   * @param duration a time span as ISO 8601 writes it, {@code PT1.5S}
   */
  public record Arguments(@Nullable Long millis, @Nullable Duration duration) {
    public Arguments {
      if ((millis == null) == (duration == null)) {
        throw new RejectedTask("give either 'millis' or 'duration', for example millis=250");
      }
      if ((millis != null && millis < 0) || (duration != null && duration.isNegative())) {
        throw new RejectedTask("a sleep cannot be negative");
      }
    }

    public static Arguments ofMillis(long millis) {
      return new Arguments(millis, null);
    }

    Duration time() {
      return Optional.ofNullable(duration)
          .orElseGet(() -> Duration.ofMillis(millis == null ? 0 : millis));
    }
  }

  /**
   * What a sleep has done.
   *
   * @param slept milliseconds that passed
   */
  public record Result(long slept) {}

  static Result run(Arguments arguments, TaskContext context) throws InterruptedException {
    CountDownLatch stop = new CountDownLatch(1);
    context.onCancel(stop::countDown);
    long started = System.nanoTime();
    if (stop.await(saturatedNanos(arguments.time()), TimeUnit.NANOSECONDS)) {
      throw new InterruptedException("told to stop");
    }
    return new Result(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started));
  }

  private static long saturatedNanos(Duration time) {
    try {
      return time.toNanos();
    } catch (ArithmeticException centuries) {
      return Long.MAX_VALUE;
    }
  }
}
