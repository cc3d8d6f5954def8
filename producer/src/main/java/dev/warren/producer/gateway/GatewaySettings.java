package dev.warren.producer.gateway;

import dev.warren.api.ConfigurationException;
import dev.warren.engine.connection.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a gateway's HTTP API is.
 *
 * @param uri {@code http://host:port}, or {@code https://}
 * @param token sent with each request; null where the gateway wants none
 * @param deadline the longest wait for an answer, beyond what was asked to wait. Default is 10 s.
 */
public record GatewaySettings(URI uri, @Nullable Secret token, Duration deadline) {
  public static final URI DEFAULT_URI = URI.create("http://127.0.0.1:8080");
  public static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(10);

  public GatewaySettings {
    Objects.requireNonNull(uri, "uri");
    boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    if (!http || uri.getHost() == null || uri.getUserInfo() != null) {
      throw new ConfigurationException(
          "a gateway's address looks like " + DEFAULT_URI + ", with no user and no password in it");
    }
    if (!deadline.isPositive()) {
      throw new ConfigurationException("a deadline must be above zero, not " + deadline);
    }
  }

  /** A gateway that wants no token. */
  public static GatewaySettings of(URI uri) {
    return new GatewaySettings(uri, null, DEFAULT_DEADLINE);
  }

  public GatewaySettings withToken(@Nullable Secret other) {
    return new GatewaySettings(uri, other, deadline);
  }

  public GatewaySettings withDeadline(Duration other) {
    return new GatewaySettings(uri, token, other);
  }

  /** The address of a resource. */
  URI resource(String path) {
    String base = uri.toString();
    return URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path);
  }
}
