package dev.warren.gateway.http;

import dev.warren.api.ConfigurationException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the HTTP API is served, and to whom.
 *
 * @param host an address of this machine. Default is 127.0.0.1. Any other than loopback needs a
 *     token file.
 * @param port 0 for any that is free. Default is 8080.
 * @param exactly whether another port will not do if this one is taken
 * @param tokenFile a file with what callers must show as {@code Authorization: Bearer …}; null for
 *     no token, which is allowed on loopback only
 * @param limits what callers may take
 * @param addressFile gets the address as its only line as soon as it is served; null for none
 */
public record HttpSettings(
    String host,
    int port,
    boolean exactly,
    @Nullable Path tokenFile,
    HttpLimits limits,
    @Nullable Path addressFile) {
  public static final String LOOPBACK = "127.0.0.1";
  public static final int DEFAULT_PORT = 8080;

  /** Any free port of the loopback address, without a token. */
  public static final HttpSettings ANY_PORT =
      new HttpSettings(LOOPBACK, 0, true, null, HttpLimits.DEFAULT, null);

  public HttpSettings {
    Objects.requireNonNull(limits, "limits");
    if (port < 0 || port > 65_535) {
      throw new ConfigurationException("a port is from 0 to 65535, not " + port);
    }
    if (tokenFile == null && !isLoopback(host)) {
      throw new ConfigurationException(
          "the HTTP API on '"
              + host
              + "' can be used from other machines, so it needs a token: write one into a file and"
              + " name it with --gateway-http-token-file");
    }
  }

  /**
   * Reads {@code host:port}, {@code [address]:port} or {@code port}.
   *
   * @param exactly whether somebody chose this port
   */
  public static HttpSettings parse(String text, boolean exactly, @Nullable Path tokenFile) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? LOOPBACK : text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    try {
      return new HttpSettings(
          host,
          Integer.parseInt(text.substring(colon + 1).strip()),
          exactly,
          tokenFile,
          HttpLimits.DEFAULT,
          null);
    } catch (NumberFormatException noPort) {
      throw new ConfigurationException(
          "'" + text + "' is no address: write host:port, as in 127.0.0.1:8080", noPort);
    }
  }

  public HttpSettings withTokenFile(Path file) {
    return new HttpSettings(host, port, exactly, file, limits, addressFile);
  }

  public HttpSettings withLimits(HttpLimits other) {
    return new HttpSettings(host, port, exactly, tokenFile, other, addressFile);
  }

  /** The same, telling its address in that file. */
  public HttpSettings toldIn(Path file) {
    return new HttpSettings(host, port, exactly, tokenFile, limits, file);
  }

  /** The file with the token, if callers need one. */
  public Optional<Path> token() {
    return Optional.ofNullable(tokenFile);
  }

  private static boolean isLoopback(String host) {
    try {
      return !host.isBlank() && InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException unknown) {
      throw new ConfigurationException(
          "'" + host + "' is no address of this machine to serve the HTTP API on", unknown);
    }
  }
}
