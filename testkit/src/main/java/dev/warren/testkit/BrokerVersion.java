package dev.warren.testkit;

import java.util.Comparator;

/**
 * Version of a broker. What follows the three numbers (a release candidate, say) is ignored.
 *
 * @param major first number
 * @param minor second number
 * @param patch third number
 */
public record BrokerVersion(int major, int minor, int patch) implements Comparable<BrokerVersion> {
  private static final Comparator<BrokerVersion> ORDER =
      Comparator.comparingInt(BrokerVersion::major)
          .thenComparingInt(BrokerVersion::minor)
          .thenComparingInt(BrokerVersion::patch);

  /**
   * Reads "4", "4.0" or "4.0.5"; numbers that are not given are 0.
   *
   * @throws IllegalArgumentException if the text does not start with such a version
   */
  public static BrokerVersion of(String text) {
    String[] parts = text.strip().split("[-+~]", 2)[0].split("\\.", -1);
    try {
      return new BrokerVersion(
          Integer.parseInt(parts[0]),
          parts.length > 1 ? Integer.parseInt(parts[1]) : 0,
          parts.length > 2 ? Integer.parseInt(parts[2]) : 0);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("not the version of a broker: '" + text + "'", e);
    }
  }

  /** Whether this version is {@code other} or a later one. */
  public boolean atLeast(String other) {
    return compareTo(of(other)) >= 0;
  }

  @Override
  public int compareTo(BrokerVersion other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return major + "." + minor + "." + patch;
  }
}
