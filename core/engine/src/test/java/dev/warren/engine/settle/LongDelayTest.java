package dev.warren.engine.settle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.DelayRoute;
import dev.warren.engine.wire.TaskMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tasks on their way round the ladder, by a clock that a test moves. */
class LongDelayTest {
  private static final Instant BEGUN = Instant.parse("2026-11-22T10:00:00.123Z");

  /** What became of a task that was sent on its way: when it ran, and by how many passages. */
  private record Arrival(Instant at, int passages) {}

  private static Arrival travel(Instant due) {
    TaskMessage task =
        TaskMessage.of(TaskId.next(), "echo", "default", JsonText.EMPTY_OBJECT, BEGUN);
    task = task.withTerms(task.terms().dueAt(due));
    Instant now = BEGUN;
    Duration delay = Duration.between(BEGUN, due);
    int passages = 0;
    while (true) {
      DelayRoute route = DelayRoute.of(delay, task.queue(), task.type());
      now = now.plus(waitOn(route));
      passages += route.exchange().equals(TopologyNames.TASKS) ? 0 : 1;
      Optional<List<Command>> instead = DispatchRules.beforeRun(task, false, null, "worker", now);
      if (instead.isEmpty()) {
        return new Arrival(now, passages);
      }
      Command.SendTask again = (Command.SendTask) instead.get().getFirst();
      assertThat(again.task()).isEqualTo(task);
      delay = again.delay();
    }
  }

  /** How long the ladder holds what is published there, at least: the sum of its bits. */
  private static Duration waitOn(DelayRoute route) {
    long seconds = 0;
    if (!route.exchange().equals(TopologyNames.TASKS)) {
      for (String bit : route.routingKey().split("\\.", -1)) {
        if (!bit.equals("0") && !bit.equals("1")) {
          break;
        }
        seconds = 2 * seconds + Integer.parseInt(bit);
      }
    }
    return Duration.ofSeconds(seconds);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 12, 13, 30, 365, 3_650})
  void aTaskGoesRoundUntilItIsDue(long days) {
    Instant due = BEGUN.plus(Duration.ofDays(days)).plusMillis(1);

    Arrival arrival = travel(due);

    assertThat(arrival.at()).isAfterOrEqualTo(due).isBefore(due.plusSeconds(1));
    assertThat(arrival.passages())
        .isEqualTo((int) Math.ceilDiv(days * 86_400 + 1, DelayRoute.REACH.toSeconds()));
  }

  @Test
  void noDelayEndsEarlyNorMoreThanASecondLate() {
    Random random = new Random(7);
    for (int i = 0; i < 100_000; i++) {
      Duration delay = Duration.ofMillis(random.nextLong(1L << random.nextInt(1, 40)));
      Instant due = BEGUN.plus(delay);

      Arrival arrival = travel(due);

      assertThat(arrival.at()).isAfterOrEqualTo(due).isBefore(due.plusSeconds(1));
    }
  }
}
