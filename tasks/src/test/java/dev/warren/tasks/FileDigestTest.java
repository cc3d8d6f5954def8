package dev.warren.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.warren.api.FilesRoot;
import dev.warren.api.RejectedTask;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDigestTest {
  @TempDir Path folder;
  private FileDigest task;

  @BeforeEach
  void makeTask() {
    task = new FileDigest(FilesRoot.of(Optional.of(folder.toString()), "files-root"));
  }

  @Test
  void theDigestIsTheKnownOne() throws Exception {
    Files.writeString(folder.resolve("abc"), "abc");

    // FIPS 180-4, example of SHA-256 and SHA-1.
    assertThat(task.apply(new FileDigest.Arguments("abc"), new AttemptInTest()))
        .isEqualTo(
            new FileDigest.Result(
                "SHA-256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", 3));
    assertThat(task.apply(new FileDigest.Arguments("abc", "SHA-1"), new AttemptInTest()).digest())
        .isEqualTo("a9993e364706816aba3e25717850c26c9cd0d89d");
  }

  @Test
  void ofAHugeFileOnlyABufferIsInMemory() throws Exception {
    long size = 256L << 20;
    try (RandomAccessFile sparse = new RandomAccessFile(folder.resolve("huge").toFile(), "rw")) {
      sparse.setLength(size);
    }
    AttemptInTest attempt = new AttemptInTest();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();

    FileDigest.Result result = task.apply(new FileDigest.Arguments("huge", "MD5"), attempt);

    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isBetween(1L, size / 16);
    assertThat(result.bytes()).isEqualTo(size);
    assertThat(attempt.progress()).hasSize(20).isSorted().endsWith(1.0);
  }

  @Test
  void anUnknownAlgorithmIsRejectedWithTheKnownOnes() throws Exception {
    Files.writeString(folder.resolve("abc"), "abc");

    assertThatThrownBy(
            () -> task.apply(new FileDigest.Arguments("abc", "SHA-257"), new AttemptInTest()))
        .isInstanceOf(RejectedTask.class)
        .hasMessageContaining("SHA-257")
        .hasMessageContaining("SHA-256");
  }

  @Test
  void aMissingPathIsRejected() {
    assertThatThrownBy(() -> new FileDigest.Arguments(" "))
        .isInstanceOf(RejectedTask.class)
        .hasMessageContaining("'path' is missing");
  }
}
