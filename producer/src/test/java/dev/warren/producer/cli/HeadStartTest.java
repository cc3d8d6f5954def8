package dev.warren.producer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class HeadStartTest {
  @Test
  void itsThreadHasEndedWhenTheCommandBegins() {
    HeadStart headStart = HeadStart.of("submit");
    headStart.close();
    assertThat(threads()).doesNotContain("warren-head-start");
  }

  @Test
  void aCommandWithoutABrokerHasNone() {
    try (HeadStart none = HeadStart.of("version")) {
      assertThat(none).isNotNull();
      assertThat(threads()).doesNotContain("warren-head-start");
    }
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList();
  }
}
