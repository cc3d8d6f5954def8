package dev.warren.worker.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.api.Failure;
import dev.warren.api.Json;
import dev.warren.api.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The example programs beside the helpers for other languages: each does the same. */
class HelperExamplesTest {
  private static final Path HELPERS = Path.of("src/main/helpers").toAbsolutePath();

  @Test
  void thatInPythonDoesWhatItSays() throws Exception {
    examplesWork("python3 '" + HELPERS.resolve("python/examples/tasks.py") + "'", 2_000_000);
  }

  @Test
  void thatInNodeDoesWhatItSays() throws Exception {
    examplesWork("node '" + HELPERS.resolve("node/examples/tasks.mjs") + "'", 20_000_000);
  }

  /**
   * @param endless a limit of primes to count to whose end nobody waits
   */
  private static void examplesWork(String command, int endless) throws Exception {
    try (LaneUse lane = LaneUse.ofCommand(command)) {
      tellsItsProgressAndHeedsCancelling(lane, endless);
      failsInThreeWays(lane);
      waitsForAFileAndSubmitsWhatFollows(lane);
    }
  }

  private static void tellsItsProgressAndHeedsCancelling(LaneUse lane, int endless)
      throws Exception {
    assertThat(lane.type("primes.count").options().timeLimit()).isEqualTo(Duration.ofSeconds(60));
    assertThat(lane.done("primes.count", "{\"limit\":1000}")).contains("168");
    assertThat(lane.said()).hasSize(19).contains("progress 0.5 95 primes below 500");

    LaneUse.Running running = lane.start("primes.count", "{\"limit\":" + endless + "}");
    await().atMost(LaneUse.LIMIT).until(() -> !lane.said().isEmpty());
    running.thread().interrupt();
    assertThat(running.verdict()).isInstanceOf(Verdict.Retry.class);
    assertThat(lane.said().getLast()).matches("log stopped after \\d+ primes");
  }

  private static void failsInThreeWays(LaneUse lane) throws Exception {
    assertThat(lane.run("orders.ship", "{\"order\":7}"))
        .isEqualTo(Verdict.reject(Failure.of("Rejected", "order 7 has no address")));
    Verdict<Json> busy = lane.run("orders.ship", "{\"address\":\"x\",\"courier\":\"busy\"}");
    assertThat(((Verdict.Retry<Json>) busy).after()).contains(Duration.ofSeconds(30));
    Verdict<Json> out = lane.run("orders.ship", "{\"order\":7,\"address\":\"x\",\"stock\":0}");
    Failure failure = ((Verdict.Retry<Json>) out).failure();
    assertThat(failure.type()).isEqualTo("OutOfStock");
    assertThat(failure.message()).isEqualTo("order 7: nothing on the shelf");
    assertThat(lane.done("orders.ship", "{\"order\":7,\"address\":\"x\"}"))
        .contains(lane.context().idempotencyKey());
  }

  private static void waitsForAFileAndSubmitsWhatFollows(LaneUse lane) throws Exception {
    Path report = Files.createTempFile(Path.of("/tmp"), "warren-report", ".txt");
    try {
      String arguments = "{\"report\":\"" + report.getFileName() + "\"}";
      assertThat(lane.done("report.await", arguments)).contains("follows");
      assertThat(lane.said())
          .containsExactly(
              "submit echo to default: {\"report\":\"%s\",\"bytes\":0}"
                  .formatted(report.getFileName()));
    } finally {
      Files.deleteIfExists(report);
    }
    assertThat(lane.run("report.await", "{\"report\":\"absent\"}"))
        .isEqualTo(Verdict.snooze(Duration.ofSeconds(10)));
  }
}
