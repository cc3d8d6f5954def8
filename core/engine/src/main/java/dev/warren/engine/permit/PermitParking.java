package dev.warren.engine.permit;

import dev.warren.api.Failure;
import dev.warren.engine.delivery.Admission.Answer.Away;
import dev.warren.engine.wire.Headers;
import dev.warren.engine.wire.TaskMessage;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/** How long a task without permit stays away: a second, then ever longer, never long. Pure. */
final class PermitParking {
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(15);

  private PermitParking() {}

  /** A task that found the line full: longer each time, spread so that not all come together. */
  static Away full(TaskMessage task, String name, RandomGenerator random) {
    long times =
        task.others().get(Headers.PERMIT_TIMES) instanceof Number seen ? seen.longValue() : 0;
    long ceiling = Math.min(LONGEST.toMillis(), FIRST.toMillis() << Math.clamp(times, 0, 10));
    Map<String, Object> headers = new HashMap<>(task.others());
    headers.put(Headers.PERMIT_TIMES, times + 1);
    long millis = Math.max(FIRST.toMillis(), ceiling / 2 + random.nextLong(ceiling / 2 + 1));
    return new Away(
        task.withOthers(headers),
        Duration.ofMillis(millis),
        failure("all permits '" + name + "' are in use, and others wait for one here"));
  }

  /** A task that has waited here for long: back soon, so that it does not lose by it. */
  static Away waited(TaskMessage task, String name) {
    return new Away(task, FIRST, failure("all permits '" + name + "' are in use"));
  }

  /** A task whose permit the broker took back while it ran. */
  static Away lost(TaskMessage task, String name) {
    return new Away(
        task,
        FIRST,
        failure("its permit '" + name + "' went back to the broker, which may give it to another"));
  }

  /** A task for whose permits nobody can ask now. */
  static Away troubled(TaskMessage task, String why, RandomGenerator random) {
    long millis = Duration.ofSeconds(3).toMillis();
    return new Away(task, Duration.ofMillis(millis + random.nextLong(millis)), failure(why));
  }

  private static Failure failure(String why) {
    return Failure.of(Failure.NO_PERMIT, why);
  }
}
