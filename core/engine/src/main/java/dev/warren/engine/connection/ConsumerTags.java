package dev.warren.engine.connection;

import com.rabbitmq.client.Channel;
import java.util.Objects;

/**
 * Consumers are named after their connection, so that RabbitMQ's UI tells who consumes what and
 * why: {@code warren-worker@host:pid consume default}, {@code warren-cli@host:pid registry}.
 */
public final class ConsumerTags {
  /** AMQP's longest short string. */
  private static final int MAX = 255;

  private ConsumerTags() {}

  /** The tag of the only consumer of a channel on a connection for one purpose. */
  public static String of(Channel channel) {
    String connection = channel.getConnection().getClientProvidedName();
    return cut(Objects.requireNonNullElse(connection, "a consumer without a name"));
  }

  /**
   * The tag of one consumer of several.
   *
   * @param what what it consumes, in a word
   */
  public static String of(Channel channel, String what) {
    return cut(of(channel) + " " + what);
  }

  /** The end says more than the beginning. */
  private static String cut(String tag) {
    return tag.length() <= MAX ? tag : tag.substring(tag.length() - MAX);
  }
}
