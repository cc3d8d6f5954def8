package dev.warren.tasks.exec;

/** How many bytes a text takes as a JSON string, where a control character takes six. */
final class JsonWeight {
  private static final int ESCAPED = 6;

  private JsonWeight() {}

  /** The longest beginning within a weight. */
  static String beginning(String text, int limit) {
    int weight = 0;
    for (int i = 0; i < text.length(); i++) {
      weight += of(text.charAt(i));
      if (weight > limit) {
        return text.substring(0, splitsPair(text, i) ? i - 1 : i);
      }
    }
    return text;
  }

  /** The longest end within a weight. */
  static String end(String text, int limit) {
    int weight = 0;
    for (int i = text.length() - 1; i >= 0; i--) {
      weight += of(text.charAt(i));
      if (weight > limit) {
        return text.substring(splitsPair(text, i + 1) ? i + 2 : i + 1);
      }
    }
    return text;
  }

  private static boolean splitsPair(String text, int at) {
    return at > 0
        && at < text.length()
        && Character.isLowSurrogate(text.charAt(at))
        && Character.isHighSurrogate(text.charAt(at - 1));
  }

  private static int of(char unit) {
    if (unit < ' ') {
      return ESCAPED;
    }
    if (unit == '"' || unit == '\\') {
      return 2;
    }
    // Half of a pair counts for half of its four bytes.
    return unit < 0x80 ? 1 : unit < 0x800 || Character.isSurrogate(unit) ? 2 : 3;
  }
}
