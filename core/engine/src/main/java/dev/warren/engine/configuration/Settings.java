package dev.warren.engine.configuration;

import dev.warren.api.ConfigurationException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The settings a program runs with, each with its origin: flag before environment before file
 * before default. Immutable.
 */
public final class Settings {
  private record Found<T>(Key<T> key, List<String> raw, T value, Origin origin) {
    String shown() {
      return key.isSecret()
          ? key.mask("")
          : key.mask(String.join(key.shape() == Key.Shape.ENTRIES ? " " : ",", raw));
    }
  }

  /** One line of {@code config show}; secrets are masked. An absent value is empty. */
  public record Line(String key, String value, String origin, Tier tier, String description) {}

  private final List<Key<?>> keys;
  private final Map<String, Found<?>> found;

  private Settings(List<Key<?>> keys, Map<String, Found<?>> found) {
    this.keys = List.copyOf(keys);
    this.found = found;
  }

  /**
   * Reads all settings.
   *
   * @param keys what this program knows. Sections of {@link StandardKeys#SECTIONS} it has no key of
   *     belong to other programs and are passed over.
   * @param flags values by the key's name ({@code broker.uri}).
   * @throws ConfigurationException on an unknown name, with a near one, or an unfit value.
   */
  public static Settings load(
      List<Key<?>> keys,
      Map<String, List<String>> flags,
      Map<String, String> environment,
      Optional<Path> file) {
    KnownNames known = new KnownNames(keys);
    known.checkFlags(flags.keySet());
    known.checkEnvironment(environment.keySet());
    Map<String, List<String>> inFile = file.map(ConfigurationFile::read).orElse(Map.of());
    inFile = known.entriesJoined(inFile);
    known.checkFile(inFile.keySet(), file);
    Sources sources = new Sources(flags, environment, inFile, file);
    Map<String, Found<?>> found = new LinkedHashMap<>();
    for (Key<?> key : keys) {
      sources.find(key).ifPresent(raw -> found.put(key.name(), parsed(key, raw)));
    }
    return new Settings(keys, found);
  }

  /**
   * Settings of a program from its command line, environment and file.
   *
   * @see CommandLine#help
   */
  public static Settings fromCommandLine(
      String programName, List<Key<?>> keys, String[] args, Map<String, String> environment) {
    CommandLine line = CommandLine.parse(programName, keys, List.of(args));
    Optional<Path> file = line.file().or(() -> ConfigurationFile.find(environment));
    return load(keys, line.flags(), environment, file);
  }

  private static <T> Found<T> parsed(Key<T> key, Sources.Raw raw) {
    return new Found<>(key, raw.values(), key.parse(raw.values(), raw.origin()), raw.origin());
  }

  /** The value, if one was given or there is a default. */
  @SuppressWarnings("unchecked") // A value was parsed by the key of its name.
  public <T> Optional<T> find(Key<T> key) {
    requireKnown(key);
    return Optional.ofNullable((Found<T>) found.get(key.name())).map(Found::value);
  }

  /**
   * The value.
   *
   * @throws ConfigurationException if none was given and there is no default.
   */
  public <T> T get(Key<T> key) {
    return find(key)
        .orElseThrow(
            () ->
                new ConfigurationException(
                    key.name()
                        + " is required: give "
                        + (key.isSecret() ? "" : key.flag() + ", ")
                        + key.environment()
                        + " or '"
                        + key.name()
                        + ":' in the configuration file"));
  }

  /** Where the value comes from; {@link Origin.Source#DEFAULT} also for an absent one. */
  public Origin origin(Key<?> key) {
    requireKnown(key);
    Found<?> value = found.get(key.name());
    return value == null ? Origin.OF_DEFAULT : value.origin();
  }

  /** Whether somebody set it, rather than the default. */
  public boolean isSet(Key<?> key) {
    return origin(key).source() != Origin.Source.DEFAULT;
  }

  /** All settings in the order of their keys, for {@code config show}. */
  public List<Line> lines() {
    List<Line> lines = new ArrayList<>();
    for (Key<?> key : keys) {
      Found<?> value = found.get(key.name());
      lines.add(
          new Line(
              key.name(),
              value == null ? "" : value.shown(),
              value == null ? "" : value.origin().toString(),
              key.tier(),
              key.description()));
    }
    return lines;
  }

  private void requireKnown(Key<?> key) {
    if (keys.stream().noneMatch(known -> known.name().equals(key.name()))) {
      throw new IllegalArgumentException("these settings were loaded without the key " + key);
    }
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("Settings[");
    for (Found<?> value : found.values()) {
      text.append(text.length() > 9 ? ", " : "")
          .append(value.key().name())
          .append('=')
          .append(value.shown());
    }
    return text.append(']').toString();
  }
}
