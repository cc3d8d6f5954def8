package dev.warren.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FilesRootTest {
  private Path temporary;
  private Path folder;
  private Path outside;
  private FilesRoot root;

  @BeforeEach
  void makeFolders(@TempDir Path given) throws IOException {
    temporary = given.toRealPath();
    folder = temporary.resolve("root");
    Files.createDirectories(folder.resolve("inner"));
    outside = Files.createDirectory(temporary.resolve("outside"));
    Files.writeString(folder.resolve("inner/file.txt"), "inside");
    Files.writeString(outside.resolve("secret.txt"), "secret");
    Files.createDirectory(temporary.resolve("root-sibling"));
    Files.writeString(temporary.resolve("root-sibling/file.txt"), "neighbour");
    root = FilesRoot.of(Optional.of(folder.toString()), "files-root");
  }

  @Test
  void relativeAndAbsolutePathsInsideAreFound() throws IOException {
    Path file = folder.resolve("inner/file.txt");

    assertThat(root.existingFile("inner/file.txt")).isEqualTo(file);
    assertThat(root.existingFile("./inner/../inner/file.txt")).isEqualTo(file);
    assertThat(root.existingFile(file.toString())).isEqualTo(file);
    assertThat(root.name(file)).isEqualTo("inner/file.txt");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../outside/secret.txt",
        "inner/../../outside/secret.txt",
        "../root-sibling/file.txt",
        "/etc/passwd",
        "..",
        "inner/../.."
      })
  void pathsThatLeadOutAreRefused(String path) {
    assertThatThrownBy(() -> root.existingFile(path))
        .isInstanceOf(RejectedTask.class)
        .hasMessage("'" + path + "' leads out of the files root");
    assertThatThrownBy(() -> root.newFile(path)).isInstanceOf(RejectedTask.class);
  }

  @Test
  void aLinkToAFileOutsideIsRefused() throws IOException {
    Files.createSymbolicLink(folder.resolve("link"), outside.resolve("secret.txt"));

    assertThatThrownBy(() -> root.existingFile("link"))
        .isInstanceOf(RejectedTask.class)
        .hasMessageContaining("leads out");
  }

  @Test
  void aLinkToAFolderOutsideIsRefusedForReadingAndWriting() throws IOException {
    Files.createSymbolicLink(folder.resolve("link"), outside);

    assertThatThrownBy(() -> root.existingFile("link/secret.txt"))
        .isInstanceOf(RejectedTask.class)
        .hasMessageContaining("leads out");
    assertThatThrownBy(() -> root.newFile("link/made/new.png"))
        .isInstanceOf(RejectedTask.class)
        .hasMessageContaining("leads out");
    assertThat(outside.resolve("made")).doesNotExist();
  }

  @Test
  void aLinkIsNotWrittenTo() throws IOException {
    Files.createSymbolicLink(folder.resolve("link"), outside.resolve("made"));

    assertThatThrownBy(() -> root.newFile("link"))
        .isInstanceOf(RejectedTask.class)
        .hasMessageContaining("is a link");
    assertThat(outside.resolve("made")).doesNotExist();
  }

  @Test
  void aLinkInsideTheRootIsFollowed() throws IOException {
    Files.createSymbolicLink(folder.resolve("link"), folder.resolve("inner"));

    assertThat(root.existingFile("link/file.txt")).isEqualTo(folder.resolve("inner/file.txt"));
  }

  @Test
  void aRootThatIsALinkItselfTakesBothItsNames() throws IOException {
    Path link = Files.createSymbolicLink(temporary.resolve("alias"), folder);
    FilesRoot aliased = FilesRoot.of(Optional.of(link.toString()), "files-root");
    Path file = folder.resolve("inner/file.txt");

    assertThat(aliased.existingFile(link + "/inner/file.txt")).isEqualTo(file);
    assertThat(aliased.existingFile(file.toString())).isEqualTo(file);
    assertThatThrownBy(() -> aliased.existingFile(link + "/../outside/secret.txt"))
        .isInstanceOf(RejectedTask.class);
  }

  @Test
  void foldersPipesAndAbsentFilesAreRefused() throws Exception {
    Process mkfifo = new ProcessBuilder("mkfifo", folder.resolve("pipe").toString()).start();
    assertThat(mkfifo.waitFor()).isZero();

    assertThatThrownBy(() -> root.existingFile("inner"))
        .isInstanceOf(RejectedTask.class)
        .hasMessageContaining("not a regular file");
    assertThatThrownBy(() -> root.existingFile("pipe"))
        .isInstanceOf(RejectedTask.class)
        .hasMessageContaining("not a regular file");
    assertThatThrownBy(() -> root.existingFile("absent"))
        .isInstanceOf(RejectedTask.class)
        .hasMessageContaining("no file 'absent'");
    assertThatThrownBy(() -> root.existingFile("inner/file.txt/x"))
        .isInstanceOf(RejectedTask.class);
    assertThatThrownBy(() -> root.existingFile("nul\0byte"))
        .isInstanceOf(RejectedTask.class)
        .hasMessageContaining("no path");
  }

  @Test
  void withoutARootEverythingIsRefusedAndTheMessageSaysHowToAllowIt() {
    FilesRoot none = FilesRoot.of(Optional.empty(), "files-root");

    assertThatThrownBy(() -> none.existingFile("inner/file.txt"))
        .isInstanceOf(RejectedTask.class)
        .hasMessageContaining("--files-root DIR");
    assertThatThrownBy(() -> none.newFile("new.png")).isInstanceOf(RejectedTask.class);
  }

  @Test
  void theFolderOfANewFileIsMade() throws IOException {
    Path file = root.newFile("a/b/new.png");

    assertThat(file).isEqualTo(folder.resolve("a/b/new.png")).doesNotExist();
    assertThat(file.getParent()).isDirectory();
  }
}
