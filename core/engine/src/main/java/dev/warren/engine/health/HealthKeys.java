package dev.warren.engine.health;

import dev.warren.api.ConfigurationException;
import dev.warren.engine.configuration.Key;
import dev.warren.engine.configuration.Settings;
import dev.warren.engine.configuration.Tier;
import dev.warren.engine.connection.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Settings of the health and metrics port. */
public final class HealthKeys {
  public static final Key<OptionalInt> PORT =
      Key.of("health.port", "PORT|off", HealthKeys::port)
          .describedAs("Health and metrics over HTTP; 0 takes any free port, 'off' none.")
          .in(Tier.OFTEN)
          .withDefault("8077");

  public static final Key<String> HOST =
      Key.of("health.host", "ADDRESS", text -> text)
          .describedAs("The address to serve them on; other than loopback needs a token.")
          .withDefault(HealthSettings.LOOPBACK);

  public static final Key<Secret> TOKEN =
      Key.secret("health.token")
          .describedAs("What callers of metrics, and of why it is not ready, must send.");

  public static final Key<Path> TOKEN_FILE =
      Key.path("health.token-file").describedAs("A file with that token and nothing else.");

  public static final Key<Path> ADDRESS_FILE =
      Key.path("health.address-file")
          .describedAs(
              "A file to write their address into. With it, a taken port gives way to a free one.");

  /** All of them. */
  public static final List<Key<?>> ALL = List.of(PORT, HOST, TOKEN, TOKEN_FILE, ADDRESS_FILE);

  private HealthKeys() {}

  /**
   * Where to serve; empty if switched off. A port that is taken gives way if nobody chose it, and
   * if whoever chose it reads in a file what it has become.
   */
  public static Optional<HealthSettings> settings(Settings settings) {
    OptionalInt port = settings.get(PORT);
    if (port.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new HealthSettings(
            settings.get(HOST),
            port.getAsInt(),
            settings.isSet(PORT) && settings.find(ADDRESS_FILE).isEmpty(),
            token(settings).orElse(null),
            settings.find(ADDRESS_FILE).orElse(null)));
  }

  /** What callers must show, if anything. */
  public static Optional<Secret> token(Settings settings) {
    return settings.find(TOKEN).or(() -> settings.find(TOKEN_FILE).map(HealthKeys::read));
  }

  private static OptionalInt port(String text) {
    if (text.strip().equals("off")) {
      return OptionalInt.empty();
    }
    try {
      return OptionalInt.of(Integer.parseInt(text.strip()));
    } catch (NumberFormatException noNumber) {
      throw new ConfigurationException("'" + text + "' is neither a port nor 'off'", noNumber);
    }
  }

  private static Secret read(Path file) {
    try {
      return Secret.of(Files.readString(file).strip());
    } catch (IOException unreadable) {
      throw new ConfigurationException("health.token-file cannot be read: " + file, unreadable);
    }
  }
}
