package dev.warren.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ShippedJvmTest {
  private static final String SHIPPED = "-XX:+UseSerialGC -Xms8m";

  @Test
  void whatIsGivenComesAfterTheFlagsOfTheLauncher() {
    assertThat(ShippedJvm.flags(SHIPPED, List.of("-Xms9m")))
        .containsExactly("-XX:+UseSerialGC", "-Xms8m", "-Xms9m");
  }

  @Test
  void aJvmGetsOneCollectorOnly() {
    assertThat(ShippedJvm.flags(SHIPPED, List.of("-XX:+UseG1GC")))
        .containsExactly("-Xms8m", "-XX:+UseG1GC");
  }

  @Test
  void withoutTheLauncherThereIsOnlyWhatIsGiven() {
    assertThat(ShippedJvm.flags(null, List.of())).isEmpty();
    assertThat(ShippedJvm.flags(" ", List.of("-Xmx1g"))).containsExactly("-Xmx1g");
  }
}
