package dev.warren.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.api.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchMainTest {
  @TempDir Path folder;

  @Test
  void aFileThatCannotBeWrittenIsRefusedAtTheStart() {
    assertThatThrownBy(() -> BenchMain.checkWritable(folder.resolve("absent/results.json")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--json")
        .hasMessageContaining("absent");
  }

  @Test
  void earlierResultsStayUntilThereAreNewOnes() throws IOException {
    Path file = folder.resolve("results.json");
    Files.writeString(file, "earlier");

    BenchMain.checkWritable(file);

    assertThat(Files.readString(file)).isEqualTo("earlier");
  }
}
