package dev.warren.engine.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.engine.delivery.Watchdog.Activity;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WatchdogTest {
  private static final Duration QUIET = Duration.ofSeconds(30);
  private static final Activity NOTHING = Activity.NONE;

  private final Watchdog watchdog = new Watchdog(QUIET);
  private long now = 7_000_000_000L;

  @BeforeEach
  void open() {
    watchdog.opened(now);
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }

  /** Lets time pass until it wants to look, and tells it what is there. */
  private boolean look(Activity activity, long waiting) {
    pass(Duration.ofNanos(Math.max(0, watchdog.nanosUntilLook(now, activity))));
    assertThat(watchdog.nanosUntilLook(now, activity)).isLessThanOrEqualTo(0);
    return watchdog.starves(now, activity, waiting);
  }

  private void starve() {
    boolean starves = false;
    for (int looks = 0; looks < 10 && !starves; looks++) {
      starves = look(NOTHING, 5);
    }
    assertThat(starves).isTrue();
    watchdog.opened(now);
  }

  @Test
  void whoGetsNothingForLongWhileTasksWaitStarves() {
    long opened = now;

    assertThat(look(NOTHING, 5)).isFalse();
    assertThat(look(NOTHING, 5)).isTrue();
    assertThat(Duration.ofNanos(now - opened)).isEqualTo(QUIET);
  }

  @Test
  void afterALongIdleTimeAnotherChannelIsWorthItsPrice() {
    for (int looks = 1; looks < 2 * Watchdog.LONG_IDLE; looks++) {
      look(NOTHING, 0);
      assertThat(watchdog.idleForLong(now)).as("after %s looks", looks).isFalse();
    }
    look(NOTHING, 0);
    assertThat(watchdog.idleForLong(now)).isTrue();
    watchdog.opened(now);
    assertThat(watchdog.idleForLong(now)).isFalse();
  }

  @Test
  void aGrowingQueueCountsToo() {
    assertThat(look(NOTHING, 5)).isFalse();
    assertThat(look(NOTHING, 50)).isTrue();
  }

  @Test
  void anEmptyQueueIsLeftAloneForEver() {
    for (int i = 0; i < 1_000; i++) {
      assertThat(look(NOTHING, 0)).isFalse();
    }
    assertThat(watchdog.failure()).isEmpty();
  }

  @Test
  void aQueueThatOthersEmptyIsLeftAlone() {
    for (int waiting = 1_000; waiting > 0; waiting--) {
      assertThat(look(NOTHING, waiting)).isFalse();
    }
  }

  @Test
  void tasksThatCameAfterTheLastLookAreGivenTheirTime() {
    assertThat(look(NOTHING, 0)).isFalse();
    assertThat(look(NOTHING, 0)).isFalse();
    assertThat(look(NOTHING, 0)).isFalse();

    assertThat(look(NOTHING, 1)).isFalse();
    assertThat(look(NOTHING, 1)).isTrue();
  }

  @Test
  void whoHoldsATaskIsLeftAloneHoweverLongItRuns() {
    Activity busy = new Activity(1, 0, 1);
    for (int minute = 0; minute < 600; minute++) {
      pass(Duration.ofMinutes(1));
      assertThat(watchdog.nanosUntilLook(now, busy)).isPositive();
    }

    assertThat(look(new Activity(1, 1, 0), 9)).as("right after its end").isFalse();
    assertThat(look(new Activity(1, 1, 0), 9)).isTrue();
  }

  @Test
  void aDeliveryBetweenTwoLooksIsASignOfLife() {
    for (int i = 1; i <= 100; i++) {
      assertThat(look(new Activity(i, i, 0), 9)).isFalse();
    }
  }

  @Test
  void aDeliveryThatComesWhileItLooksIsASignOfLife() {
    assertThat(look(NOTHING, 5)).isFalse();
    pass(QUIET);
    assertThat(watchdog.starves(now, new Activity(1, 0, 1), 5)).isFalse();
  }

  @Test
  void afterThreeChannelsInVainTheQueueCountsAsNotConsumedAndItGoesOnTrying() {
    for (int i = 0; i < Watchdog.PATIENCE; i++) {
      starve();
      assertThat(watchdog.failure()).isEmpty();
    }

    starve();

    assertThat(watchdog.failure().orElse("")).contains("5 tasks wait").contains("3 times");
    starve();
    assertThat(watchdog.failure().orElse("")).contains("4 times");
  }

  @Test
  void theFirstDeliveryMakesItGoodAgain() {
    for (int i = 0; i <= Watchdog.PATIENCE; i++) {
      starve();
    }

    assertThat(watchdog.nanosUntilLook(now, new Activity(1, 0, 1))).isPositive();

    assertThat(watchdog.failure()).isEmpty();
    starve();
    assertThat(watchdog.failure()).as("it counts from the beginning").isEmpty();
  }

  @Test
  void anEmptiedQueueMakesItGoodAgain() {
    for (int i = 0; i <= Watchdog.PATIENCE; i++) {
      starve();
    }

    assertThat(look(NOTHING, 0)).isFalse();

    assertThat(watchdog.failure()).isEmpty();
  }

  @Test
  void whoMayNotLookDoesNotAskAgain() {
    watchdog.blind();

    pass(Duration.ofDays(1));
    assertThat(watchdog.nanosUntilLook(now, NOTHING)).isGreaterThan(Duration.ofDays(1).toNanos());
  }
}
