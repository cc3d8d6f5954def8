package dev.warren.api;

import java.util.regex.Pattern;

/** The grammar of task type and queue names. */
public final class Names {
  /** Queue and type together, in bytes; a key of the delay ladder adds 40 of at most 255. */
  public static final int MAX_KEY_BYTES = 200;

  /** The longest name of permits, fields in braces not yet replaced. */
  public static final int MAX_PERMITS = 100;

  private static final String RESERVED = "inbox";

  private static final Pattern FIELD = Pattern.compile("\\{[A-Za-z_][A-Za-z0-9_]*}");

  private Names() {}

  /** Returns the name, or throws {@link ConfigurationException} if it is no task type name. */
  public static String requireType(String name) {
    if (!isDotted(name) || name.length() > MAX_KEY_BYTES) {
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
    if (name.equals(RESERVED)) {
      throw new ConfigurationException(
          "'inbox' is no queue name: its dead letters would lie in warren.dead.inbox, which is for"
              + " those that the broker itself gives up");
    }
    if (!isWord(name, 0, name.length()) || name.length() > MAX_KEY_BYTES) {
      throw new ConfigurationException(
          "'" + name + "' is no queue name: use letters, digits, '_' and '-' (no dots)");
    }
    return name;
  }

  /**
   * Returns the name of permits, or throws {@link ConfigurationException} if it is none: words
   * joined by dots, in which {@code {field}} may stand for a field of a task's arguments.
   */
  public static String requirePermits(String name) {
    // Whatever a field holds, as long as it is there: one word stands for each.
    String plain = FIELD.matcher(name).replaceAll("field");
    if (!isDotted(plain) || name.length() > MAX_PERMITS) {
      throw new ConfigurationException(
          "'"
              + name
              + "' is no name of permits: use letters, digits, '_' and '-', parts joined by dots,"
              + " and {field} for a field of the arguments; at most "
              + MAX_PERMITS
              + " characters");
    }
    return name;
  }

  /**
   * The routing key {@code <queue>.<type>}, or {@link ConfigurationException} if it is too long.
   */
  public static String key(String queue, String type) {
    String key = requireQueue(queue) + "." + requireType(type);
    // What passed is ASCII: a byte for each character.
    if (key.length() > MAX_KEY_BYTES) {
      throw new ConfigurationException(
          "queue and type together take more than " + MAX_KEY_BYTES + " bytes: " + key);
    }
    return key;
  }

  /** Words joined by single dots. By hand, as every task that is read passes here. */
  private static boolean isDotted(String name) {
    int begin = 0;
    for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', begin)) {
      if (!isWord(name, begin, dot)) {
        return false;
      }
      begin = dot + 1;
    }
    return isWord(name, begin, name.length());
  }

  private static boolean isWord(String name, int begin, int end) {
    for (int i = begin; i < end; i++) {
      char c = name.charAt(i);
      boolean fits =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '_'
              || c == '-';
      if (!fits) {
        return false;
      }
    }
    return begin < end;
  }
}
