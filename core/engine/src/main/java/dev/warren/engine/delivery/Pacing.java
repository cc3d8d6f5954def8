package dev.warren.engine.delivery;

import dev.warren.api.ConfigurationException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * How much an engine does and holds at once, beyond the sizes of its lanes.
 *
 * @param limits attempts at once of a type, at most, in this process; go before what the type says
 * @param prefetchTime how much work to hold of a queue whose prefetch is not given, beside what
 *     runs: as much as takes so long. Default is {@link #DEFAULT_PREFETCH_TIME}.
 */
public record Pacing(Map<String, Integer> limits, Duration prefetchTime) {
  public static final Duration DEFAULT_PREFETCH_TIME = Duration.ofSeconds(2);

  /** No limits, and the default prefetch. */
  public static final Pacing DEFAULT = new Pacing(Map.of(), DEFAULT_PREFETCH_TIME);

  public Pacing {
    limits = Map.copyOf(limits);
    limits.forEach(
        (type, limit) -> {
          if (limit < 1) {
            throw new ConfigurationException(
                "at least 1 task of type '%s' must be allowed at once, not %d: leave the type out to run none of it"
                    .formatted(type, limit));
          }
        });
    if (!prefetchTime.isPositive()) {
      throw new ConfigurationException("a prefetch time must be positive, not " + prefetchTime);
    }
  }

  public Pacing withLimit(String type, int limit) {
    Map<String, Integer> all = new HashMap<>(limits);
    all.put(type, limit);
    return new Pacing(all, prefetchTime);
  }
}
