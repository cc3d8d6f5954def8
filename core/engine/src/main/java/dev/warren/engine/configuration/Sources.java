package dev.warren.engine.configuration;

import dev.warren.api.ConfigurationException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks a key up where values come from, strongest first. */
record Sources(
    Map<String, List<String>> flags,
    Map<String, String> environment,
    Map<String, List<String>> inFile,
    Optional<Path> file) {
  /** A value as written. */
  record Raw(List<String> values, Origin origin) {}

  Optional<Raw> find(Key<?> key) {
    return fromFlag(key)
        .or(() -> fromEnvironment(key))
        .or(() -> fromFile(key))
        .or(() -> key.defaultText().map(text -> new Raw(defaults(text), Origin.OF_DEFAULT)));
  }

  private static List<String> defaults(String text) {
    return text.isEmpty() ? List.of() : List.of(text);
  }

  private Optional<Raw> fromFlag(Key<?> key) {
    List<String> values = flags.get(key.name());
    if (values == null || values.isEmpty()) {
      return Optional.empty();
    }
    if (key.isSecret()) {
      throw new ConfigurationException(
          key.flag()
              + " would show the secret to everyone on this machine: set "
              + key.environment()
              + ", or '"
              + key.name()
              + ":' in the configuration file");
    }
    for (String value : values) {
      key.objectionToFlag(value)
          .ifPresent(
              why -> {
                throw new ConfigurationException(key.flag() + ": " + why);
              });
    }
    if (values.size() > 1 && (key.shape() == Key.Shape.SINGLE || key.shape() == Key.Shape.SWITCH)) {
      throw new ConfigurationException(key.flag() + " is given more than once");
    }
    return Optional.of(new Raw(values, new Origin(Origin.Source.FLAG, key.flag())));
  }

  private Optional<Raw> fromEnvironment(Key<?> key) {
    @Nullable String value = environment.get(key.environment());
    String name = key.environment();
    Optional<String> alias = key.environmentAlias();
    @Nullable String aliased = alias.map(environment::get).orElse(null);
    if (value != null && aliased != null && !value.equals(aliased)) {
      throw new ConfigurationException(
          name + " and " + alias.orElseThrow() + " are set to different values; keep one");
    }
    if (value == null && aliased != null) {
      value = aliased;
      name = alias.orElseThrow();
    }
    // An empty variable counts as absent, as many tools cannot unset one.
    return value == null || value.isEmpty()
        ? Optional.empty()
        : Optional.of(new Raw(List.of(value), new Origin(Origin.Source.ENVIRONMENT, name)));
  }

  private Optional<Raw> fromFile(Key<?> key) {
    List<String> values = inFile.get(key.name());
    if (values == null) {
      return Optional.empty();
    }
    if (values.size() != 1
        && (key.shape() == Key.Shape.SINGLE || key.shape() == Key.Shape.SWITCH)) {
      throw new ConfigurationException(key.name() + " in the configuration file takes one value");
    }
    String place = file.map(Path::toString).orElse("");
    return Optional.of(new Raw(values, new Origin(Origin.Source.FILE, place)));
  }
}
