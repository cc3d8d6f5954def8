package dev.warren.worker.process;

import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Logger;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMDCAdapter;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * The logging of a child: lines on standard output, from INFO on, which the worker puts into its
 * log. A logging library with its configuration would be a third of what a child does until it is
 * ready. Made by SLF4J, by its name.
 */
public final class ChildLogging implements SLF4JServiceProvider {
  private final IMarkerFactory markers = new BasicMarkerFactory();
  private final MDCAdapter context = new BasicMDCAdapter();

  /** Makes it what SLF4J finds, unless somebody has chosen another. Call before anything logs. */
  static void apply() {
    if (System.getProperty("slf4j.provider") == null) {
      System.setProperty("slf4j.provider", ChildLogging.class.getName());
      // Else it says which provider it takes.
      System.setProperty("slf4j.internal.verbosity", "WARN");
    }
  }

  @Override
  public ILoggerFactory getLoggerFactory() {
    return Lines::new;
  }

  @Override
  public IMarkerFactory getMarkerFactory() {
    return markers;
  }

  @Override
  public MDCAdapter getMDCAdapter() {
    return context;
  }

  @Override
  public String getRequestedApiVersion() {
    return "2.0.99";
  }

  @Override
  public void initialize() {}

  /** A logger, which SLF4J's base class wants to be serializable. */
  private static final class Lines extends LegacyAbstractLogger implements Logger {
    private static final long serialVersionUID = 1L;

    Lines(String name) {
      this.name = name;
    }

    @Override
    public boolean isTraceEnabled() {
      return false;
    }

    @Override
    public boolean isDebugEnabled() {
      return false;
    }

    @Override
    public boolean isInfoEnabled() {
      return true;
    }

    @Override
    public boolean isWarnEnabled() {
      return true;
    }

    @Override
    public boolean isErrorEnabled() {
      return true;
    }

    @Override
    protected String getFullyQualifiedCallerName() {
      return Lines.class.getName();
    }

    @Override
    @SuppressWarnings({"NullAway", "SystemOut"}) // SLF4J says nothing of nulls.
    protected void handleNormalizedLoggingCall(
        Level level, Marker marker, String pattern, Object[] arguments, Throwable thrown) {
      String message = MessageFormatter.basicArrayFormat(pattern, arguments);
      synchronized (System.out) {
        System.out.println(
            level + " " + name.substring(name.lastIndexOf('.') + 1) + ": " + message);
        if (thrown != null) {
          thrown.printStackTrace(System.out);
        }
      }
    }
  }
}
