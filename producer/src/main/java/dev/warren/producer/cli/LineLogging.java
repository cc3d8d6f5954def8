package dev.warren.producer.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * What libraries log, as plain lines on standard error: only warnings unless the user wants more,
 * and stacks only then. In place of a logging framework, which would take most of a command's
 * start. Only the process of the command line uses it; a program with the library has its own.
 */
public final class LineLogging implements SLF4JServiceProvider {
  private static final PrintStream NOWHERE =
      new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);

  /** Every lost connection, which commands and library tell in words of their own. */
  private static final String AMQP_CLIENT = "com.rabbitmq.";

  /** Lost connections and blocked publishers: commands say what these mean for them. */
  private static final String PUBLISHER = "dev.warren.engine.publish.";

  private static final Duration REPEAT_AFTER = Duration.ofSeconds(30);
  private static final ConcurrentMap<String, Long> TOLD = new ConcurrentHashMap<>();

  private static volatile PrintStream target = NOWHERE;
  private static volatile Level threshold = Level.WARN;

  private final ConcurrentMap<String, Logger> loggers = new ConcurrentHashMap<>();
  private final IMarkerFactory markers = new BasicMarkerFactory();
  private final MDCAdapter contexts = new NOPMDCAdapter();

  /** Called by SLF4J. */
  public LineLogging() {}

  /** Makes SLF4J use this; must come before anything logs. */
  static void install(PrintStream err) {
    target = err;
    System.setProperty("slf4j.provider", LineLogging.class.getName());
    System.setProperty("slf4j.internal.verbosity", "ERROR");
  }

  /** From which level on to write: {@code WARN} unless this is called. */
  static void from(Level level) {
    threshold = level;
  }

  static boolean isWritten(String logger, Level level) {
    if (threshold == Level.WARN && logger.startsWith(AMQP_CLIENT)) {
      return false;
    }
    boolean quiet = threshold == Level.WARN && logger.startsWith(PUBLISHER);
    return level.toInt() >= (quiet ? Level.ERROR : threshold).toInt();
  }

  static void write(Level level, String logger, String message, @Nullable Throwable failure) {
    String name = logger.substring(logger.lastIndexOf('.') + 1);
    boolean verbose = threshold.toInt() < Level.WARN.toInt();
    if (!verbose && isRepetition(message)) {
      return;
    }
    target.println(
        "warren: "
            + (level == Level.WARN ? "" : level.name().toLowerCase(Locale.ROOT) + ": ")
            + OneLine.of(message)
            + (verbose ? " [" + name + "]" : ""));
    if (failure != null && verbose) {
      failure.printStackTrace(target);
    }
  }

  /** A broker that stays away is tried often, and need not be told of each time. */
  private static boolean isRepetition(String message) {
    long now = System.nanoTime();
    Long before = TOLD.get(message);
    if (before != null && now - before < REPEAT_AFTER.toNanos()) {
      return true;
    }
    TOLD.values().removeIf(at -> now - at > REPEAT_AFTER.toNanos());
    TOLD.put(message, now);
    return false;
  }

  @Override
  public ILoggerFactory getLoggerFactory() {
    return name -> loggers.computeIfAbsent(name, LineLogger::new);
  }

  @Override
  public IMarkerFactory getMarkerFactory() {
    return markers;
  }

  @Override
  public MDCAdapter getMDCAdapter() {
    return contexts;
  }

  @Override
  public String getRequestedApiVersion() {
    return "2.0.99";
  }

  @Override
  public void initialize() {}
}
