package dev.warren.gateway.aggregate;

import dev.warren.api.ConfigurationException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * Where outcomes are kept, and how long.
 *
 * @param folder of this gateway alone, on a local disk
 * @param retention how long ended tasks, and whole batches after their end, are kept. Default is 24
 *     hours.
 * @param abandonAfter an open batch of which nothing is heard for so long is abandoned. Default is
 *     24 hours.
 */
public record StoreSettings(Path folder, Duration retention, Duration abandonAfter) {
  public static final Duration DEFAULT_RETENTION = Duration.ofHours(24);
  public static final Duration DEFAULT_ABANDON_AFTER = Duration.ofHours(24);

  public StoreSettings {
    Objects.requireNonNull(folder, "folder");
    if (!retention.isPositive() || !abandonAfter.isPositive()) {
      throw new ConfigurationException("retention and idle time must be above zero");
    }
  }

  /** The defaults, for a folder. */
  public static StoreSettings in(Path folder) {
    return new StoreSettings(folder, DEFAULT_RETENTION, DEFAULT_ABANDON_AFTER);
  }
}
