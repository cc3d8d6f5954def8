package dev.warren.engine.connection;

import dev.warren.api.ConfigurationException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Objects;

/**
 * Where the broker is and who logs in. Immutable; no rendering shows the password.
 *
 * @param uri scheme ({@code amqp} or {@code amqps}), host, port and virtual host; always complete
 *     and without user and password.
 * @param username the broker user. Default is {@code guest}, which a broker accepts from its own
 *     machine only.
 * @param password the user's password. Default is {@code guest}.
 * @param tls used with {@code amqps} only. Default is {@link TlsSettings#DEFAULT}.
 * @param connectTimeout the longest wait for the socket and again for the handshake. Default is 4
 *     s, so that a person is told within 5 s.
 * @param heartbeat a dead peer is noticed after two to three of them; zero turns heartbeats off.
 *     Default is 10 s.
 */
public record BrokerSettings(
    URI uri,
    String username,
    Secret password,
    TlsSettings tls,
    Duration connectTimeout,
    Duration heartbeat) {
  public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(4);
  public static final Duration DEFAULT_HEARTBEAT = Duration.ofSeconds(10);

  /** {@code guest} on this machine. */
  public static final BrokerSettings DEFAULT = parse("amqp://127.0.0.1:5672");

  public BrokerSettings {
    Objects.requireNonNull(username, "username");
    Objects.requireNonNull(password, "password");
    Objects.requireNonNull(tls, "tls");
    AmqpUri parts = AmqpUri.parse(uri.toString());
    if (parts.username() != null || parts.password() != null) {
      throw new ConfigurationException(
          "a broker address must not carry credentials here; use BrokerSettings.of");
    }
    uri = parts.canonical();
    if (!connectTimeout.isPositive() || connectTimeout.compareTo(Duration.ofHours(1)) > 0) {
      throw new ConfigurationException(
          "the connect timeout must be above zero and at most 1 h, not " + connectTimeout);
    }
    if (heartbeat.isNegative() || heartbeat.toSeconds() > 65_535) {
      throw new ConfigurationException(
          "the heartbeat must be from 0 to 65535 seconds, not " + heartbeat);
    }
  }

  /**
   * Settings from an AMQP URI, which may carry user, password and virtual host, percent-encoded.
   * What it leaves out has the defaults.
   *
   * @see <a href="https://www.rabbitmq.com/docs/uri-spec">RabbitMQ URI specification</a>
   */
  public static BrokerSettings of(URI uri) {
    return parse(uri.toString());
  }

  /**
   * Like {@link #of(URI)}; also understands host names with an underscore, and never repeats a
   * malformed URI in the error, as it may hold a password.
   */
  public static BrokerSettings parse(String uri) {
    AmqpUri parts = AmqpUri.parse(uri);
    return new BrokerSettings(
        parts.canonical(),
        Objects.requireNonNullElse(parts.username(), "guest"),
        Secret.of(Objects.requireNonNullElse(parts.password(), "guest")),
        TlsSettings.DEFAULT,
        DEFAULT_CONNECT_TIMEOUT,
        DEFAULT_HEARTBEAT);
  }

  public boolean usesTls() {
    return AmqpUri.TLS_SCHEME.equals(uri.getScheme());
  }

  public String host() {
    return AmqpUri.parse(uri.toString()).host();
  }

  public int port() {
    return AmqpUri.parse(uri.toString()).port();
  }

  /** The virtual host, decoded; {@code /} if the URI names none. */
  public String virtualHost() {
    return AmqpUri.parse(uri.toString()).virtualHost();
  }

  /** Host and port, for messages. */
  public String address() {
    return uri.getRawAuthority();
  }

  public BrokerSettings withCredentials(String user, Secret secret) {
    return new BrokerSettings(uri, user, secret, tls, connectTimeout, heartbeat);
  }

  public BrokerSettings withTls(TlsSettings settings) {
    return new BrokerSettings(uri, username, password, settings, connectTimeout, heartbeat);
  }

  public BrokerSettings withConnectTimeout(Duration timeout) {
    return new BrokerSettings(uri, username, password, tls, timeout, heartbeat);
  }

  public BrokerSettings withHeartbeat(Duration interval) {
    return new BrokerSettings(uri, username, password, tls, connectTimeout, interval);
  }

  /** The same broker with another virtual host. */
  public BrokerSettings withVirtualHost(String name) {
    AmqpUri parts = AmqpUri.parse(uri.toString());
    URI other =
        new AmqpUri(parts.scheme(), null, null, parts.host(), parts.port(), name).canonical();
    return new BrokerSettings(other, username, password, tls, connectTimeout, heartbeat);
  }

  /** The URI with user and password in it: only to hand it to another process, by environment. */
  public Secret uriWithCredentials() {
    String plain = uri.toString();
    int authority = plain.indexOf("//") + 2;
    return Secret.of(
        plain.substring(0, authority)
            + AmqpUri.encode(username)
            + ":"
            + AmqpUri.encode(password.reveal())
            + "@"
            + plain.substring(authority));
  }

  static URI toUri(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException unreadable) {
      throw new ConfigurationException("the broker address is no URI: " + unreadable.getReason());
    }
  }
}
