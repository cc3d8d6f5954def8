package dev.warren.engine.configuration;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.warren.api.ConfigurationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The YAML file of settings. Sections may be nested or dotted: {@code broker: {uri: …}} and {@code
 * broker.uri: …} are the same. Values are taken as written, so a password of digits stays one.
 */
public final class ConfigurationFile {
  private ConfigurationFile() {}

  /**
   * The file that applies: {@code WARREN_CONFIG}, else {@code warren.yaml} in the working folder,
   * else {@code ~/.config/warren/warren.yaml}; empty if there is none.
   *
   * @throws ConfigurationException if {@code WARREN_CONFIG} names no file.
   */
  public static Optional<Path> find(Map<String, String> environment) {
    String named = environment.getOrDefault("WARREN_CONFIG", "");
    if (!named.isBlank()) {
      Path file = Path.of(named);
      if (!Files.isRegularFile(file)) {
        throw new ConfigurationException("WARREN_CONFIG names no file: " + named);
      }
      return Optional.of(file);
    }
    String home = environment.getOrDefault("HOME", System.getProperty("user.home", ""));
    String base = environment.getOrDefault("XDG_CONFIG_HOME", home + "/.config");
    for (Path file : List.of(Path.of("warren.yaml"), Path.of(base, "warren", "warren.yaml"))) {
      if (Files.isRegularFile(file)) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }

  /** Loads what reading a file needs, for who has something else to do meanwhile. */
  public static void prepare() {
    try (JsonParser parser = yaml().createParser("a: {b: 'c'}\n")) {
      while (parser.nextToken() != null) {
        // Its classes are what counts.
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private static YAMLFactory yaml() {
    return YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
  }

  /** Each scalar by its dotted path; the elements of a list together. */
  static Map<String, List<String>> read(Path file) {
    Map<String, List<String>> values = new LinkedHashMap<>();
    try (JsonParser parser = yaml().createParser(Files.newBufferedReader(file))) {
      JsonToken first = parser.nextToken();
      if (first == JsonToken.START_OBJECT) {
        readObject(parser, "", values, file);
      } else if (first != null && first != JsonToken.VALUE_NULL) {
        throw new ConfigurationException(
            file + " is no list of settings: write lines like 'broker.uri: amqp://host'");
      }
    } catch (JacksonException malformed) {
      throw new ConfigurationException(
          file
              + " is not readable YAML, near line "
              + (malformed.getLocation() == null ? "?" : malformed.getLocation().getLineNr())
              + ": "
              + firstLine(malformed.getOriginalMessage()),
          null);
    } catch (IOException unreadable) {
      throw new ConfigurationException(file + " cannot be read: " + unreadable, unreadable);
    }
    return values;
  }

  private static void readObject(
      JsonParser parser, String prefix, Map<String, List<String>> values, Path file)
      throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String path = prefix + parser.currentName();
      switch (parser.nextToken()) {
        case START_OBJECT -> readObject(parser, path + ".", values, file);
        case START_ARRAY -> {
          List<String> elements = new ArrayList<>();
          while (parser.nextToken() != JsonToken.END_ARRAY) {
            elements.add(scalar(parser, path, file));
          }
          put(values, path, elements, file);
        }
        default -> put(values, path, List.of(scalar(parser, path, file)), file);
      }
    }
  }

  private static String scalar(JsonParser parser, String path, Path file) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == null || !token.isScalarValue() || token == JsonToken.VALUE_NULL) {
      throw new ConfigurationException(
          path + " in " + file + " has no value; remove the line for the default");
    }
    return parser.getText();
  }

  private static void put(
      Map<String, List<String>> values, String path, List<String> value, Path file) {
    if (values.put(path, List.copyOf(value)) != null) {
      throw new ConfigurationException(path + " is given twice in " + file);
    }
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse("");
  }
}
