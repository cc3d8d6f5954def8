package dev.warren.worker.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.api.ConfigurationException;
import dev.warren.api.TaskId;
import dev.warren.engine.journal.InFlight;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {
  @TempDir Path state;

  @Test
  void itIsRemovedWithAllThatIsInIt() throws Exception {
    try (RunFolder folder = RunFolder.create(state)) {
      Files.writeString(folder.healthAddress("worker-1"), "http://127.0.0.1:1");
      assertThat(folder.path()).isDirectory().hasParent(state);
    }
    assertThat(state).isEmptyDirectory();
  }

  @Test
  void whatDeadProgramsLeftIsRemovedAndWhatRunsStays() throws Exception {
    Process dead = new ProcessBuilder("true").start();
    dead.waitFor();
    Path left = Files.createDirectory(state.resolve("run-" + dead.pid()));
    Files.writeString(left.resolve("worker-1.journal"), "cut off");
    ProcessHandle parent = ProcessHandle.current().parent().orElseThrow();
    Path alive = Files.createDirectory(state.resolve("run-" + parent.pid()));
    Path foreign = Files.createDirectory(state.resolve("other"));

    try (RunFolder folder = RunFolder.create(state)) {
      assertThat(left).doesNotExist();
      assertThat(alive).exists();
      assertThat(foreign).exists();
      assertThat(folder.path()).exists();
    }
  }

  @Test
  void aStateFolderThatCannotBeMadeIsNamed() throws Exception {
    Path file = Files.writeString(state.resolve("file"), "");

    assertThatThrownBy(() -> RunFolder.create(file.resolve("state")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--state-dir");
  }

  @Test
  void suspectsAreKeptAndUnreadableLinesSkipped() throws Exception {
    Path file = state.resolve("suspects");
    InFlight one = new InFlight(TaskId.next(), 1, 2, Instant.ofEpochMilli(5), "echo");
    InFlight two =
        new InFlight(TaskId.next(), 3, 1, Instant.ofEpochMilli(6), "sleep", OptionalInt.of(2));
    assertThat(Suspects.read(file)).isEmpty();

    Suspects.add(file, List.of(one));
    Files.writeString(file, "not a suspect\n{\"task\":\"x\"}\n", StandardOpenOption.APPEND);
    Suspects.add(file, List.of(two));

    assertThat(Suspects.read(file)).containsExactly(one, two);
  }

  @Test
  void foldersOfProgramsAreFoundBelowAStateFolderAndBelowOneOfItsFolders() throws Exception {
    Path direct = Files.createDirectories(state.resolve("run-12"));
    Path nested = Files.createDirectories(state.resolve("other/run-3"));
    Files.createDirectories(state.resolve("a/b/run-4"));
    Files.createFile(state.resolve("run-5"));

    assertThat(RunFolder.below(state)).containsExactly(nested, direct);
    assertThat(RunFolder.below(state.resolve("absent"))).isEmpty();
  }
}
