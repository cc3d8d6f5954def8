package dev.warren.engine.configuration;

import dev.warren.api.ConfigurationException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The names a program knows, and what to say to one it does not. */
final class KnownNames {
  /** Variables of the launcher, the tests and the deployment; no settings of a program. */
  private static final Set<String> OF_OTHERS =
      Set.of(
          "WARREN_CHILD_SOCKET",
          "WARREN_CHILD_TOKEN",
          "WARREN_CONFIG",
          "WARREN_HOME",
          "WARREN_IMAGE",
          "WARREN_JAVA_DIRS",
          "WARREN_JAVA_HOME",
          "WARREN_JAVA_OPTS",
          "WARREN_LAUNCHER",
          "WARREN_RABBITMQ_HOME",
          "WARREN_RABBITMQ_IMAGE",
          "WARREN_SECRETS",
          "WARREN_STATE",
          "WARREN_VERSION");

  private static final List<String> PREFIXES_OF_OTHERS =
      List.of("WARREN_TEST_", "WARREN_BENCH_", "WARREN_DEMO_");

  /** One file serves a fleet: who does not read these leaves them to those who do. */
  private static final Set<String> CLIENT_SIDE =
      StandardKeys.GATEWAY_CLIENT.stream().map(Key::name).collect(Collectors.toSet());

  private static final Set<String> CLIENT_SIDE_VARIABLES =
      StandardKeys.GATEWAY_CLIENT.stream().map(Key::environment).collect(Collectors.toSet());

  private final Set<String> names = new TreeSet<>();
  private final Set<String> variables = new TreeSet<>();
  private final Set<String> foreignSections = new TreeSet<>(StandardKeys.SECTIONS);
  private final List<Key<?>> keys;

  KnownNames(List<Key<?>> keys) {
    this.keys = keys;
    for (Key<?> key : keys) {
      names.add(key.name());
      variables.add(key.environment());
      key.environmentAlias().ifPresent(variables::add);
      if (!CLIENT_SIDE.contains(key.name())) {
        foreignSections.remove(section(key.name()));
      }
    }
  }

  void checkFlags(Collection<String> given) {
    for (String name : given) {
      if (!names.contains(name)) {
        throw new ConfigurationException(
            "unknown setting '" + name + "'" + NearNames.hint(name, names));
      }
    }
  }

  void checkEnvironment(Collection<String> given) {
    for (String name : new TreeSet<>(given)) {
      if (name.startsWith("WARREN_") && !variables.contains(name) && !isOfOthers(name)) {
        throw new ConfigurationException(
            "unknown environment variable " + name + NearNames.hint(name, variables));
      }
    }
  }

  private boolean isOfOthers(String variable) {
    return OF_OTHERS.contains(variable)
        || CLIENT_SIDE_VARIABLES.contains(variable)
        || PREFIXES_OF_OTHERS.stream().anyMatch(variable::startsWith)
        || foreignSections.stream()
            .anyMatch(
                section -> variable.startsWith("WARREN_" + section.toUpperCase(Locale.ROOT) + "_"));
  }

  void checkFile(Collection<String> given, Optional<Path> file) {
    for (String name : given) {
      if (!names.contains(name)
          && !CLIENT_SIDE.contains(name)
          && !foreignSections.contains(section(name))) {
        throw new ConfigurationException(
            "unknown setting '"
                + name
                + "' in "
                + file.map(Path::toString).orElse("the file")
                + NearNames.hint(name, names));
      }
    }
  }

  /** Gathers {@code tasks.set.a: 1} as an entry {@code a=1} of the key {@code tasks.set}. */
  Map<String, List<String>> entriesJoined(Map<String, List<String>> inFile) {
    Map<String, List<String>> joined = new LinkedHashMap<>();
    inFile.forEach(
        (path, values) -> {
          Optional<String> owner =
              keys.stream()
                  .filter(key -> key.shape() == Key.Shape.ENTRIES)
                  .map(Key::name)
                  .filter(name -> path.startsWith(name + "."))
                  .findFirst();
          if (owner.isEmpty()) {
            joined.put(path, values);
            return;
          }
          String entry = path.substring(owner.get().length() + 1);
          List<String> entries = new ArrayList<>(joined.getOrDefault(owner.get(), List.of()));
          entries.add(entry + "=" + String.join(",", values));
          joined.put(owner.get(), entries);
        });
    return joined;
  }

  private static String section(String name) {
    int dot = name.indexOf('.');
    return dot < 0 ? name : name.substring(0, dot);
  }
}
