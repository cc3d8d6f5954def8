package dev.warren.engine.configuration;

import dev.warren.api.ConfigurationException;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.connection.Secret;
import dev.warren.engine.connection.TlsSettings;
import dev.warren.engine.topology.TopologyMode;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The settings that all programs share. */
public final class StandardKeys {
  /** First words of keys, of all programs: one file may serve the whole fleet. */
  public static final Set<String> SECTIONS =
      Set.of(
          "broker",
          "topology",
          "client",
          "worker",
          "gateway",
          "tasks",
          "health",
          "log",
          "bench",
          "chaos");

  public static final Key<BrokerSettings> BROKER_URI =
      Key.of("broker.uri", "URI", BrokerSettings::parse)
          .withAlias("uri")
          .describedAs("The broker: amqp://host:5672/virtual-host, or amqps:// for TLS.")
          .in(Tier.ESSENTIAL)
          .withDefault("amqp://127.0.0.1:5672")
          .maskedBy(StandardKeys::withoutPassword)
          .objectingToFlag(StandardKeys::objectToPassword);

  public static final Key<String> BROKER_USERNAME =
      Key.text("broker.username")
          .describedAs("The broker user, if the URI names none; else guest.")
          .in(Tier.OFTEN);

  public static final Key<Secret> BROKER_PASSWORD =
      Key.secret("broker.password").describedAs("The broker user's password.").in(Tier.OFTEN);

  public static final Key<Path> BROKER_PASSWORD_FILE =
      Key.path("broker.password-file")
          .describedAs("A file with the broker user's password and nothing else.")
          .in(Tier.OFTEN);

  public static final Key<Duration> BROKER_CONNECT_TIMEOUT =
      Key.duration("broker.connect-timeout")
          .describedAs("The longest wait for the broker's answer while connecting.")
          .withDefault(Durations.format(BrokerSettings.DEFAULT_CONNECT_TIMEOUT));

  public static final Key<Duration> BROKER_HEARTBEAT =
      Key.duration("broker.heartbeat")
          .describedAs("A dead connection is noticed after two to three of these.")
          .withDefault(Durations.format(BrokerSettings.DEFAULT_HEARTBEAT));

  public static final Key<Path> BROKER_TLS_TRUST =
      Key.path("broker.tls.trust")
          .describedAs("Trusted authorities, PEM or key store. Default: those of the JVM.")
          .in(Tier.OFTEN);

  public static final Key<Secret> BROKER_TLS_TRUST_PASSWORD =
      Key.secret("broker.tls.trust-password").describedAs("The trust store's password.");

  public static final Key<Path> BROKER_TLS_KEY_STORE =
      Key.path("broker.tls.key-store")
          .describedAs("This client's certificate and key, PKCS12 or JKS.");

  public static final Key<Secret> BROKER_TLS_KEY_STORE_PASSWORD =
      Key.secret("broker.tls.key-store-password").describedAs("The key store's password.");

  public static final Key<Boolean> BROKER_TLS_VERIFY_HOST_NAME =
      Key.toggle("broker.tls.verify-host-name")
          .describedAs("Whether the broker's certificate must name the host.")
          .withDefault("true");

  public static final Key<URI> BROKER_MANAGEMENT_URI =
      Key.of("broker.management-uri", "URI", StandardKeys::managementUri)
          .describedAs("The broker's management API, for 'doctor': http://host:15672.")
          .maskedBy(StandardKeys::withoutPassword)
          .objectingToFlag(StandardKeys::objectToPassword);

  public static final Key<Duration> BROKER_CONSUMER_TIMEOUT =
      Key.duration("broker.consumer-timeout")
          .describedAs("The node's consumer_timeout; no task may run longer. Not readable by AMQP.")
          .withDefault(Durations.format(Defaults.CONSUMER_TIMEOUT));

  public static final Key<TopologyMode> TOPOLOGY_MODE =
      Key.choice("topology.mode", TopologyMode.class)
          .describedAs("Declare queues and exchanges at the start, or only look for them.")
          .in(Tier.OFTEN)
          .withDefault("apply");

  public static final Key<Duration> STOP_GRACE =
      Key.duration("tasks.stop-grace")
          .describedAs("What a task gets to end after its time limit or its cancellation.")
          .withDefault(Durations.format(Defaults.STOP_GRACE));

  public static final Key<URI> GATEWAY_URI =
      Key.of("gateway.uri", "URI", StandardKeys::gatewayUri)
          .describedAs("The gateway's HTTP API, to read what became of tasks and batches.")
          .in(Tier.OFTEN)
          .withDefault("http://127.0.0.1:8080");

  public static final Key<Path> GATEWAY_TOKEN_FILE =
      Key.path("gateway.token-file")
          .describedAs("A file with the gateway's token and nothing else.")
          .in(Tier.OFTEN);

  /** How clients reach a gateway; no settings of the gateway program. */
  public static final List<Key<?>> GATEWAY_CLIENT = List.of(GATEWAY_URI, GATEWAY_TOKEN_FILE);

  /** Everything about the connection to the broker. */
  public static final List<Key<?>> BROKER =
      List.of(
          BROKER_URI,
          BROKER_USERNAME,
          BROKER_PASSWORD,
          BROKER_PASSWORD_FILE,
          BROKER_CONNECT_TIMEOUT,
          BROKER_HEARTBEAT,
          BROKER_TLS_TRUST,
          BROKER_TLS_TRUST_PASSWORD,
          BROKER_TLS_KEY_STORE,
          BROKER_TLS_KEY_STORE_PASSWORD,
          BROKER_TLS_VERIFY_HOST_NAME,
          BROKER_MANAGEMENT_URI,
          BROKER_CONSUMER_TIMEOUT);

  private StandardKeys() {}

  /** How to reach the broker, from {@link #BROKER}. */
  public static BrokerSettings brokerSettings(Settings settings) {
    BrokerSettings broker = settings.get(BROKER_URI);
    return broker
        .withCredentials(
            settings.find(BROKER_USERNAME).orElse(broker.username()),
            password(settings).orElse(broker.password()))
        .withTls(tls(settings))
        .withConnectTimeout(settings.get(BROKER_CONNECT_TIMEOUT))
        .withHeartbeat(settings.get(BROKER_HEARTBEAT));
  }

  private static Optional<Secret> password(Settings settings) {
    Optional<Secret> direct = settings.find(BROKER_PASSWORD);
    Optional<Path> file = settings.find(BROKER_PASSWORD_FILE);
    if (direct.isPresent() && file.isPresent()) {
      throw new ConfigurationException(
          "broker.password ("
              + settings.origin(BROKER_PASSWORD)
              + ") and broker.password-file ("
              + settings.origin(BROKER_PASSWORD_FILE)
              + ") are both set; keep one");
    }
    return direct.or(() -> file.map(StandardKeys::readPassword));
  }

  private static Secret readPassword(Path file) {
    try {
      return Secret.of(Files.readString(file).stripTrailing());
    } catch (IOException unreadable) {
      throw new ConfigurationException(
          "broker.password-file " + file + " cannot be read", unreadable);
    }
  }

  /** The gateway's token, from {@link #GATEWAY_TOKEN_FILE}. */
  public static Optional<Secret> gatewayToken(Settings settings) {
    return settings
        .find(GATEWAY_TOKEN_FILE)
        .map(
            file -> {
              try {
                return Secret.of(Files.readString(file).strip());
              } catch (IOException unreadable) {
                throw new ConfigurationException(
                    "gateway.token-file " + file + " cannot be read", unreadable);
              }
            });
  }

  private static URI gatewayUri(String text) {
    String hint = "a gateway's address looks like http://127.0.0.1:8080";
    try {
      URI uri = new URI(text);
      if (uri.getHost() == null || !Set.of("http", "https").contains(uri.getScheme())) {
        throw new ConfigurationException(hint);
      }
      if (uri.getUserInfo() != null || uri.getQuery() != null || uri.getFragment() != null) {
        throw new ConfigurationException(hint + ", with nothing before or after it");
      }
      return uri;
    } catch (URISyntaxException unreadable) {
      throw new ConfigurationException(hint + "; this is none: " + unreadable.getReason());
    }
  }

  private static TlsSettings tls(Settings settings) {
    return new TlsSettings(
        settings.find(BROKER_TLS_TRUST).orElse(null),
        settings.find(BROKER_TLS_TRUST_PASSWORD).orElse(null),
        settings.find(BROKER_TLS_KEY_STORE).orElse(null),
        settings.find(BROKER_TLS_KEY_STORE_PASSWORD).orElse(null),
        settings.get(BROKER_TLS_VERIFY_HOST_NAME));
  }

  private static URI managementUri(String text) {
    try {
      URI uri = new URI(text);
      if (uri.getHost() == null || !Set.of("http", "https").contains(uri.getScheme())) {
        throw new ConfigurationException("a management address looks like http://host:15672");
      }
      return uri;
    } catch (URISyntaxException unreadable) {
      throw new ConfigurationException(
          "the management address is no URI: " + unreadable.getReason());
    }
  }

  private static Optional<String> objectToPassword(String uri) {
    return withoutPassword(uri).equals(uri)
        ? Optional.empty()
        : Optional.of(
            "a password on the command line is shown to everyone on this machine; put the URI into"
                + " WARREN_BROKER_URI or the file, or the password into WARREN_BROKER_PASSWORD or"
                + " broker.password-file");
  }

  /** Masks what stands between the first colon of the user part and the last at-sign. */
  private static String withoutPassword(String uri) {
    int start = uri.indexOf("://") + 3;
    int at = uri.lastIndexOf('@');
    int colon = uri.indexOf(':', start);
    return start < 3 || at < 0 || colon < 0 || colon > at
        ? uri
        : uri.substring(0, colon + 1) + Secret.MASK + uri.substring(at);
  }
}
