package dev.warren.producer;

import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;

/** Looks for threads that a closed client left behind. */
final class ClientThreads {
  private static final List<String> OURS =
      List.of("warren-client", "warren-amqp-publish", "warren-amqp-wait", "AMQP Connection");

  private ClientThreads() {}

  static List<String> alive() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> OURS.stream().anyMatch(name::startsWith))
        .sorted()
        .toList();
  }

  /**
   * Those that are not in {@code before}; the AMQP client's own end shortly after its connection.
   */
  static void requireNoneBut(List<String> before) {
    Awaitility.await("the client's threads to end")
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () ->
                org.assertj.core.api.Assertions.assertThat(alive())
                    .filteredOn(name -> name.startsWith("warren-client"))
                    .isSubsetOf(before));
  }
}
