package dev.warren.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.configuration.Settings;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short measurement with real programs: that it counts, not how fast it is. */
@RabbitMq
class EndToEndTest {
  private final VirtualHost host;
  private final Path folder;

  EndToEndTest(VirtualHost host, @TempDir Path folder) {
    this.host = host;
    this.folder = folder;
  }

  @Test
  void everyTaskIsCountedOnceAndTheWorkOfEachProcessIsTold() throws Exception {
    TurnsReport report;
    try (BenchRun run = BenchRun.of(settings(), folder, line -> {})) {
      report = new EndToEnd(true).measure(run);
    }

    assertThat(report.wrong()).isZero();
    TurnsReport.Case only = report.find("").orElseThrow();
    assertThat(only.turns()).hasSize(1);
    Sample sample = only.turns().getFirst().sample();
    assertThat(sample.count()).isPositive();
    assertThat(sample.duplicates()).isZero();
    assertThat(sample.usage().parts())
        .extracting(Usage.Of::part)
        .containsExactly("broker", "client", "worker", "gateway");
    assertThat(sample.usage().parts().subList(1, 4))
        .allSatisfy(part -> assertThat(part.processor()).as("%s", part).isPositive());

    JsonNode read = JsonCodec.json().readTree(BenchProgram.json(Map.of("e2e", report)));
    JsonNode turn = read.at("/e2e/cases/0/turns/0");
    assertThat(turn.at("/side").asText()).isEqualTo(WarrenSide.NAME);
    assertThat(turn.at("/sample/count").asLong()).isEqualTo(sample.count());
    assertThat(turn.at("/sample/seconds").asDouble()).isPositive();
    assertThat(read.at("/e2e/cases/0/compared/0/micros/median").asDouble()).isPositive();
  }

  private Settings settings() {
    List<String> flags =
        List.of(
            "--broker=configured",
            "--perf-test=false",
            "--rounds=1",
            "--seconds=2",
            "--warm-up=1",
            "--window=50");
    return Settings.fromCommandLine(
        "warren bench",
        BenchKeys.ALL,
        flags.toArray(String[]::new),
        Map.of(
            "WARREN_BROKER_URI",
            host.uri().toString(),
            "WARREN_BROKER_MANAGEMENT_URI",
            host.broker().managementUri().toString()));
  }
}
