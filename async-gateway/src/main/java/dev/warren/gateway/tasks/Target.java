package dev.warren.gateway.tasks;

import dev.warren.api.RejectedTask;
import java.net.IDN;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an HTTP request is sent to. Taken apart once, here, so that what is checked is what is
 * connected to.
 *
 * @param host a name in ASCII and lower case, or an IP address without brackets
 * @param path with the query, escaped
 * @param login what stood before the {@code @}, still escaped; never part of {@link #url}
 */
record Target(boolean secure, String host, int port, String path, @Nullable String login) {
  private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:.*");
  private static final Pattern NAME = Pattern.compile("[a-z0-9._-]{1,253}");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-f:.]{2,45}");
  private static final int HTTP = 80;
  private static final int HTTPS = 443;
  private static final int MAX_LENGTH = 8_000;

  /** Takes a URL apart. */
  static Target of(String url) {
    String text = url.strip();
    int colon = text.indexOf("://");
    String scheme = colon < 0 ? "" : text.substring(0, colon).toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new RejectedTask("a URL begins with http:// or https://");
    }
    if (text.length() > MAX_LENGTH) {
      throw new RejectedTask("a URL has at most " + MAX_LENGTH + " characters");
    }
    String rest = text.substring(colon + 3);
    int end = firstOf(rest, "/?#");
    String authority = rest.substring(0, end);
    int at = authority.lastIndexOf('@');
    String hostAndPort = authority.substring(at + 1);
    boolean literal = hostAndPort.startsWith("[");
    int hostEnd = literal ? hostAndPort.indexOf(']') + 1 : firstOf(hostAndPort, ":");
    boolean secure = scheme.equals("https");
    return new Target(
        secure,
        literal ? address(hostAndPort.substring(0, hostEnd)) : name(hostAndPort, hostEnd),
        port(hostAndPort.substring(hostEnd), secure ? HTTPS : HTTP),
        pathOf(rest.substring(end)),
        at < 0 ? null : authority.substring(0, at));
  }

  /** Where a redirect leads to. A login in it is not used. */
  Target redirected(String location) {
    String to = location.strip();
    Target next;
    if (SCHEME.matcher(to).matches()) {
      next = of(to);
    } else if (to.startsWith("//")) {
      next = of(scheme() + ":" + to);
    } else if (to.startsWith("/")) {
      next = of(origin() + to);
    } else if (to.startsWith("?") || to.startsWith("#") || to.isEmpty()) {
      String stay = path.substring(0, firstOf(path, "?"));
      next = of(origin() + (to.startsWith("?") ? stay + to : path));
    } else {
      // Java's own resolution: dots and all.
      next = of(URI.create(origin() + path).resolve(escaped(to)).toString());
    }
    return new Target(next.secure, next.host, next.port, next.path, null);
  }

  /** Scheme, host and port: what may see the credentials of a request. */
  String origin() {
    return scheme() + "://" + authority();
  }

  /** The whole address, without a login. */
  String url() {
    return origin() + path;
  }

  /** The address for messages: without its query, which may hold secrets. */
  String shortName() {
    return origin() + path.substring(0, firstOf(path, "?"));
  }

  /** As in the header {@code Host}. */
  String authority() {
    String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return port == (secure ? HTTPS : HTTP) ? name : name + ":" + port;
  }

  private String scheme() {
    return secure ? "https" : "http";
  }

  private static int firstOf(String text, String characters) {
    for (int i = 0; i < text.length(); i++) {
      if (characters.indexOf(text.charAt(i)) >= 0) {
        return i;
      }
    }
    return text.length();
  }

  private static String address(String bracketed) {
    String inner =
        bracketed.length() < 2
            ? ""
            : bracketed.substring(1, bracketed.length() - 1).toLowerCase(Locale.ROOT);
    if (!IPV6.matcher(inner).matches()) {
      throw new RejectedTask("the URL has no valid IPv6 address between its brackets");
    }
    return inner;
  }

  private static String name(String hostAndPort, int end) {
    String name = hostAndPort.substring(0, end).toLowerCase(Locale.ROOT);
    try {
      // Only where it is needed: the first use loads large tables, on an event loop.
      if (name.chars().anyMatch(character -> character > 0x7f)) {
        name = IDN.toASCII(name);
      }
    } catch (IllegalArgumentException malformed) {
      throw new RejectedTask("the URL has no valid host name", malformed);
    }
    if (!NAME.matcher(name).matches()) {
      throw new RejectedTask("the URL has no valid host name");
    }
    return name;
  }

  private static int port(String colonAndPort, int standard) {
    if (colonAndPort.isEmpty() || colonAndPort.equals(":")) {
      return standard;
    }
    if (!colonAndPort.matches(":[0-9]{1,5}")) {
      throw new RejectedTask("the URL has no valid port");
    }
    int port = Integer.parseInt(colonAndPort.substring(1));
    if (port < 1 || port > 65_535) {
      throw new RejectedTask("the URL has no valid port");
    }
    return port;
  }

  private static String pathOf(String rest) {
    String path = escaped(rest.substring(0, firstOf(rest, "#")));
    return path.startsWith("/") ? path : "/" + path;
  }

  /** What may not stand in a request line is escaped; what is escaped stays so. */
  private static String escaped(String text) {
    StringBuilder safe = new StringBuilder(text.length());
    for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
      char character = (char) (each & 0xff);
      if (character > ' ' && character < 0x7f && "\"<>\\^`{|}".indexOf(character) < 0) {
        safe.append(character);
      } else {
        safe.append('%').append(HexFormat.of().withUpperCase().toHexDigits(each));
      }
    }
    return safe.toString();
  }
}
