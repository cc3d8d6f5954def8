package dev.warren.engine.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.engine.limit.PrefetchRule.Place;
import dev.warren.engine.limit.PrefetchRule.Since;
import dev.warren.engine.limit.PrefetchRule.Work;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrefetchRuleTest {
  private static final PrefetchRule RULE =
      new PrefetchRule(Duration.ofSeconds(2), 1_001, 2_000, 100_000_000);

  private static Work work(Place... places) {
    return new Work(List.of(places), 1, 100);
  }

  @Test
  void longTasksAreHardlyHeldBeyondWhatRuns() {
    assertThat(RULE.wanted(work(new Place(2, 1, 10)), 16)).isEqualTo(3);
    assertThat(RULE.wanted(work(new Place(200, 1, 60)), 16)).isEqualTo(207);
    assertThat(RULE.wanted(work(new Place(1, 1, 1e6)), 16)).isEqualTo(2);
  }

  @Test
  void aFewComeFirstAndThenAsManyAsTheirSizeAllows() {
    assertThat(RULE.first()).isEqualTo(32);
    assertThat(new PrefetchRule(Duration.ofSeconds(2), 16, 2_000, 1_000).first()).isEqualTo(16);

    assertThat(RULE.tasted(work())).as("small ones").isEqualTo(1_001);
    assertThat(RULE.tasted(new Work(List.of(), 250, 75_000))).as("20,000 tasks").isEqualTo(80);
    assertThat(RULE.tasted(new Work(List.of(), 1, 1_000_000))).as("100 MB").isEqualTo(100);
    assertThat(RULE.tasted(new Work(List.of(), 1_000, 9_000_000))).as("never fewer").isEqualTo(32);
    assertThat(RULE.tasted(new Work(List.of(), 0, 0))).as("nothing is known").isEqualTo(1_001);
  }

  @Test
  void saysInWordsWhatItKnows() {
    assertThat(work(new Place(2, 0.75, 0.1019), new Place(200, 0.25, 10)).inWords())
        .isEqualTo(
            "75 % take 0.102 s, 2 at once, 25 % take 10.0 s, 200 at once; 1.0 tasks and 100 bytes in a delivery");
  }

  @Test
  void ofShortTasksThereAreSecondsOfWork() {
    assertThat(RULE.wanted(work(new Place(2, 1, 0.1)), 16)).isEqualTo(42);
    assertThat(RULE.wanted(work(new Place(2, 1, 0.000_1)), 16)).isEqualTo(2_000);
  }

  @Test
  void thePlaceThatIsBehindDecides() {
    Place busy = new Place(2, 0.5, 10);
    Place waiting = new Place(200, 0.5, 0.01);
    assertThat(RULE.wanted(work(busy, waiting), 16)).isEqualTo(5);
    assertThat(RULE.wanted(work(new Place(2, 0.001, 10), new Place(200, 0.999, 0.01)), 16))
        .as("one of a thousand is long")
        .isEqualTo(2_000);
    assertThat(RULE.wanted(work(new Place(2, 0, 10), new Place(200, 1, 1)), 16))
        .as("where nothing comes")
        .isEqualTo(600);
  }

  @Test
  void chunksAndLargeDeliveriesAreHeldInSmallerNumbers() {
    assertThat(RULE.wanted(new Work(List.of(new Place(200, 1, 0.1)), 100, 1_000), 16))
        .isEqualTo(42);
    assertThat(RULE.wanted(new Work(List.of(new Place(10, 1, 0.01)), 1, 1_000_000), 16))
        .isEqualTo(100);
    assertThat(RULE.wanted(new Work(List.of(new Place(500, 1, 0.01)), 1, 1_000_000), 16))
        .as("what runs is there anyway")
        .isEqualTo(501);
  }

  @Test
  void ofTinyTasksThereAreNotMoreThanHelp() {
    Work tiny = new Work(List.of(new Place(200, 1, 0.000_01)), 200, 60_000);

    assertThat(RULE.wanted(tiny, 400)).as("20,000 tasks").isEqualTo(100);
    assertThat(
            new PrefetchRule(Duration.ofSeconds(2), 30_001, 60_000, 1L << 40)
                .wanted(work(new Place(30_000, 1, 0.01)), 400))
        .as("what runs is there anyway")
        .isEqualTo(60_000);
    assertThat(RULE.isInTime(tiny, 400)).as("80,000 tasks").isTrue();
    assertThat(RULE.isInTime(new Work(List.of(new Place(2, 1, 0.005)), 200, 60_000), 400))
        .isFalse();
    assertThat(RULE.isInTime(work(), 400)).as("nothing is known").isTrue();
  }

  @Test
  void nothingKnownChangesNothing() {
    assertThat(RULE.wanted(work(), 404)).isEqualTo(404);
    assertThat(RULE.wanted(work(new Place(2, 0, 0)), 404)).isEqualTo(404);
  }

  @Test
  void changesAreRareAndLarge() {
    assertThat(RULE.next(100, 51, since(true, 1_000, false))).as("little").isEqualTo(100);
    assertThat(RULE.next(100, 199, since(true, 1_000, false))).as("little").isEqualTo(100);
    assertThat(RULE.next(100, 50, since(true, 2, false))).as("at the start").isEqualTo(100);
    assertThat(RULE.next(100, 50, since(true, 3, false))).isEqualTo(50);
    assertThat(RULE.next(100, 50, since(false, 29, false))).as("soon again").isEqualTo(100);
    assertThat(RULE.next(100, 50, since(false, 30, false))).isEqualTo(50);
    assertThat(RULE.next(100, 200, since(false, 29, false))).as("not used up").isEqualTo(100);
    assertThat(RULE.next(100, 200, since(false, 2, true))).as("used up").isEqualTo(200);
    assertThat(RULE.next(1, 65_535, since(false, 2, true))).isEqualTo(65_535);
  }

  @Test
  void aFloodIsNotWaitedOut() {
    Work chunks = new Work(List.of(new Place(1_000, 1, 0.001)), 250, 100_000);
    assertThat(RULE.isFlood(chunks, 1_001)).isTrue();
    assertThat(RULE.isFlood(chunks, 40)).isFalse();
    int wanted = RULE.wanted(chunks, 1_001);

    assertThat(wanted * 250).isLessThanOrEqualTo(20_250);
    assertThat(RULE.next(1_001, wanted, new Since(true, Duration.ZERO, false, true)))
        .isEqualTo(wanted);
    assertThat(RULE.next(1_001, 2_002, new Since(true, Duration.ZERO, false, true)))
        .as("more, at once")
        .isEqualTo(1_001);
  }

  @Test
  void largeMessagesAreAFloodToo() {
    Work large = new Work(List.of(new Place(10, 1, 0.001)), 1, RULE.bytes());

    assertThat(RULE.isFlood(large, 3)).isTrue();
    assertThat(RULE.isFlood(large, 2)).isFalse();
  }

  private static Since since(boolean first, long seconds, boolean exhausted) {
    return new Since(first, Duration.ofSeconds(seconds), exhausted, false);
  }
}
