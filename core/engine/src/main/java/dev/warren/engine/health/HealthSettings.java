package dev.warren.engine.health;

import dev.warren.api.ConfigurationException;
import dev.warren.engine.connection.Secret;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where health and metrics are served.
 *
 * @param host an address of this machine. Default is 127.0.0.1. Any other than loopback needs a
 *     token.
 * @param port 0 for any that is free
 * @param exactly whether another port will not do if this one is taken
 * @param token what callers must show as {@code Authorization: Bearer …}, if anything
 * @param addressFile gets the address as its only line as soon as it is served, for whoever has to
 *     be sure that it is this process that answers there; stays when the process ends
 */
public record HealthSettings(
    String host, int port, boolean exactly, @Nullable Secret token, @Nullable Path addressFile) {
  public static final String LOOPBACK = "127.0.0.1";

  /** Any free port of the loopback address. */
  public static final HealthSettings ANY_PORT = new HealthSettings(LOOPBACK, 0, true, null);

  public HealthSettings {
    if (port < 0 || port > 65_535) {
      throw new ConfigurationException("a port is from 0 to 65535, not " + port);
    }
    if (token == null && !address(host).isLoopbackAddress()) {
      throw new ConfigurationException(
          "health and metrics on '"
              + host
              + "' can be read from other machines, so they need a token: set health.token or"
              + " health.token-file");
    }
  }

  /** Without a file for the address. */
  public HealthSettings(String host, int port, boolean exactly, @Nullable Secret token) {
    this(host, port, exactly, token, null);
  }

  /** The same, telling its address in that file. */
  public HealthSettings toldIn(Path file) {
    return new HealthSettings(host, port, exactly, token, file);
  }

  /** The token, if callers need one. */
  public Optional<Secret> requiredToken() {
    return Optional.ofNullable(token);
  }

  InetSocketAddress address(int onPort) {
    return new InetSocketAddress(address(host), onPort);
  }

  private static InetAddress address(String host) {
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException unknown) {
      throw new ConfigurationException(
          "'" + host + "' is no address of this machine to serve health and metrics on", unknown);
    }
  }
}
