package dev.warren.worker.crash;

import dev.warren.api.ConfigurationException;
import dev.warren.engine.journal.InFlight;
import dev.warren.engine.journal.InFlightJournal;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of one running worker program, {@code run-<pid>} in the state folder: a journal for
 * each of its JVMs, suspects, the addresses of their health ports. Removed when the program ends in
 * order; what a crashed one left is looked through by the next to start.
 */
public final class RunFolder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunFolder.class);
  private static final Pattern NAME = Pattern.compile("run-(\\d+)");

  private final Path path;
  private final List<InFlight> left;

  private RunFolder(Path path, List<InFlight> left) {
    this.path = path;
    this.left = List.copyOf(left);
  }

  /**
   * Makes the folder of this program, after a look at what crashed ones have left.
   *
   * @param state the state folder; made if need be
   */
  public static RunFolder create(Path state) {
    long own = ProcessHandle.current().pid();
    try {
      Files.createDirectories(state);
      List<InFlight> ran = new ArrayList<>();
      for (Path left : leftOvers(state, own)) {
        ran.addAll(journals(left));
        remove(left);
      }
      Suspects.tell("a worker that ran here before", ran);
      return new RunFolder(Files.createDirectory(state.resolve("run-" + own)), ran);
    } catch (IOException failed) {
      throw new ConfigurationException(
          "the state folder "
              + state
              + " cannot be used ("
              + failed
              + "): choose another with"
              + " --state-dir",
          failed);
    }
  }

  /** The folder that a supervisor has made; it stays when this program ends. */
  public static RunFolder existing(Path path) {
    return new RunFolder(path, List.of());
  }

  /** What ran when programs of the same state folder crashed. */
  public List<InFlight> left() {
    return left;
  }

  public Path path() {
    return path;
  }

  /** The journal of a JVM of the program. */
  public Path journal(String label) {
    return path.resolve(label + ".journal");
  }

  /** Where the suspects of a JVM are kept for its successor. */
  public Path suspects(String label) {
    return path.resolve(label + ".suspects");
  }

  /** Where the program tells how it is. */
  public Path status() {
    return path.resolve("status.json");
  }

  /** Where a JVM writes the address of its health port. */
  public Path healthAddress(String label) {
    return path.resolve(label + ".health");
  }

  @Override
  public void close() {
    try {
      remove(path);
    } catch (IOException stays) {
      LOG.warn("{} was not removed: {}", path, stays.toString());
    }
  }

  /** The folders of worker programs below a state folder, or below one of its folders. */
  public static List<Path> below(Path state) throws IOException {
    if (!Files.isDirectory(state)) {
      return List.of();
    }
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        state,
        Set.of(),
        2,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes kind) {
            return isOne(folder) ? add(folder) : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path lowest, BasicFileAttributes kind) {
            return kind.isDirectory() && isOne(lowest) ? add(lowest) : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path gone, IOException how) {
            return skip(gone, how);
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException how) {
            return how == null ? FileVisitResult.CONTINUE : skip(folder, how);
          }

          private FileVisitResult add(Path folder) {
            found.add(folder);
            return FileVisitResult.SKIP_SUBTREE;
          }

          // A program that ends takes its folder away; others are not ours to read.
          private FileVisitResult skip(Path unread, IOException how) {
            LOG.debug("{} is not looked through", unread, how);
            return FileVisitResult.CONTINUE;
          }
        });
    found.sort(Comparator.naturalOrder());
    return found;
  }

  private static boolean isOne(Path folder) {
    return NAME.matcher(folder.getFileName().toString()).matches();
  }

  /** The process id in the name of such a folder. */
  public static long pid(Path folder) {
    Matcher name = NAME.matcher(folder.getFileName().toString());
    return name.matches() ? Long.parseLong(name.group(1)) : -1;
  }

  /**
   * Folders of programs that are gone. A container gives everyone the same pid: ours is old too.
   */
  private static List<Path> leftOvers(Path state, long own) throws IOException {
    List<Path> left = new ArrayList<>();
    try (Stream<Path> all = Files.list(state)) {
      for (Path folder : all.toList()) {
        Matcher name = NAME.matcher(folder.getFileName().toString());
        if (name.matches()) {
          long pid = Long.parseLong(name.group(1));
          if (pid == own || ProcessHandle.of(pid).isEmpty()) {
            left.add(folder);
          }
        }
      }
    }
    return left;
  }

  private static List<InFlight> journals(Path folder) throws IOException {
    List<InFlight> running = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(one -> one.toString().endsWith(".journal")).toList()) {
        try {
          running.addAll(InFlightJournal.read(file));
        } catch (IOException unreadable) {
          LOG.warn("the journal {} cannot be read: {}", file, unreadable.getMessage());
        }
      }
    }
    return running;
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(one);
      }
    }
  }
}
