package dev.warren.producer.cli;

import dev.warren.api.ConfigurationException;
import dev.warren.engine.connection.ProcessName;
import dev.warren.engine.wire.QueuePause;
import org.jspecify.annotations.Nullable;

/** Who asks the fleet for something, as those read who wonder later. */
final class Asker {
  static final String OPTION = "Who asks, for people. Default: the user and the host.";

  private Asker() {}

  /** The name given, or else that of the user and the host. */
  static String of(@Nullable String given, ProcessName process) {
    String by =
        given == null
            ? System.getProperty("user.name", "somebody") + "@" + process.host()
            : given.strip();
    if (by.length() > QueuePause.LONGEST_BY) {
      throw new ConfigurationException(
          "--by takes at most " + QueuePause.LONGEST_BY + " characters");
    }
    return by;
  }
}
