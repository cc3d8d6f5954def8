package dev.warren.producer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.api.ConfigurationException;
import dev.warren.api.Failure;
import dev.warren.api.Outcome;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.wire.Lineage;
import dev.warren.engine.wire.OutcomeEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobLogTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
  private static final JsonText ARGUMENTS = JsonText.of("{\"a\":1}");

  @TempDir private Path folder;
  private Path file = Path.of("unset");

  @BeforeEach
  void chooseFile() {
    file = folder.resolve("jobs.log");
  }

  private static void finish(JobLog log, int number, boolean well) {
    TaskId id = log.idOf(number);
    MapItem item =
        new MapItem(
            number, number - 1, number, id, log.memberOf(number), JobLog.check(ARGUMENTS), NOW);
    OutcomeEvent outcome =
        new OutcomeEvent(
            id,
            1,
            "echo",
            "default",
            1,
            "worker",
            "virtual",
            NOW,
            NOW,
            NOW,
            well ? Outcome.Status.SUCCEEDED : Outcome.Status.DEAD,
            well ? JsonText.NULL : null,
            well ? null : Failure.of("Broken", "no\nluck"),
            Lineage.of(id),
            false);
    log.finished(item, outcome);
    log.flush();
  }

  @Test
  void whatSucceededIsSkippedAndKeepsItsId() {
    TaskId first;
    TaskId second;
    try (JobLog log = JobLog.create(file, "echo", NOW)) {
      first = log.idOf(1);
      second = log.idOf(2);
      finish(log, 1, true);
    }
    try (JobLog log = JobLog.resume(file, "echo", NOW)) {
      assertThat(log.hasSucceeded(1, ARGUMENTS)).isTrue();
      assertThat(log.hasSucceeded(2, ARGUMENTS)).isFalse();
      assertThat(log.succeeded()).isEqualTo(1);
      assertThat(log.idOf(1)).isEqualTo(first);
      assertThat(log.idOf(2)).isEqualTo(second).isNotEqualTo(first);
    }
  }

  @Test
  void whatFailedIsTriedAgainAsAnotherTask() {
    TaskId before;
    try (JobLog log = JobLog.create(file, "echo", NOW)) {
      before = log.idOf(1);
      finish(log, 1, false);
    }
    try (JobLog log = JobLog.resume(file, "echo", NOW)) {
      assertThat(log.hasSucceeded(1, ARGUMENTS)).isFalse();
      assertThat(log.idOf(1)).isNotEqualTo(before);
      finish(log, 1, true);
    }
    try (JobLog log = JobLog.resume(file, "echo", NOW)) {
      assertThat(log.hasSucceeded(1, ARGUMENTS)).isTrue();
    }
  }

  @Test
  void anotherInputIsNoticed() {
    try (JobLog log = JobLog.create(file, "echo", NOW)) {
      finish(log, 3, true);
    }
    try (JobLog log = JobLog.resume(file, "echo", NOW)) {
      assertThatThrownBy(() -> log.hasSucceeded(3, JsonText.of("{\"a\":2}")))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("item 3 has other arguments");
    }
  }

  @Test
  void halfALineAtTheEndIsForgotten() throws IOException {
    try (JobLog log = JobLog.create(file, "echo", NOW)) {
      finish(log, 1, true);
    }
    Files.writeString(file, "{\"item\":2,\"exi", StandardOpenOption.APPEND);
    try (JobLog log = JobLog.resume(file, "echo", NOW)) {
      assertThat(log.hasSucceeded(2, ARGUMENTS)).isFalse();
      finish(log, 2, true);
    }
    assertThat(Files.readAllLines(file)).hasSize(3).allMatch(line -> line.endsWith("}"));
  }

  @Test
  void aLogIsNeverOverwritten() {
    JobLog.create(file, "echo", NOW).close();
    assertThatThrownBy(() -> JobLog.create(file, "echo", NOW))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--resume");
  }

  @Test
  void aLogOfAnotherTypeOrNoLogAtAllIsRefused() throws IOException {
    JobLog.create(file, "echo", NOW).close();
    assertThatThrownBy(() -> JobLog.resume(file, "sleep", NOW))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'echo'");
    Path other = Files.writeString(folder.resolve("notes.txt"), "buy milk\n");
    assertThatThrownBy(() -> JobLog.resume(other, "echo", NOW))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("no job log");
    assertThat(other).hasContent("buy milk\n");
  }
}
