package dev.warren.bench.peers;

import dev.warren.bench.BenchException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * What is known of a peer, from its {@code peer.properties}.
 *
 * @param name of its folder
 * @param base the peer whose programs it runs with other settings, or its own name
 * @param roles of its processes, in the order in which they start
 * @param environment settings of its own for them
 * @param about title, durability, results, settings: for people
 */
record Peer(
    String name, String base, List<String> roles, Map<String, String> environment, About about) {
  /**
   * For people.
   *
   * @param durability what is written and confirmed before it counts
   * @param results how they come back
   */
  record About(String title, String durability, String results, String settings) {}

  /** The key of the number of unfinished tasks in {@link #environment}. */
  static final String WINDOW = "PEER_WINDOW";

  private static final String COMMA = "\\s*,\\s*";

  Peer {
    roles = List.copyOf(roles);
    environment = Map.copyOf(environment);
  }

  /** Reads the properties in this folder. */
  static Peer read(Path folder) {
    Path file = folder.resolve("peer.properties");
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (IOException unreadable) {
      throw new BenchException(
          "there is no peer in " + folder + ": no peer.properties", unreadable);
    }
    Map<String, String> environment = new LinkedHashMap<>();
    for (String entry : words(properties.getProperty("environment", ""))) {
      int equals = entry.indexOf('=');
      environment.put(entry.substring(0, equals), entry.substring(equals + 1));
    }
    String window = properties.getProperty("window");
    if (window != null) {
      environment.put(WINDOW, window);
    }
    String name = String.valueOf(folder.getFileName());
    return new Peer(
        name,
        properties.getProperty("base", name),
        words(needed(properties, "roles", file)),
        environment,
        new About(
            needed(properties, "title", file),
            needed(properties, "durability", file),
            needed(properties, "results", file),
            needed(properties, "settings", file)));
  }

  /** Whether it brings a server of its own; else the broker is its server. */
  boolean hasServer() {
    return roles.contains(PeerProcesses.SERVER);
  }

  private static List<String> words(String text) {
    return text.isBlank() ? List.of() : Arrays.asList(text.strip().split(COMMA));
  }

  private static String needed(Properties properties, String key, Path file) {
    String value = properties.getProperty(key);
    if (value == null || value.isBlank()) {
      throw new BenchException(file + " does not say '" + key + "'");
    }
    return value.strip();
  }
}
