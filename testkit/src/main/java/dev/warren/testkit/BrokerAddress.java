package dev.warren.testkit;

import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Where a broker listens and who its administrator is; {@code toString} keeps the password. */
record BrokerAddress(URI amqp, URI management) {
  BrokerAddress {
    if (amqp.getHost() == null || amqp.getRawUserInfo() == null) {
      throw new BrokerException(
          "the broker's URI must be like amqp://user:password@host:port; the user needs to be an"
              + " administrator");
    }
  }

  /** The same broker for another user and virtual host. */
  URI amqpUri(String user, String password, String virtualHost) {
    int port =
        amqp.getPort() == -1 ? ("amqps".equals(amqp.getScheme()) ? 5671 : 5672) : amqp.getPort();
    return URI.create(
        "%s://%s:%s@%s:%d/%s"
            .formatted(
                amqp.getScheme(),
                encode(user),
                encode(password),
                amqp.getHost(),
                port,
                encode(virtualHost)));
  }

  URI amqpUri(String virtualHost) {
    return amqpUri(user(), password(), virtualHost);
  }

  String user() {
    return decode(amqp.getRawUserInfo().split(":", 2)[0]);
  }

  String password() {
    String[] parts = amqp.getRawUserInfo().split(":", 2);
    return parts.length == 2 ? decode(parts[1]) : "";
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return amqp.getScheme() + "://" + amqp.getHost() + ":" + amqp.getPort();
  }
}
