package dev.warren.producer.cli;

import dev.warren.api.ConfigurationException;
import dev.warren.engine.configuration.ConfigurationFile;
import dev.warren.engine.configuration.Durations;
import dev.warren.engine.configuration.Key;
import dev.warren.engine.configuration.Settings;
import dev.warren.engine.configuration.StandardKeys;
import dev.warren.engine.configuration.Tier;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.connection.ProcessName;
import dev.warren.engine.connection.Secret;
import dev.warren.engine.registry.TypeCatalog;
import dev.warren.producer.ClientBuilder;
import dev.warren.producer.WarrenClient;
import dev.warren.producer.gateway.GatewaySettings;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What all commands of one run share: the streams, the settings, and ways to the broker. */
final class Cli {
  /** How long a submission waits for the broker's confirm. */
  static final Key<Duration> SEND_DEADLINE =
      Key.duration("client.send-deadline")
          .describedAs("How long a submission waits for the broker's confirm.")
          .in(Tier.OFTEN)
          .withDefault(Durations.format(ClientBuilder.DEFAULT_SEND_DEADLINE));

  /** Shorter than that of a service: somebody sits and waits. */
  private static final Key<Duration> CONNECT_TIMEOUT =
      StandardKeys.BROKER_CONNECT_TIMEOUT.withDefault("4s");

  /** Everything the command line knows. */
  static final List<Key<?>> KEYS = keys();

  private final Surroundings surroundings;
  private final PrintStream out;
  private final Map<String, List<String>> flags = new HashMap<>();
  private @Nullable Path file;
  private @Nullable Settings settings;
  private int verbosity;

  Cli(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.out = surroundings.text();
  }

  private static List<Key<?>> keys() {
    List<Key<?>> keys = new ArrayList<>(StandardKeys.BROKER);
    keys.replaceAll(key -> key.name().equals(CONNECT_TIMEOUT.name()) ? CONNECT_TIMEOUT : key);
    keys.add(SEND_DEADLINE);
    keys.addAll(StandardKeys.GATEWAY_CLIENT);
    return List.copyOf(keys);
  }

  Surroundings surroundings() {
    return surroundings;
  }

  PrintStream out() {
    return out;
  }

  PrintStream err() {
    return surroundings.err();
  }

  /** Tells the user something that is no result. */
  void say(String line) {
    err().println("warren: " + OneLine.of(line));
  }

  /** Tells a failure in one line, and its stack if wanted; returns the exit code. */
  int fail(Throwable failure) {
    Throwable cause = Failures.cause(failure);
    say(Failures.line(cause));
    if (isVerbose()) {
      cause.printStackTrace(err());
    }
    return ExitCodes.of(cause);
  }

  void flag(Key<?> key, String value) {
    flags.put(key.name(), List.of(value));
  }

  void file(Path named) {
    this.file = named;
  }

  void verbosity(int level) {
    this.verbosity = level;
  }

  boolean isVerbose() {
    return verbosity > 0;
  }

  /** The settings of this run; read at the first call. */
  Settings settings() {
    Settings known = settings;
    if (known == null) {
      Map<String, String> environment = surroundings.environment();
      Optional<Path> from =
          file == null ? ConfigurationFile.find(environment) : Optional.of(existing(file));
      known = Settings.load(KEYS, flags, environment, from);
      settings = known;
    }
    return known;
  }

  private static Path existing(Path named) {
    if (!Files.isRegularFile(named)) {
      throw new ConfigurationException("--config names no file: " + named);
    }
    return named;
  }

  BrokerSettings broker() {
    return StandardKeys.brokerSettings(settings());
  }

  /** Connections for topology and registry. */
  Connections connections() {
    return new Connections(broker(), ProcessName.of("cli"));
  }

  /** The task types that the fleet announced. */
  TypeCatalog types(Connections connections) {
    return new TypeCatalog(connections, cacheFolder());
  }

  /** Where small files of what was learned are kept. */
  private Path cacheFolder() {
    Map<String, String> environment = surroundings.environment();
    String home = environment.getOrDefault("HOME", System.getProperty("user.home", "."));
    String base = environment.getOrDefault("XDG_CACHE_HOME", "");
    return (base.isEmpty() ? Path.of(home, ".cache") : Path.of(base)).resolve("warren");
  }

  /** Where notes are kept that must not be lost. */
  Path stateFolder() {
    Map<String, String> environment = surroundings.environment();
    String home = environment.getOrDefault("HOME", System.getProperty("user.home", "."));
    String base = environment.getOrDefault("XDG_STATE_HOME", "");
    return (base.isEmpty() ? Path.of(home, ".local", "state") : Path.of(base)).resolve("warren");
  }

  /** Where the gateway is, if somebody said so. */
  Optional<GatewaySettings> gatewaySettings() {
    Settings known = settings();
    Optional<Secret> token = StandardKeys.gatewayToken(known);
    return known.isSet(StandardKeys.GATEWAY_URI) || token.isPresent()
        ? Optional.of(
            GatewaySettings.of(known.get(StandardKeys.GATEWAY_URI)).withToken(token.orElse(null)))
        : Optional.empty();
  }

  /** A way to the gateway; the caller closes it. */
  GatewayDoor gateway() {
    return GatewayDoor.open(this);
  }

  /** A connected client; the caller closes it. */
  WarrenClient client(int window) {
    return builder(window).connect();
  }

  /** A connected client for one task; the caller closes it. */
  WarrenClient clientForOne(boolean waits) {
    return builder(1).listenAtOnce(waits).connect();
  }

  /**
   * A connected client; the caller closes it.
   *
   * @param chunks whether small tasks may share messages
   */
  WarrenClient client(int window, boolean chunks) {
    return builder(window).chunks(chunks).connect();
  }

  private ClientBuilder builder(int window) {
    ClientBuilder builder = WarrenClient.builder();
    gatewaySettings().ifPresent(builder::gateway);
    return builder
        .broker(broker())
        .role("cli")
        .appId("warren-cli")
        .sendDeadline(settings().get(SEND_DEADLINE))
        .window(window)
        .typeCache(cacheFolder());
  }
}
