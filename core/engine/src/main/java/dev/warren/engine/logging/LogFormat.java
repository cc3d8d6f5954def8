package dev.warren.engine.logging;

import dev.warren.engine.configuration.Key;
import dev.warren.engine.configuration.Settings;
import dev.warren.engine.configuration.Tier;
import java.util.List;
import java.util.Locale;

/**
 * How log lines look. Sets properties that an executable's {@code logback.xml} reads, so it must be
 * applied before anything logs.
 */
public enum LogFormat {
  /** An object per line, with task, type and queue where one runs. */
  JSON,
  /** For people. */
  TEXT;

  public static final Key<LogFormat> FORMAT =
      Key.choice("log.format", LogFormat.class)
          .describedAs("How log lines look. Default: text on a terminal, else json.")
          .in(Tier.OFTEN);

  public static final Key<Level> LEVEL =
      Key.choice("log.level", Level.class).describedAs("How much is logged.").withDefault("info");

  /** Both. */
  public static final List<Key<?>> KEYS = List.of(FORMAT, LEVEL);

  /** How much is logged. */
  public enum Level {
    ERROR,
    WARN,
    INFO,
    DEBUG
  }

  /**
   * Configures the logging of this process.
   *
   * @param label names this process in JSON lines
   * @param terminal whether somebody looks
   */
  public static LogFormat apply(Settings settings, String label, boolean terminal) {
    LogFormat format = settings.find(FORMAT).orElse(terminal ? TEXT : JSON);
    System.setProperty("dev.warren.log.format", format.word());
    System.setProperty("dev.warren.log.level", settings.get(LEVEL).name());
    System.setProperty("dev.warren.log.label", label);
    return format;
  }

  /** The word in flags. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
