package dev.warren.engine.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.api.ConfigurationException;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NamesAndVersionsTest {
  @Test
  void aProcessIsNamedForPeopleAndForQueues() {
    ProcessName name = new ProcessName("worker", "node-1.example.org", 42, "abc");

    assertThat(name.text()).isEqualTo("warren-worker@node-1.example.org:42");
    assertThat(name.token()).isEqualTo("worker-node-1-example-org-42-abc");
    assertThat(new ProcessName("worker", "here", 42, "abc", 2).text())
        .isEqualTo("warren-worker@here:42#2");
    assertThat(new ProcessName("w", "x".repeat(300), 1, "a").token()).hasSizeLessThan(100);
    assertThatThrownBy(() -> new ProcessName("a b", "h", 1, "x"))
        .isInstanceOf(ConfigurationException.class);
  }

  @Test
  void partsOfThisProgramGetNamesOfTheirOwn() {
    ProcessName one = ProcessName.of("worker");
    ProcessName other = ProcessName.of("worker");

    assertThat(one.pid()).isEqualTo(ProcessHandle.current().pid());
    assertThat(one.host()).isNotBlank();
    assertThat(other.text()).isNotEqualTo(one.text()).endsWith("#" + other.number());
    assertThat(one.token()).isNotEqualTo(other.token()).matches("[A-Za-z0-9_-]+");
  }

  @Test
  void versionsAreReadAndCompared() {
    assertThat(BrokerVersion.parse("3.10.8")).contains(new BrokerVersion(3, 10, 8));
    assertThat(BrokerVersion.parse("4.3")).contains(new BrokerVersion(4, 3, 0));
    assertThat(BrokerVersion.parse("4.0.0-rc.1")).contains(new BrokerVersion(4, 0, 0));
    assertThat(BrokerVersion.parse("four")).isEmpty();
    BrokerVersion old = new BrokerVersion(3, 10, 8);
    assertThat(old.atLeast(3, 9)).isTrue();
    assertThat(old.atLeast(3, 10)).isTrue();
    assertThat(old.atLeast(3, 12)).isFalse();
    assertThat(old.atLeast(4, 0)).isFalse();
    assertThat(BrokerVersion.of(Map.of("product", "RabbitMQ", "version", "4.3.6")))
        .contains(new BrokerVersion(4, 3, 6));
    assertThat(BrokerVersion.of(Map.of("product", "Other", "version", "4.3.6"))).isEmpty();
  }

  @Test
  void backOffDoublesToItsCapWithFullJitterAndStartsAgain() {
    BackOff backOff = new BackOff(Duration.ofMillis(100), Duration.ofSeconds(1), new Random(1));
    long ceiling = 100;
    boolean belowHalf = false;
    for (int i = 0; i < 50; i++) {
      Duration wait = backOff.next();
      assertThat(wait).isBetween(Duration.ZERO, Duration.ofMillis(ceiling));
      belowHalf |= wait.toMillis() < ceiling / 2;
      ceiling = Math.min(1000, 2 * ceiling);
    }
    assertThat(belowHalf).isTrue();
    backOff.reset();
    assertThat(backOff.next()).isLessThanOrEqualTo(Duration.ofMillis(100));
  }

  @Test
  void aSecretShowsItselfOnlyWhenAsked() {
    assertThat(Secret.of("x").reveal()).isEqualTo("x");
    assertThat(Secret.of("x")).hasToString(Secret.MASK).isEqualTo(Secret.of("x"));
    assertThat(Secret.of("x")).isNotEqualTo(Secret.of("y"));
  }
}
