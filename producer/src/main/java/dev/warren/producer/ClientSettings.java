package dev.warren.producer;

import dev.warren.api.ConfigurationException;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.producer.gateway.GatewaySettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/** What a {@link ClientBuilder} collects. */
record ClientSettings(
    BrokerSettings broker,
    String role,
    String appId,
    Duration sendDeadline,
    int window,
    boolean waiting,
    boolean listenAtOnce,
    boolean chunks,
    boolean secondConnection,
    Path typeCache,
    Optional<GatewaySettings> gateway) {
  ClientSettings {
    Objects.requireNonNull(broker, "broker");
    Objects.requireNonNull(role, "role");
    Objects.requireNonNull(typeCache, "typeCache");
    Objects.requireNonNull(gateway, "gateway");
    if (appId.isBlank() || appId.length() > 100) {
      throw new ConfigurationException(
          "the application id must have 1 to 100 characters, not '" + appId + "'");
    }
    if (!sendDeadline.isPositive() || sendDeadline.compareTo(Duration.ofDays(1)) > 0) {
      throw new ConfigurationException(
          "the send deadline must be above zero and at most a day, not " + sendDeadline);
    }
    if (window < 1 || window > 100_000) {
      throw new ConfigurationException(
          "the window of unconfirmed tasks must be from 1 to 100000, not " + window);
    }
  }
}
