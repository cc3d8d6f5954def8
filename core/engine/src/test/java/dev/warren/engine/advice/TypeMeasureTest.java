package dev.warren.engine.advice;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class TypeMeasureTest {
  private final TypeMeasure measure = new TypeMeasure();

  private static Usage usage(long wallMillis, long cpuMillis, long delayedMillis) {
    return new Usage(
        Duration.ofMillis(wallMillis),
        Duration.ofMillis(cpuMillis),
        Duration.ofMillis(delayedMillis),
        OptionalLong.of(1_000 * cpuMillis),
        OptionalLong.empty());
  }

  @Test
  void theFirstAttemptsAreMeasuredAndThenFew() {
    int first = 0;
    while (first < TypeMeasure.FIRST && measure.wanted()) {
      measure.measured(usage(10, 5, 0));
      first++;
    }
    int later = 0;
    for (int i = 0; i < 1_000; i++) {
      if (measure.wanted()) {
        measure.notMeasured();
        later++;
      }
    }
    assertThat(first).isEqualTo(TypeMeasure.FIRST);
    // A thousand of them take less than a second, and 50 ms pass between two.
    assertThat(later).isLessThan(100);
  }

  @Test
  void fewAreMeasuredAtOnceHoweverManyBegin() {
    assertThat(wanted()).isEqualTo(1);
    measure.measured(usage(100, 100, 0));

    assertThat(wanted()).isBetween(2, 16);

    measure.notMeasured();
    assertThat(measure.wanted()).isTrue();
  }

  private int wanted() {
    int wanted = 0;
    for (int i = 0; i < 1_000; i++) {
      wanted += measure.wanted() ? 1 : 0;
    }
    return wanted;
  }

  @Test
  void theShareIsThatOfTheTimeOnFreeCores() {
    for (int i = 0; i < 10; i++) {
      // Ten compete for one core: each computes a tenth of the time, and waits for nothing else.
      measure.measured(usage(1_000, 100, 900));
    }
    assertThat(measure.evidence().cpuShare().orElseThrow()).isEqualTo(1, Offset.offset(1e-9));
    assertThat(measure.evidence().allocated()).hasValue(100_000);
  }

  @Test
  void theFirstAttemptOfAllCountsOnlyWhileItIsTheOnlyOne() {
    measure.measured(usage(5_000, 5_000, 0));
    assertThat(measure.evidence().cpuShare()).hasValue(1);

    measure.measured(usage(100, 1, 0));

    assertThat(measure.evidence().cpuShare().orElseThrow()).isEqualTo(0.01, Offset.offset(1e-9));
    assertThat(measure.evidence().measured()).isEqualTo(2);
  }

  @Test
  void aTypeThatChangesIsFollowed() {
    for (int i = 0; i < 200; i++) {
      measure.measured(usage(100, 1, 0));
    }
    for (int i = 0; i < 60; i++) {
      measure.measured(usage(100, 98, 0));
    }
    assertThat(measure.evidence().cpuShare().orElseThrow()).isGreaterThan(LaneRules.COMPUTES);
  }

  @Test
  void computingAndWaitingOfAThreadAreToldApart() {
    Optional<ThreadUsage> busy = ThreadUsage.begin();
    byte[][] kept = new byte[100][];
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(60);
    for (int i = 0; System.nanoTime() < until; i++) {
      kept[i % kept.length] = new byte[1_000];
    }
    Usage computed = busy.orElseThrow().end();
    Optional<ThreadUsage> idle = ThreadUsage.begin();
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(60));
    Usage waited = idle.orElseThrow().end();

    assertThat(kept[0]).isNotNull();
    assertThat(computed.cpu()).isGreaterThan(Duration.ofMillis(5));
    assertThat(computed.allocated().orElseThrow()).isGreaterThan(100_000);
    assertThat(waited.cpu()).isLessThan(Duration.ofMillis(20));
    assertThat(ratio(waited)).isLessThan(ratio(computed));
  }

  private static double ratio(Usage usage) {
    return (double) usage.cpu().toNanos() / usage.alone().toNanos();
  }

  @Test
  void howManyRanAtOnceIsTheRateTimesTheDurationButNotMoreThanRan() {
    long second = TimeUnit.SECONDS.toNanos(1);
    RecentLoad load = new RecentLoad(0);
    for (int now = 1; now <= 12; now++) {
      for (int i = 0; i < 50; i++) {
        load.began();
        load.ended(second / 10, now * second);
      }
      load.began();
    }
    // 50 attempts of 0.1 s each second.
    assertThat(load.most(12 * second)).isEqualTo(5, Offset.offset(0.6));

    RecentLoad longOnes = new RecentLoad(0);
    for (int i = 0; i < 4; i++) {
      longOnes.began();
    }
    for (int i = 0; i < 4; i++) {
      longOnes.ended(600 * second, 601 * second);
    }
    assertThat(longOnes.most(602 * second)).isEqualTo(4, Offset.offset(1e-9));
  }
}
