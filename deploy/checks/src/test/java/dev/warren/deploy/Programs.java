package dev.warren.deploy;

import dev.warren.api.ConfigurationException;
import dev.warren.engine.configuration.Key;
import dev.warren.engine.configuration.Settings;
import dev.warren.gateway.GatewayDoor;
import dev.warren.producer.cli.CommandLineDoor;
import dev.warren.worker.WorkerDoor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Asks the programs themselves what they would make of a command line. */
final class Programs {
  private static final String CONFIG = "WARREN_CONFIG";

  private Programs() {}

  /**
   * The settings with which a container's program would start.
   *
   * @throws ConfigurationException what the program would say instead
   */
  static Settings settings(Container container) {
    Map<String, String> environment = new LinkedHashMap<>(container.environment());
    // No file of the machine that runs this test.
    environment.put("HOME", "/nonexistent");
    String file = environment.get(CONFIG);
    if (file == null) {
      return settings(container.arguments(), environment);
    }
    String text = container.files().get(file);
    if (text == null) {
      throw new ConfigurationException("WARREN_CONFIG names no file: " + file);
    }
    try {
      Path copy = Files.createTempFile("warren", ".yaml");
      try {
        Files.writeString(copy, text);
        environment.put(CONFIG, copy.toString());
        return settings(container.arguments(), environment);
      } finally {
        Files.delete(copy);
      }
    } catch (IOException unwritable) {
      throw new UncheckedIOException(unwritable);
    }
  }

  /** The settings of a role with these words after it. */
  static Settings settings(List<String> arguments, Map<String, String> environment) {
    String role = arguments.isEmpty() ? "" : arguments.getFirst();
    String[] rest = arguments.stream().skip(1).toArray(String[]::new);
    return switch (role) {
      case "worker" ->
          Settings.fromCommandLine("warren worker", WorkerDoor.keys(), rest, environment);
      case "gateway" ->
          Settings.fromCommandLine("warren gateway", GatewayDoor.keys(), rest, environment);
      default -> CommandLineDoor.settings(arguments, environment);
    };
  }

  /** Whether any program, the launcher or a script reads this variable. */
  static boolean reads(String variable) {
    List<Key<?>> all = allKeys();
    try {
      Settings.load(all, Map.of(), Map.of(variable, ""), Optional.empty());
      return true;
    } catch (ConfigurationException refused) {
      return !String.valueOf(refused.getMessage()).startsWith("unknown environment variable");
    }
  }

  static List<Key<?>> allKeys() {
    Map<String, Key<?>> all = new LinkedHashMap<>();
    for (List<Key<?>> keys :
        List.of(WorkerDoor.keys(), GatewayDoor.keys(), CommandLineDoor.keys())) {
      keys.forEach(key -> all.putIfAbsent(key.name(), key));
    }
    return new ArrayList<>(all.values());
  }

  /** The value that a setting has, in words; empty if none. */
  static String value(Settings settings, String key) {
    return settings.lines().stream()
        .filter(line -> line.key().equals(key))
        .map(Settings.Line::value)
        .findFirst()
        .orElse("");
  }
}
