package dev.warren.bench;

import dev.warren.engine.connection.BrokerSettings;
import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * A RabbitMQ node that exists for one run, from an installed rabbitmq-server, by the script that
 * {@code warren up} uses too. Removed with its data at the end, also if this JVM is killed.
 */
final class PrivateNode implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(3);

  private final Path script;
  private final Path folder;
  private final Path log;

  private PrivateNode(Path script, Path folder, Path log) {
    this.script = script;
    this.folder = folder;
    this.log = log;
  }

  static PrivateNode start(Path workFolder) {
    PrivateNode node =
        new PrivateNode(script(), workFolder.resolve("node"), workFolder.resolve("node.log"));
    node.call("start", "--while", Long.toString(ProcessHandle.current().pid()));
    return node;
  }

  BrokerSettings settings() {
    return BrokerSettings.parse(property("credentials", "uri"));
  }

  URI managementUri() {
    return URI.create(property("node.properties", "management.uri"));
  }

  /** Its process. */
  long pid() {
    return Long.parseLong(property("node.properties", "pid"));
  }

  /** Beside the launcher: in a checkout and in a release. */
  private static Path script() {
    String launcher = System.getenv("WARREN_LAUNCHER");
    if (launcher == null) {
      throw new BenchException(
          "a private node needs the launcher: start with './warren bench', or give --broker"
              + " configured");
    }
    Path home = Path.of(launcher).toAbsolutePath().resolveSibling("");
    for (Path candidate :
        List.of(home.resolve("deploy/broker/node"), home.resolveSibling("broker/node"))) {
      if (Files.isRegularFile(candidate)) {
        return candidate;
      }
    }
    throw new BenchException("no broker/node beside " + launcher);
  }

  private void call(String command, String... arguments) {
    List<String> words = new ArrayList<>(List.of("bash", script.toString(), command));
    words.add(folder.toString());
    words.addAll(List.of(arguments));
    String home = System.getenv().getOrDefault("WARREN_RABBITMQ_HOME", "");
    Map<String, String> environment =
        home.isEmpty() ? Map.of() : Map.of("WARREN_RABBITMQ_HOME", home);
    OwnProcess process = OwnProcess.start("the node's script", words, environment, log);
    try {
      if (!process.awaitEnd(LIMIT)) {
        process.close();
        throw new BenchException("the node did not " + command + " within " + LIMIT);
      }
    } catch (InterruptedException interrupted) {
      process.close();
      Thread.currentThread().interrupt();
      throw new BenchException("interrupted", interrupted);
    }
    if (process.exitCode() != 0) {
      throw new BenchException(
          "the private node does not " + command + ":\n" + process.lastWords());
    }
  }

  private String property(String file, String key) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(folder.resolve(file))) {
      properties.load(reader);
    } catch (IOException unreadable) {
      throw new BenchException("the private node left no " + file, unreadable);
    }
    String value = properties.getProperty(key);
    if (value == null) {
      throw new BenchException("the private node's " + file + " has no " + key);
    }
    return value;
  }

  @Override
  public void close() {
    // Must be ended also on behalf of a thread that was interrupted again.
    boolean again = Thread.interrupted();
    call("purge");
    if (again) {
      Thread.currentThread().interrupt();
    }
  }
}
