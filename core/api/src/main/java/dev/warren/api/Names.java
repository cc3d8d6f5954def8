package dev.warren.api;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** The grammar of task type and queue names. */
public final class Names {
  /** Queue and type together, in bytes; a key of the delay ladder adds 40 of at most 255. */
  public static final int MAX_KEY_BYTES = 200;

  private static final Pattern TYPE = Pattern.compile("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*");
  private static final Pattern QUEUE = Pattern.compile("[A-Za-z0-9_-]+");

  private Names() {}

  /** Returns the name, or throws {@link ConfigurationException} if it is no task type name. */
  public static String requireType(String name) {
    if (!TYPE.matcher(name).matches() || name.length() > MAX_KEY_BYTES) {
      throw new ConfigurationException(
          "'"
              + name
              + "' is no task type name: use letters, digits, '_' and '-', parts joined by dots, at most "
              + MAX_KEY_BYTES
              + " characters");
    }
    return name;
  }

  /** Returns the name, or throws {@link ConfigurationException} if it is no queue name. */
  public static String requireQueue(String name) {
    if (!QUEUE.matcher(name).matches() || name.length() > MAX_KEY_BYTES) {
      throw new ConfigurationException(
          "'" + name + "' is no queue name: use letters, digits, '_' and '-' (no dots)");
    }
    return name;
  }

  /**
   * The routing key {@code <queue>.<type>}, or {@link ConfigurationException} if it is too long.
   */
  public static String key(String queue, String type) {
    String key = requireQueue(queue) + "." + requireType(type);
    if (key.getBytes(StandardCharsets.UTF_8).length > MAX_KEY_BYTES) {
      throw new ConfigurationException(
          "queue and type together take more than " + MAX_KEY_BYTES + " bytes: " + key);
    }
    return key;
  }
}
