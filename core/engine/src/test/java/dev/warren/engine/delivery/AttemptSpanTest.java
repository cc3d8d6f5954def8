package dev.warren.engine.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.Lane;
import dev.warren.api.TaskType;
import dev.warren.api.Verdict;
import dev.warren.engine.connection.BrokerVersion;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AttemptSpanTest {
  private final AttemptSpan span = new AttemptSpan(Duration.ofMinutes(30), Duration.ofSeconds(30));

  private static Registration<String, String> type(String name, Duration limit) {
    return Registration.blocking(
        TaskType.of(name, String.class, String.class).with(of -> of.withTimeLimit(limit)),
        Lane.VIRTUAL,
        (text, context) -> Verdict.done(text));
  }

  @Test
  void aConsumerAsksForWhatItsLongestTypeNeedsAndNeverForLessThanTheNodeGives() {
    assertThat(span.timeout(List.of(type("short", Duration.ofMinutes(10)))))
        .isEqualTo(Duration.ofMinutes(30));
    assertThat(
            span.timeout(
                List.of(type("short", Duration.ofMinutes(1)), type("long", Duration.ofHours(4)))))
        .isGreaterThan(Duration.ofHours(5));
  }

  @Test
  void typesThatAnOldBrokerTakesBackAreTold() {
    List<Registration<String, String>> types =
        List.of(type("short", Duration.ofMinutes(20)), type("long", Duration.ofMinutes(25)));

    assertThat(span.tooLong(BrokerVersion.parse("3.10.8"), types))
        .singleElement()
        .satisfies(text -> assertThat(text).startsWith("type long may take 25m30s"));
    assertThat(span.tooLong(Optional.empty(), types)).hasSize(1);
    assertThat(span.tooLong(BrokerVersion.parse("4.3.0"), types)).isEmpty();
  }
}
