package dev.warren.api;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The folder that file tasks are kept in, for whoever writes such tasks. Paths in arguments come
 * from whoever may submit a task, so each is resolved to the real file, links followed, and refused
 * when that lies elsewhere. Without a root every path is refused: file tasks are closed by default.
 * Safe for concurrent use.
 */
public final class FilesRoot {
  /** Setting: the folder that tasks may read. */
  public static final String SETTING = "files-root";

  /** Setting: the folder that tasks may write into; the same as {@link #SETTING} if not given. */
  public static final String OUTPUT_SETTING = "output-root";

  /** As it was given; links in it are the operator's own. */
  private final @Nullable Path given;

  private final @Nullable Path real;

  private FilesRoot(@Nullable Path given, @Nullable Path real) {
    this.given = given;
    this.real = real;
  }

  /**
   * The folder that tasks may read.
   *
   * @param settings the settings of the process, as in {@link TaskRegistry#setting}
   * @throws ConfigurationException if it is no folder
   */
  public static FilesRoot source(Function<String, Optional<String>> settings) {
    return of(settings.apply(SETTING), SETTING);
  }

  /**
   * The folder that tasks may write into.
   *
   * @param settings the settings of the process, as in {@link TaskRegistry#setting}
   * @throws ConfigurationException if it is no folder
   */
  public static FilesRoot output(Function<String, Optional<String>> settings) {
    Optional<String> own = settings.apply(OUTPUT_SETTING);
    return own.isPresent() ? of(own, OUTPUT_SETTING) : source(settings);
  }

  /**
   * A folder as a setting names it; without one, every path is refused.
   *
   * @throws ConfigurationException if it is no folder
   */
  public static FilesRoot of(Optional<String> folder, String setting) {
    if (folder.isEmpty()) {
      return new FilesRoot(null, null);
    }
    try {
      Path given = Path.of(folder.get()).toAbsolutePath().normalize();
      Path real = given.toRealPath();
      if (!Files.isDirectory(real)) {
        throw new ConfigurationException("'" + setting + "' is no folder: " + folder.get());
      }
      return new FilesRoot(given, real);
    } catch (IOException | InvalidPathException unusable) {
      throw new ConfigurationException(
          "'" + setting + "' must name an existing folder, not '" + folder.get() + "'", unusable);
    }
  }

  /**
   * The real path of an existing regular file below the root.
   *
   * @throws RejectedTask if there is none, or the path leads out of the root
   */
  public Path existingFile(String path) throws IOException {
    Path asked = inside(path);
    Path file;
    try {
      file = asked.toRealPath();
    } catch (FileSystemException absent) {
      // Not there, a file where a folder should be, a loop of links, a name too long.
      throw new RejectedTask("no file '" + path + "' below the files root", absent);
    }
    requireInside(file, path);
    // Opening a pipe or a device could block for ever.
    if (!Files.isRegularFile(file)) {
      throw new RejectedTask("'" + path + "' is not a regular file");
    }
    if (!Files.isReadable(file)) {
      throw new RejectedTask("this process may not read '" + path + "'");
    }
    return file;
  }

  /** The folder itself, links followed, if there is one. */
  public Optional<Path> folder() {
    return Optional.ofNullable(real);
  }

  /**
   * The real path of an existing folder below the root, or of the root itself.
   *
   * @throws RejectedTask if there is none, or the path leads out of the root
   */
  public Path existingFolder(String path) throws IOException {
    Path asked = inside(path);
    Path folder;
    try {
      folder = asked.toRealPath();
    } catch (FileSystemException absent) {
      throw new RejectedTask("no folder '" + path + "' below the files root", absent);
    }
    requireInside(folder, path);
    if (!Files.isDirectory(folder)) {
      throw new RejectedTask("'" + path + "' is no folder");
    }
    return folder;
  }

  /**
   * A path to write to, below the root; its folder is made if need be.
   *
   * @throws RejectedTask if the path leads out of the root, or names a folder or a link
   */
  public Path newFile(String path) throws IOException {
    Path asked = inside(path);
    Path folder = asked.getParent();
    Path name = asked.getFileName();
    if (folder == null || name == null || asked.equals(real)) {
      throw new RejectedTask("'" + path + "' names no file");
    }
    // Before the missing folders are made: a link on the way must not lead them outside.
    Path existing = folder;
    while (!Files.exists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    requireInside(existing.toRealPath(), path);
    Files.createDirectories(folder);
    Path realFolder = folder.toRealPath();
    requireInside(realFolder, path);
    Path file = realFolder.resolve(name);
    if (Files.isSymbolicLink(file)) {
      // Whoever opens it would write where it leads to.
      throw new RejectedTask("'" + path + "' is a link");
    }
    if (Files.isDirectory(file)) {
      throw new RejectedTask("'" + path + "' is a folder");
    }
    return file;
  }

  /** How the task's results should name a file: relative to the root. */
  public String name(Path file) {
    return root().relativize(file).toString();
  }

  private Path inside(String path) {
    Path root = root();
    Path asked;
    try {
      asked = root.resolve(path).normalize();
    } catch (InvalidPathException malformed) {
      throw new RejectedTask("'" + path + "' is no path: " + malformed.getReason(), malformed);
    }
    if (given != null && asked.startsWith(given)) {
      asked = root.resolve(given.relativize(asked)).normalize();
    }
    requireInside(asked, path);
    return asked;
  }

  private void requireInside(Path file, String asked) {
    if (!file.startsWith(root())) {
      throw new RejectedTask("'" + asked + "' leads out of the files root");
    }
  }

  private Path root() {
    if (real == null) {
      throw new RejectedTask(
          "this process has no files root, so it refuses file tasks: start it with --files-root DIR");
    }
    return real;
  }
}
