package dev.warren.engine.startup;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * Where caches are kept. A JVM runs what is in its cache, so nobody else may be able to write here.
 */
final class CacheFolder {
  static final String SUFFIX = ".aot";

  /** So many of a program are kept: those of other installations, or of the last builds. */
  private static final int KEPT = 4;

  private static final Duration SURELY_UNUSED = Duration.ofHours(1);

  private final Path folder;

  CacheFolder(Path folder) {
    this.folder = folder;
  }

  Path file(String name) {
    return folder.resolve(name);
  }

  /**
   * Makes the folder if there is none.
   *
   * @throws IOException if it cannot be written, or others can write there
   */
  void open() throws IOException {
    if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      Set<PosixFilePermission> allowed = Files.getPosixFilePermissions(folder);
      if (allowed.contains(PosixFilePermission.GROUP_WRITE)
          || allowed.contains(PosixFilePermission.OTHERS_WRITE)) {
        throw new IOException("others can write there");
      }
    } else {
      Files.createDirectories(folder);
    }
    Path mine = Files.createTempFile(folder, "mine-", ".new");
    try {
      if (!Files.getOwner(mine).equals(Files.getOwner(folder))) {
        throw new IOException("it belongs to somebody else");
      }
    } finally {
      Files.delete(mine);
    }
  }

  /** Runs an action, unless another process or thread is at it. */
  void alone(String name, Action action) throws IOException, InterruptedException {
    try (FileChannel file =
            FileChannel.open(
                file(name + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = file.tryLock()) {
      if (lock != null) {
        action.run();
      }
    } catch (OverlappingFileLockException here) {
      return;
    }
  }

  /** What is done by one process at a time. */
  interface Action {
    void run() throws IOException, InterruptedException;
  }

  /** Notes that a file is in use; false if it is not there. */
  static boolean use(Path file) {
    try {
      Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
      return true;
    } catch (IOException gone) {
      return false;
    }
  }

  /** Removes what nobody has used for long: of this program's caches, and what was not finished. */
  void removeOld(String name) throws IOException {
    Instant old = Instant.now().minus(SURELY_UNUSED);
    List<Path> caches = new ArrayList<>(files(name + "-*" + SUFFIX));
    caches.sort(Comparator.comparing(CacheFolder::used).reversed());
    List<Path> unneeded =
        new ArrayList<>(caches.subList(Math.min(KEPT, caches.size()), caches.size()));
    unneeded.addAll(files(name + "-*.new*"));
    for (Path file : unneeded) {
      if (used(file).isBefore(old)) {
        Files.deleteIfExists(file);
      }
    }
  }

  private List<Path> files(String pattern) throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, pattern)) {
      files.forEach(found::add);
    }
    return found;
  }

  private static Instant used(Path file) {
    try {
      return Files.getLastModifiedTime(file).toInstant();
    } catch (NoSuchFileException gone) {
      return Instant.EPOCH;
    } catch (IOException unknown) {
      return Instant.now();
    }
  }
}
