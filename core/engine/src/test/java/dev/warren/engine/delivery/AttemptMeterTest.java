package dev.warren.engine.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.engine.advice.TypeMeasure;
import org.junit.jupiter.api.Test;

class AttemptMeterTest {
  private final TypeMeasure measure = new TypeMeasure();

  @Test
  void oneThatDoesNotRunLeavesItsTurnToAnotherAndToNoMore() {
    AttemptMeter first = new AttemptMeter(measure);
    AttemptMeter second = new AttemptMeter(measure);
    assertThat(first.wantsPlatformThread()).isTrue();
    assertThat(second.wantsPlatformThread()).isFalse();

    first.drop();
    first.drop();
    assertThat(first.end()).isFalse();

    assertThat(second.wantsPlatformThread()).isTrue();
    assertThat(first.wantsPlatformThread()).isFalse();
  }
}
