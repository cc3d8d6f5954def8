package dev.warren.engine.connection;

import com.rabbitmq.client.Connection;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A RabbitMQ version. Features are told by it, as the broker's capability table is the same from
 * 3.10 to 4.3.
 */
public record BrokerVersion(int major, int minor, int patch) implements Comparable<BrokerVersion> {
  private static final Pattern FORM =
      Pattern.compile("(\\d{1,6})\\.(\\d{1,6})(?:\\.(\\d{1,6}))?.*");

  /** Reads {@code 3.10.8}, {@code 4.3} or {@code 4.0.0-rc.1}. */
  public static Optional<BrokerVersion> parse(String text) {
    Matcher matcher = FORM.matcher(text.strip());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String patch = matcher.group(3);
    return Optional.of(
        new BrokerVersion(
            Integer.parseInt(matcher.group(1)),
            Integer.parseInt(matcher.group(2)),
            patch == null ? 0 : Integer.parseInt(patch)));
  }

  /** The version in a broker's server properties; empty if it is no RabbitMQ. */
  public static Optional<BrokerVersion> of(Map<String, Object> serverProperties) {
    boolean rabbit = "RabbitMQ".equals(String.valueOf(serverProperties.get("product")));
    return rabbit ? parse(String.valueOf(serverProperties.get("version"))) : Optional.empty();
  }

  /** The version of the broker at the other end. */
  public static Optional<BrokerVersion> of(Connection connection) {
    return of(connection.getServerProperties());
  }

  public boolean atLeast(int wantedMajor, int wantedMinor) {
    return compareTo(new BrokerVersion(wantedMajor, wantedMinor, 0)) >= 0;
  }

  @Override
  public int compareTo(BrokerVersion other) {
    int byMajor = Integer.compare(major, other.major);
    int byMinor = byMajor != 0 ? byMajor : Integer.compare(minor, other.minor);
    return byMinor != 0 ? byMinor : Integer.compare(patch, other.patch);
  }

  @Override
  public String toString() {
    return major + "." + minor + "." + patch;
  }
}
