package dev.warren.engine.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PlacesTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private long now;

  @Test
  void areAsManyAsTheLimitSays() {
    AdaptiveLimit limit = new AdaptiveLimit(2, 64, 0);
    Places places = Places.following(limit);
    assertThat(takeAll(places)).isEqualTo(20);
    assertThat(places.taken()).isEqualTo(20);

    assertThat(window(places, false)).as("there are more").isTrue();
    assertThat(places.size()).isEqualTo(40);
    assertThat(takeAll(places)).isEqualTo(20);

    assertThat(window(places, true)).as("there are fewer").isFalse();
    assertThat(places.size()).isEqualTo(28);
    assertThat(places.taken()).as("what runs goes on").isEqualTo(40);
    assertThat(places.tooManyTaken()).isTrue();
    for (int i = 0; i < 12; i++) {
      places.giveBack();
    }
    assertThat(places.tooManyTaken()).isFalse();
    assertThat(places.anyFree()).isFalse();
    assertThat(places.tryTake()).isFalse();
    places.giveBack();
    assertThat(places.tryTake()).isTrue();
  }

  @Test
  void stayAsManyWithoutALimit() {
    Places places = Places.fixed(3);
    assertThat(takeAll(places)).isEqualTo(3);
    assertThat(window(places, true)).isFalse();
    assertThat(places.size()).isEqualTo(3);
  }

  private static int takeAll(Places places) {
    int taken = 0;
    while (places.tryTake()) {
      taken++;
    }
    return taken;
  }

  /** Attempts of a window end; whether there are more places then. */
  private boolean window(Places places, boolean inVain) {
    boolean more = false;
    for (int i = 0; i < 10; i++) {
      now += SECOND / 10;
      more |= places.ended("type", inVain, SECOND / 10, now);
    }
    return more;
  }
}
