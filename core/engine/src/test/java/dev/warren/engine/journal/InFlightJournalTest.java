package dev.warren.engine.journal;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.api.Failure;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.wire.PastAttempt;
import dev.warren.engine.wire.TaskMessage;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InFlightJournalTest {
  @TempDir Path folder;

  @Test
  void whatStartedAndDidNotEndIsInIt() throws IOException {
    Path file = folder.resolve("journal");
    Instant before = Instant.ofEpochMilli(System.currentTimeMillis());
    TaskMessage first = JournalWriter.task(TaskId.next());
    TaskMessage second =
        JournalWriter.task(TaskId.next())
            .nextAttempt(new PastAttempt(1, before, before, "worker@host", failure()));
    try (InFlightJournal journal = InFlightJournal.create(file, 10)) {
      int over = journal.started(first);
      journal.started(second);
      journal.ended(over);

      assertThat(InFlightJournal.read(file))
          .singleElement()
          .satisfies(
              note -> {
                assertThat(note.task()).isEqualTo(second.id());
                assertThat(note.attempt()).isEqualTo(2);
                assertThat(note.generation()).isEqualTo(1);
                assertThat(note.type()).isEqualTo("text.wordcount");
                assertThat(note.started()).isBetween(before, Instant.now());
              });
    }
    assertThat(file).doesNotExist();
    assertThat(InFlightJournal.read(file)).isEmpty();
  }

  @Test
  void itSurvivesAKillOfTheProcess() throws Exception {
    Path file = folder.resolve("journal");
    TaskId one = TaskId.next();
    TaskId two = TaskId.next();
    Process writer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                JournalWriter.class.getName(),
                file.toString(),
                one.toString(),
                two.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader output = writer.inputReader()) {
      assertThat(output.readLine()).isEqualTo(JournalWriter.READY);
      writer.destroyForcibly();
      assertThat(writer.waitFor(30, SECONDS)).isTrue();
    } finally {
      writer.destroyForcibly();
    }

    assertThat(writer.exitValue()).as("killed").isEqualTo(128 + 9);
    assertThat(InFlightJournal.read(file))
        .extracting(InFlight::task)
        .containsExactlyInAnyOrder(one, two);
  }

  @Test
  void whenAllSlotsAreTakenAttemptsRunWithoutANote() throws IOException {
    try (InFlightJournal journal = InFlightJournal.create(folder.resolve("journal"), 3)) {
      Set<Integer> slots = new HashSet<>();
      for (int i = 0; i < 4; i++) {
        slots.add(journal.started(JournalWriter.task(TaskId.next())));
      }

      assertThat(slots).as("three, rounded up").containsExactlyInAnyOrder(0, 1, 2, 3);
      assertThat(journal.started(JournalWriter.task(TaskId.next())))
          .isEqualTo(InFlightJournal.NO_SLOT);
      journal.ended(InFlightJournal.NO_SLOT);
      journal.ended(2);
      assertThat(journal.started(JournalWriter.task(TaskId.next()))).isEqualTo(2);
    }
  }

  @Test
  void manyThreadsNeverShareASlot() throws Exception {
    Path file = folder.resolve("journal");
    try (InFlightJournal journal = InFlightJournal.create(file, 8);
        ExecutorService threads = Executors.newFixedThreadPool(8)) {
      var stayed = new ConcurrentLinkedQueue<TaskId>();
      var all =
          IntStream.range(0, 8)
              .<Future<?>>mapToObj(thread -> threads.submit(() -> stayed.add(lastOfMany(journal))))
              .toList();
      for (Future<?> one : all) {
        one.get(60, SECONDS);
      }

      assertThat(InFlightJournal.read(file))
          .extracting(InFlight::task)
          .containsExactlyInAnyOrderElementsOf(stayed);
    }
  }

  private static TaskId lastOfMany(InFlightJournal journal) {
    for (int i = 0; i < 20_000; i++) {
      int slot = journal.started(JournalWriter.task(TaskId.next()));
      assertThat(slot).isNotEqualTo(InFlightJournal.NO_SLOT);
      journal.ended(slot);
    }
    TaskId last = TaskId.next();
    journal.started(JournalWriter.task(last));
    return last;
  }

  @Test
  void aLongTypeNameIsCutAndAnotherFileIsRefused() throws IOException {
    Path file = folder.resolve("journal");
    try (InFlightJournal journal = InFlightJournal.create(file, 1)) {
      String type = "a.type.with.a.name.of.more.bytes";
      journal.started(TaskMessage.of(TaskId.next(), type, "cpu", JsonText.of("{}"), Instant.now()));

      assertThat(InFlightJournal.read(file).getFirst().type())
          .isEqualTo("a.type.with.a.name.of.mo");
    }
    Path other = Files.writeString(folder.resolve("other"), "x".repeat(200));
    assertThatThrownBy(() -> InFlightJournal.read(other))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no journal");
  }

  private static Failure failure() {
    return Failure.of("Test", "once more");
  }
}
