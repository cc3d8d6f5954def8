package dev.warren.worker.process;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where Linux has put a process among the control groups (cgroup v2), from what it tells in {@code
 * /proc/self/cgroup} and {@code /proc/self/mountinfo}: see cgroups(7) and proc_pid_mountinfo(5).
 */
final class OwnGroup {
  private static final String UNIFIED = "0::";

  /** A mount has its root in the file system and its place here in fields 4 and 5. */
  private static final Pattern MOUNT =
      Pattern.compile("\\S+ \\S+ \\S+ (\\S+) (\\S+) .*? - cgroup2 .*");

  /** Blanks in paths. */
  private static final Pattern ESCAPED = Pattern.compile("\\\\([0-7]{3})");

  private OwnGroup() {}

  /**
   * The folder of the group; nothing if the process is in none, or no mount shows it.
   *
   * @param groups the text of {@code cgroup}
   * @param mounts the text of {@code mountinfo}
   */
  static Optional<Path> folder(String groups, String mounts) {
    return groups
        .lines()
        .filter(line -> line.startsWith(UNIFIED))
        .map(line -> line.substring(UNIFIED.length()))
        .flatMap(group -> mounts.lines().flatMap(mount -> below(mount, group).stream()))
        .findFirst();
  }

  private static Optional<Path> below(String mount, String group) {
    Matcher fields = MOUNT.matcher(mount);
    if (!fields.matches()) {
      return Optional.empty();
    }
    Path root = Path.of(plain(fields.group(1)));
    Path own = Path.of(group);
    // With a ".." it is outside of what this namespace may see.
    return own.startsWith(root) && own.equals(own.normalize())
        ? Optional.of(Path.of(plain(fields.group(2))).resolve(root.relativize(own)))
        : Optional.empty();
  }

  private static String plain(String escaped) {
    return ESCAPED
        .matcher(escaped)
        .replaceAll(
            code ->
                Matcher.quoteReplacement(
                    String.valueOf((char) Integer.parseInt(code.group(1), 8))));
  }
}
