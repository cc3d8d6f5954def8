package dev.warren.tasks.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.api.ConfigurationException;
import dev.warren.api.RejectedTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgramsTest {
  @TempDir private Path folder;
  private Path first;
  private Path second;
  private String searchPath = "";

  @BeforeEach
  void makePrograms() throws IOException {
    first = program("first/tool");
    second = program("second/tool");
    Files.writeString(folder.resolve("first/text"), "no program");
    searchPath = ".::" + first.getParent() + ":" + second.getParent();
  }

  private Path program(String name) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return file;
  }

  private Programs allowing(String... names) {
    return Programs.find(List.of(names), searchPath);
  }

  @Test
  void aNameIsTheFirstProgramInThePathAndAnAbsolutePathItself() {
    assertThat(allowing("tool").allowed("tool")).isEqualTo(first);
    assertThat(allowing("tool").allowed(first.toString())).isEqualTo(first);
    assertThat(allowing(second.toString()).allowed(second.toString())).isEqualTo(second);
    assertThat(allowing(second.toString()).allowed("tool")).isEqualTo(second);
  }

  @Test
  void whatIsNotAllowedIsRejectedWithWhatIs() throws IOException {
    Path other = program("first/other");
    for (String name :
        List.of("other", other.toString(), second.toString(), "./tool", "../first/tool", "")) {
      assertThatThrownBy(() -> allowing("tool").allowed(name))
          .as(name)
          .isInstanceOf(RejectedTask.class)
          .hasMessageContaining("only tool")
          .hasMessageContaining("--exec-allow");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"absent", "text", "*", "first/tool", "./tool", "/absent/tool", "/tmp"})
  void whatIsNoProgramStopsTheWorkerAtItsStart(String name) {
    assertThatThrownBy(() -> allowing(name))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("exec-allow")
        .hasMessageContaining(name);
  }

  @Test
  void twoProgramsOfOneNameAreRefused() {
    assertThatThrownBy(() -> allowing("tool", second.toString()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("allow one of them");
  }
}
