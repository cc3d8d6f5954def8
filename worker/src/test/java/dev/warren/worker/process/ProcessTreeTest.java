package dev.warren.worker.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProcessTreeTest {
  @Test
  void whoeverHasWaitedForAnEndKnowsTheExitCode() throws Exception {
    for (int i = 0; i < 300; i++) {
      Process process = new ProcessBuilder("/bin/sh", "-c", "exit 3").start();
      assertThat(
              ProcessTree.awaitExit(process, System.nanoTime() + Duration.ofSeconds(20).toNanos()))
          .isTrue();
      assertThat(process.isAlive()).as("end number %d", i).isFalse();
      assertThat(process.exitValue()).isEqualTo(3);
    }
  }
}
