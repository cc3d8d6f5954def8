package dev.warren.producer.cli;

import java.util.regex.Pattern;

/** Text that came from elsewhere, fit for one line of a terminal. */
final class OneLine {
  private static final Pattern BREAKS = Pattern.compile("\\s*[\\r\\n]+\\s*");
  private static final Pattern CONTROLS = Pattern.compile("\\p{Cntrl}");

  private OneLine() {}

  /** Line breaks become spaces; other control characters, which could drive the terminal, '?'. */
  static String of(String text) {
    return CONTROLS.matcher(BREAKS.matcher(text.strip()).replaceAll(" ")).replaceAll("?");
  }

  /** {@link #of}, shortened. */
  static String of(String text, int limit) {
    String line = of(text);
    return line.length() <= limit ? line : line.substring(0, limit - 1) + "…";
  }
}
