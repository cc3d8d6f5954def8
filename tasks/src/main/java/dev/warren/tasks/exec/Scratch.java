package dev.warren.tasks.exec;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** A fresh folder of an attempt, made when it is needed and removed with all that is in it. */
final class Scratch implements AutoCloseable {
  private @Nullable Path made;

  /** The folder, which nobody else may enter. */
  Path folder() throws IOException {
    Path known = made;
    if (known == null) {
      known = Files.createTempDirectory("warren-exec-");
      made = known;
    }
    return known;
  }

  @Override
  public void close() throws IOException {
    Path folder = made;
    if (folder == null) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path inner, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.deleteIfExists(inner);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
