package dev.warren.engine.logging;

import dev.warren.engine.configuration.Key;
import dev.warren.engine.configuration.Settings;
import dev.warren.engine.configuration.Tier;
import java.util.List;
import java.util.Locale;

/**
 * How log lines look. Chooses logback's configuration by system properties, so it must be applied
 * before anything logs. Only programs do so: whoever embeds Warren decides about logging alone.
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

  /** The property by which somebody may have chosen a configuration of his own. */
  private static final String CONFIGURATION = "logback.configurationFile";

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
    apply(format, settings.get(LEVEL), label);
    return format;
  }

  /** {@link #apply(Settings, String, boolean)} without settings, for tools. */
  public static void apply(LogFormat format, Level level, String label) {
    System.setProperty("dev.warren.log.format", format.word());
    System.setProperty("dev.warren.log.level", level.name());
    System.setProperty("dev.warren.log.label", label);
    if (System.getProperty(CONFIGURATION) == null) {
      System.setProperty(CONFIGURATION, "dev/warren/engine/logging/logback.xml");
    }
  }

  /** The word in flags. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
