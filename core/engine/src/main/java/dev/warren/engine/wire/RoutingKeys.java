package dev.warren.engine.wire;

import dev.warren.api.Names;
import org.jspecify.annotations.Nullable;

/** Routing keys of the wire contract. */
public final class RoutingKeys {
  /** Stands in an event key where nobody waits. */
  public static final String NO_REPLY = "-";

  /** Characters of a reply token: with the longest queue name it must fit a routing key. */
  static final int LONGEST_REPLY = 40;

  private RoutingKeys() {}

  /** Whether a text can be a reply token: part of a routing key, and short. */
  static boolean isReply(String text) {
    return !text.equals(NO_REPLY)
        && !text.isEmpty()
        && text.length() <= LONGEST_REPLY
        && text.chars().allMatch(RoutingKeys::isInToken);
  }

  private static boolean isInToken(int letter) {
    return (letter >= 'a' && letter <= 'z')
        || (letter >= 'A' && letter <= 'Z')
        || (letter >= '0' && letter <= '9')
        || letter == '_'
        || letter == '-';
  }

  /** {@code <queue>.<type>}, for {@code warren.tasks}. */
  public static String task(String queue, String type) {
    return Names.key(queue, type);
  }

  /** {@code <event>.<queue>.<reply token or ->}, for {@code warren.events}. */
  public static String event(String event, String queue, @Nullable String reply) {
    return event + "." + queue + "." + (reply == null ? NO_REPLY : reply);
  }

  /** The queue in the first part of a task's routing key, which may carry ladder bits in front. */
  public static String told(String queue) {
    return "told." + queue;
  }
}
