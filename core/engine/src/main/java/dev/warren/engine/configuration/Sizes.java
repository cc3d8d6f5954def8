package dev.warren.engine.configuration;

import dev.warren.api.ConfigurationException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as people write them: {@code 1MiB}, {@code 64kB}, {@code 4096}. */
public final class Sizes {
  private static final Pattern FORM = Pattern.compile("(\\d{1,15})\\s*([kmgt]?i?b?)");

  private Sizes() {}

  /** Reads a size in bytes: kB is 1000, KiB is 1024; without a unit it is bytes. */
  public static long parse(String text) {
    Matcher matcher = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!matcher.matches() || matcher.group(2).startsWith("i")) {
      throw refused(text);
    }
    String unit = matcher.group(2);
    long base = unit.contains("i") ? 1024 : 1000;
    int power = unit.isEmpty() ? 0 : "bkmgt".indexOf(unit.charAt(0));
    try {
      long bytes = Long.parseLong(matcher.group(1));
      for (int i = 0; i < power; i++) {
        bytes = Math.multiplyExact(bytes, base);
      }
      return bytes;
    } catch (ArithmeticException tooLarge) {
      throw refused(text);
    }
  }

  /** Writes a size so that {@link #parse} reads it, in binary units where they divide it. */
  public static String format(long bytes) {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
    long amount = bytes;
    int unit = 0;
    while (amount != 0 && amount % 1024 == 0 && unit < units.length - 1) {
      amount /= 1024;
      unit++;
    }
    return amount + units[unit];
  }

  private static ConfigurationException refused(String text) {
    return new ConfigurationException(
        "'" + text + "' is no size: write a number with a unit, like 512KiB, 1MiB or 64kB");
  }
}
