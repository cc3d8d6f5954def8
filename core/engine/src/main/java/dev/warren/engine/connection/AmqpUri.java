package dev.warren.engine.connection;

import dev.warren.api.ConfigurationException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The parts of an AMQP URI, decoded. Read by hand because {@link URI#getHost()} knows no host names
 * with an underscore, which container networks are full of.
 */
record AmqpUri(
    String scheme,
    @Nullable String username,
    @Nullable String password,
    String host,
    int port,
    String virtualHost) {
  static final String PLAIN_SCHEME = "amqp";
  static final String TLS_SCHEME = "amqps";

  private static final String SHAPE = "amqp://user:password@host:5672/virtual-host";

  static AmqpUri parse(String text) {
    URI uri = BrokerSettings.toUri(text.strip());
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals(PLAIN_SCHEME) && !scheme.equals(TLS_SCHEME)) {
      throw new ConfigurationException(
          "a broker address starts with amqp:// or amqps://, as in " + SHAPE);
    }
    if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw new ConfigurationException(
          "a broker address has no '?' or '#' part; write these as %3F and %23 in a password: "
              + SHAPE);
    }
    String authority = uri.getRawAuthority();
    if (authority == null) {
      throw new ConfigurationException("the broker address names no host, as in " + SHAPE);
    }
    int at = authority.lastIndexOf('@');
    String login = at < 0 ? "" : authority.substring(0, at);
    int colon = login.indexOf(':');
    HostPort place = HostPort.parse(authority.substring(at + 1), scheme);
    return new AmqpUri(
        scheme,
        at < 0 ? null : decode(colon < 0 ? login : login.substring(0, colon)),
        colon < 0 ? null : decode(login.substring(colon + 1)),
        place.host(),
        place.port(),
        virtualHost(uri.getRawPath()));
  }

  private static String virtualHost(@Nullable String path) {
    // The specification makes "amqp://host/" the virtual host with the empty name, which nobody
    // has and everybody who writes it does not mean.
    if (path == null || path.length() <= 1) {
      return "/";
    }
    if (path.indexOf('/', 1) >= 0) {
      throw new ConfigurationException(
          "a broker address has one virtual host; write a '/' in its name as %2F: " + SHAPE);
    }
    return decode(path.substring(1));
  }

  private record HostPort(String host, int port) {
    static HostPort parse(String text, String scheme) {
      int standard = scheme.equals(TLS_SCHEME) ? 5671 : 5672;
      int colon = text.lastIndexOf(':');
      // The colons of an IPv6 address stand within brackets.
      if (colon < 0 || colon < text.lastIndexOf(']')) {
        return checked(text, standard);
      }
      String digits = text.substring(colon + 1);
      if (digits.isEmpty()) {
        return checked(text.substring(0, colon), standard);
      }
      try {
        return checked(text.substring(0, colon), Integer.parseInt(digits));
      } catch (NumberFormatException unreadable) {
        throw new ConfigurationException("the broker address has no readable port, as in " + SHAPE);
      }
    }

    private static HostPort checked(String host, int port) {
      if (port < 1 || port > 65_535) {
        throw new ConfigurationException("a broker port is from 1 to 65535, not " + port);
      }
      String bare =
          host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
      return new HostPort(bare.isEmpty() ? "127.0.0.1" : decode(bare), port);
    }
  }

  URI canonical() {
    String place = host.contains(":") ? "[" + host + "]" : host;
    String path = virtualHost.equals("/") ? "" : "/" + encode(virtualHost);
    return BrokerSettings.toUri(scheme + "://" + place + ":" + port + path);
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static String decode(String text) {
    try {
      // A plus is a plus in a URI; URLDecoder would make it a space.
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException unreadable) {
      throw new ConfigurationException("the broker address has a broken %-escape, as in " + SHAPE);
    }
  }

  @Override
  public String toString() {
    return canonical().toString();
  }
}
