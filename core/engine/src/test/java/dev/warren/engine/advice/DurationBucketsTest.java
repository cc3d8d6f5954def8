package dev.warren.engine.advice;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DurationBucketsTest {
  private final DurationBuckets buckets = new DurationBuckets();

  @Test
  void everyDurationIsInTheBucketThatBeginsLastBeforeIt() {
    Random random = new Random(7);
    for (int i = 0; i < 10_000; i++) {
      Duration duration = Duration.ofNanos((long) Math.exp(random.nextDouble(Math.log(6e13))));
      int bucket = DurationBuckets.bucket(duration);

      assertThat(DurationBuckets.begin(bucket)).isLessThanOrEqualTo(duration);
      assertThat(DurationBuckets.begin(bucket + 1)).isGreaterThan(duration);
    }
  }

  @Test
  void bucketsBeginWhereTheProtocolSaysTheyDo() {
    assertThat(DurationBuckets.begin(7)).isEqualTo(Duration.ofNanos(7_000));
    assertThat(DurationBuckets.begin(8)).isEqualTo(Duration.ofNanos(8_000));
    assertThat(DurationBuckets.begin(16)).isEqualTo(Duration.ofNanos(16_000));
    assertThat(DurationBuckets.begin(17)).isEqualTo(Duration.ofNanos(18_000));
    assertThat(DurationBuckets.begin(24)).isEqualTo(Duration.ofNanos(32_000));
  }

  @Test
  void whatMakesNoSenseIsCountedAsTheLeastOrTheMost() {
    assertThat(DurationBuckets.bucket(Duration.ofSeconds(-3))).isZero();
    assertThat(DurationBuckets.bucket(Duration.ZERO)).isZero();
    assertThat(DurationBuckets.bucket(Duration.ofSeconds(Long.MAX_VALUE)))
        .isEqualTo(DurationBuckets.MOST - 1);
    assertThat(DurationBuckets.bucket(Duration.ofDays(400))).isEqualTo(DurationBuckets.MOST - 1);
  }

  @Test
  void percentilesAreRightToSevenPercentAndThoseOfSeveralProcessesCanBeAdded() {
    Random random = new Random(11);
    DurationBuckets others = new DurationBuckets();
    double[] millis = new double[5_000];
    for (int i = 0; i < millis.length; i++) {
      millis[i] = Math.exp(random.nextGaussian(2, 1.5));
      (i % 3 == 0 ? buckets : others).add(Duration.ofNanos((long) (millis[i] * 1e6)));
    }
    Arrays.sort(millis);
    DurationCounts all = DurationCounts.of(buckets).with(DurationCounts.of(others));

    assertThat(all.count()).isEqualTo(millis.length);
    for (double percent : new double[] {1, 50, 95, 99, 99.9, 100}) {
      double exact = millis[(int) Math.ceil(millis.length * percent / 100) - 1];
      assertThat(all.percentile(percent).toNanos() / 1e6)
          .as("percentile %s", percent)
          .isBetween(exact * 0.93, exact * 1.07);
    }
  }

  @Test
  void theyCrossTheWireAndWhatIsNoBucketIsPassedOver() {
    buckets.add(Duration.ofMillis(3));
    buckets.add(Duration.ofMillis(3));
    buckets.add(Duration.ofSeconds(9));
    DurationCounts counts = DurationCounts.of(buckets);

    assertThat(DurationCounts.read(counts.json())).isEqualTo(counts);
    assertThat(DurationCounts.read(counts.json().add(-4).addNull())).isEqualTo(counts);
  }
}
