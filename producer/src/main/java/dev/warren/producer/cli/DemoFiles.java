package dev.warren.producer.cli;

import dev.warren.api.ConfigurationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Real files of this machine for the demo: licences and documentation, and images. */
final class DemoFiles {
  /** A machine may have a million files; nobody waits for a demo to see them all. */
  private static final int MOST_VISITED = 30_000;

  private static final int MOST_TEXTS = 5_000;

  private static final long LEAST_BYTES = 1_000;
  private static final long MOST_TEXT_BYTES = 4_000_000;
  private static final long LEAST_IMAGE_BYTES = 20_000;
  private static final long MOST_IMAGE_BYTES = 10_000_000;

  private static final long LEAST_LARGE_BYTES = 1_000_000;
  private static final long MOST_LARGE_BYTES = 20_000_000;

  private static final List<String> LARGE_FOLDERS = List.of("usr/lib", "usr/bin", "usr/share");
  private static final List<String> TEXT_FOLDERS =
      List.of("usr/share/common-licenses", "usr/share/doc", "usr/share/perl", "usr/lib");
  private static final List<String> IMAGE_FOLDERS =
      List.of("usr/share/pixmaps", "usr/share/backgrounds", "usr/share/icons", "usr/share");

  private final Path root;

  DemoFiles(Path root) {
    if (!Files.isDirectory(root)) {
      throw new ConfigurationException("--files-root names no folder: " + root);
    }
    this.root = root.toAbsolutePath().normalize();
  }

  /** At most so many text files, the largest of those found, as absolute paths. */
  List<Path> texts(int most) {
    List<Path> found = new ArrayList<>();
    for (Path folder : folders(TEXT_FOLDERS, "docs", "")) {
      collect(folder, found, MOST_TEXTS, this::isText);
    }
    Map<Path, Long> sizes = new HashMap<>();
    found.forEach(file -> sizes.put(file, file.toFile().length()));
    return found.stream()
        .sorted(Comparator.<Path>comparingLong(file -> sizes.getOrDefault(file, 0L)).reversed())
        .limit(most)
        .toList();
  }

  /** At most so many large files of any kind: programs and libraries. */
  List<Path> large(int most) {
    List<Path> found = new ArrayList<>();
    for (Path folder : folders(LARGE_FOLDERS)) {
      collect(
          folder,
          found,
          most,
          (file, attributes) ->
              attributes.size() >= LEAST_LARGE_BYTES && attributes.size() <= MOST_LARGE_BYTES);
    }
    return found;
  }

  /** At most so many images that Java can read. */
  List<Path> images(int most) {
    List<Path> found = new ArrayList<>();
    for (Path folder : folders(IMAGE_FOLDERS)) {
      collect(folder, found, most, DemoFiles::isImage);
    }
    return found;
  }

  /** Folders of the machine, and of the working folder's own, where they are below the root. */
  private List<Path> folders(List<String> below, String... here) {
    List<Path> folders = new ArrayList<>();
    for (String name : here) {
      Path folder = Path.of(name).toAbsolutePath().normalize();
      if (folder.startsWith(root)) {
        folders.add(folder);
      }
    }
    below.forEach(name -> folders.add(root.resolve(name)));
    folders.add(root);
    return folders.stream().filter(Files::isDirectory).distinct().toList();
  }

  private boolean isText(Path file, BasicFileAttributes attributes) {
    String name = String.valueOf(file.getFileName());
    boolean plain =
        name.endsWith(".txt")
            || name.endsWith(".md")
            || name.endsWith(".pm")
            || name.endsWith(".html")
            || name.indexOf('.') < 0;
    return plain
        && attributes.size() >= LEAST_BYTES
        && attributes.size() <= MOST_TEXT_BYTES
        && (name.indexOf('.') > 0 || file.startsWith(root.resolve("usr/share")));
  }

  private static boolean isImage(Path file, BasicFileAttributes attributes) {
    String name = String.valueOf(file.getFileName());
    return name.endsWith(".png")
        && attributes.size() >= LEAST_IMAGE_BYTES
        && attributes.size() <= MOST_IMAGE_BYTES
        && DemoImages.isReadable(file);
  }

  /** Whether a file is wanted. */
  private interface Wanted {
    boolean test(Path file, BasicFileAttributes attributes);
  }

  private static void collect(Path folder, List<Path> found, int most, Wanted wanted) {
    if (found.size() >= most) {
      return;
    }
    Predicate<Path> known = Set.copyOf(found)::contains;
    try {
      Files.walkFileTree(folder, new Visitor(found, most, wanted, known));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** Passes over what cannot be read, links, and the kernel's folders. */
  private static final class Visitor extends SimpleFileVisitor<Path> {
    private final List<Path> found;
    private final int most;
    private final Wanted wanted;
    private final Predicate<Path> known;
    private int visited;

    Visitor(List<Path> found, int most, Wanted wanted, Predicate<Path> known) {
      this.found = found;
      this.most = most;
      this.wanted = wanted;
      this.known = known;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      boolean kernel = folder.startsWith("/proc") || folder.startsWith("/sys");
      boolean hidden = String.valueOf(folder.getFileName()).startsWith(".");
      return kernel || hidden || !Files.isReadable(folder)
          ? FileVisitResult.SKIP_SUBTREE
          : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (attributes.isRegularFile()
          && wanted.test(file, attributes)
          && Files.isReadable(file)
          && !known.test(file)) {
        found.add(file);
      }
      visited++;
      return found.size() >= most || visited >= MOST_VISITED
          ? FileVisitResult.TERMINATE
          : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException unreadable) {
      return FileVisitResult.CONTINUE;
    }
  }
}
