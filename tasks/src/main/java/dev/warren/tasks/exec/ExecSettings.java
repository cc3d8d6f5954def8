package dev.warren.tasks.exec;

import dev.warren.api.ConfigurationException;
import dev.warren.api.FilesRoot;
import dev.warren.api.TaskRegistry;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What an operator lets commands have.
 *
 * @param variables of the environment, by name, that every command gets
 * @param settable names of variables that a task may set
 * @param files where tasks may read
 * @param output where tasks may write
 */
record ExecSettings(
    Programs programs,
    Map<String, String> variables,
    List<String> settable,
    FilesRoot files,
    FilesRoot output) {
  /** Setting: the programs that tasks may run, separated by commas. */
  static final String ALLOW = "exec-allow";

  /** Setting: names of variables that commands get, of the worker or of the task. */
  static final String ENVIRONMENT = "exec-environment";

  /** What a program needs to be at home, and nothing that is a secret. */
  private static final List<String> USUAL =
      List.of("PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR");

  private static final String USUAL_PATH = "/usr/local/bin:/usr/bin:/bin";
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,200}");

  ExecSettings {
    variables = Map.copyOf(variables);
    settable = List.copyOf(settable);
  }

  /**
   * What the settings of the worker allow; empty if they allow no program.
   *
   * @param environment of the worker
   */
  static Optional<ExecSettings> of(TaskRegistry registry, Map<String, String> environment) {
    List<String> allowed = words(registry.setting(ALLOW));
    List<String> settable = words(registry.setting(ENVIRONMENT));
    settable.forEach(ExecSettings::requireHarmless);
    if (allowed.isEmpty()) {
      return Optional.empty();
    }
    Map<String, String> variables = new TreeMap<>();
    variables.put("PATH", USUAL_PATH);
    for (List<String> names : List.of(USUAL, settable)) {
      for (String name : names) {
        String value = environment.get(name);
        if (value != null) {
          variables.put(name, value);
        }
      }
    }
    return Optional.of(
        new ExecSettings(
            Programs.find(allowed, variables.get("PATH")),
            variables,
            settable,
            FilesRoot.source(registry::setting),
            FilesRoot.output(registry::setting)));
  }

  private static List<String> words(Optional<String> text) {
    return text.stream()
        .flatMap(all -> Arrays.stream(all.split(",")))
        .map(String::strip)
        .filter(word -> !word.isEmpty())
        .toList();
  }

  private static void requireHarmless(String name) {
    if (!VARIABLE.matcher(name).matches()) {
      throw new ConfigurationException(
          "%s: '%s' is no name of a variable".formatted(ENVIRONMENT, name));
    }
    if (name.startsWith("WARREN_")) {
      throw new ConfigurationException(
          "%s: %s is Warren's own and may be a secret: no command gets it"
              .formatted(ENVIRONMENT, name));
    }
  }
}
