package dev.warren.tasks.exec;

import dev.warren.api.ConfigurationException;
import dev.warren.api.RejectedTask;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The programs that tasks may run. Each was looked up when the worker started: what a task names is
 * never searched for, so neither a folder that it runs in nor an environment that it gives can put
 * another program in its place. Immutable.
 */
final class Programs {
  private final Map<String, Path> allowed;

  private Programs(Map<String, Path> allowed) {
    this.allowed = allowed;
  }

  /**
   * Looks up what an operator allows.
   *
   * @param names of programs in the search path, or their absolute paths
   * @param searchPath folders, as in the variable {@code PATH}
   * @throws ConfigurationException if one is not there
   */
  static Programs find(List<String> names, String searchPath) {
    Map<String, Path> found = new LinkedHashMap<>();
    for (String name : names) {
      Path program = name.startsWith("/") ? given(name) : searched(name, searchPath);
      put(found, name, program);
      put(found, program.toString(), program);
      put(found, String.valueOf(program.getFileName()), program);
    }
    return new Programs(Map.copyOf(found));
  }

  private static void put(Map<String, Path> found, String name, Path program) {
    Path other = found.putIfAbsent(name, program);
    if (other != null && !other.equals(program)) {
      throw new ConfigurationException(
          "%s: '%s' would be both %s and %s: allow one of them"
              .formatted(ExecSettings.ALLOW, name, other, program));
    }
  }

  private static Path given(String name) {
    Path program = path(name);
    if (!isProgram(program)) {
      throw new ConfigurationException(
          "%s: there is no program %s".formatted(ExecSettings.ALLOW, name));
    }
    return program;
  }

  private static Path searched(String name, String searchPath) {
    if (name.contains("/") || name.contains("*")) {
      throw new ConfigurationException(
          "%s: '%s' is neither the name of a program nor an absolute path"
              .formatted(ExecSettings.ALLOW, name));
    }
    for (String folder : searchPath.split(File.pathSeparator, -1)) {
      // An empty or relative one is the folder that somebody happens to be in.
      if (folder.startsWith("/") && isProgram(path(folder).resolve(name))) {
        return path(folder).resolve(name);
      }
    }
    throw new ConfigurationException(
        "%s: there is no program '%s' in the worker's PATH (%s)"
            .formatted(ExecSettings.ALLOW, name, searchPath));
  }

  private static Path path(String text) {
    try {
      return Path.of(text).normalize();
    } catch (InvalidPathException malformed) {
      throw new ConfigurationException(
          "%s: '%s' is no path: %s".formatted(ExecSettings.ALLOW, text, malformed.getReason()),
          malformed);
    }
  }

  private static boolean isProgram(Path file) {
    return Files.isRegularFile(file) && Files.isExecutable(file);
  }

  /**
   * Where the program is that a task names.
   *
   * @throws RejectedTask if it is not allowed here
   */
  Path allowed(String name) {
    Path program = allowed.get(name);
    if (program == null) {
      throw new RejectedTask(
          "this worker may not run '%s', only %s; its operator allows programs with --exec-allow"
              .formatted(name, String.join(", ", new TreeSet<>(names()))));
    }
    return program;
  }

  private List<String> names() {
    return allowed.keySet().stream().filter(name -> !name.startsWith("/")).toList();
  }
}
