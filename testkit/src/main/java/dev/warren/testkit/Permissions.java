package dev.warren.testkit;

import java.util.ArrayList;
import java.util.List;

/**
 * What a user may do in a virtual host: regular expressions for names of queues and exchanges. An
 * expression matches anywhere in a name, so write {@code ^} and {@code $}.
 *
 * @param configure what it may declare and delete
 * @param write what it may publish to, or bind as destination
 * @param read what it may consume from, or bind as source
 * @param topics further limits, for the routing keys of single topic exchanges
 */
public record Permissions(String configure, String write, String read, List<Topic> topics) {
  /** Everything. */
  public static final Permissions ALL = of(".*", ".*", ".*");

  /** Nothing but to log in. */
  public static final Permissions NONE = of("^$", "^$", "^$");

  public Permissions {
    topics = List.copyOf(topics);
  }

  /** Without limits for routing keys. */
  public static Permissions of(String configure, String write, String read) {
    return new Permissions(configure, write, read, List.of());
  }

  /** The same, and with limits for the routing keys of one topic exchange. */
  public Permissions withTopic(String exchange, String write, String read) {
    List<Topic> more = new ArrayList<>(topics);
    more.add(new Topic(exchange, write, read));
    return new Permissions(configure, this.write, this.read, more);
  }

  /**
   * Limits for the routing keys of one topic exchange.
   *
   * @param exchange name of the exchange
   * @param write keys to publish with
   * @param read keys to bind with
   */
  public record Topic(String exchange, String write, String read) {}
}
