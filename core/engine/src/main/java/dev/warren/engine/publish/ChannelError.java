package dev.warren.engine.publish;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import dev.warren.api.AccessDeniedException;
import dev.warren.api.TaskRefusedException;
import dev.warren.api.TopologyMismatchException;
import dev.warren.api.WarrenException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The broker closed a publisher's channel because it refused a message. It does not say which, but
 * mostly names the exchange.
 *
 * @param exchange the exchange it names
 * @param topic the routing key it names, where the user may not use that key
 */
record ChannelError(WarrenException reason, @Nullable String exchange, @Nullable String topic) {
  // "NOT_FOUND - no exchange 'x' in vhost '/'"; "ACCESS_REFUSED - access to topic 'a.b' in exchange
  // 'x' in vhost '/' refused for user 'u'"; since 4.0 "write access to …". Cut at 255 bytes.
  private static final Pattern EXCHANGE = Pattern.compile("exchange '([^']*)'");
  private static final Pattern TOPIC = Pattern.compile("topic '([^']*)'");

  /** The error that closed the channel, if one did. */
  static Optional<ChannelError> of(Channel channel) {
    ShutdownSignalException cause = channel.getCloseReason();
    if (cause == null
        || cause.isInitiatedByApplication()
        || !(cause.getReason() instanceof AMQP.Channel.Close close)) {
      return Optional.empty();
    }
    String text = close.getReplyText();
    return Optional.of(
        new ChannelError(reason(close, text), named(EXCHANGE, text), named(TOPIC, text)));
  }

  private static WarrenException reason(AMQP.Channel.Close close, String text) {
    return switch (close.getReplyCode()) {
      case AMQP.ACCESS_REFUSED ->
          new AccessDeniedException(
              "this broker user may not publish there: "
                  + text
                  + "; 'warren doctor' shows the permissions it needs");
      case AMQP.NOT_FOUND ->
          new TopologyMismatchException(
              "the topology is missing or incomplete: "
                  + text
                  + "; start a worker or run 'warren topology apply'");
      default ->
          new TaskRefusedException(
              TaskRefusedException.Reason.QUEUE, "the broker refused the message: " + text);
    };
  }

  private static @Nullable String named(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? matcher.group(1) : null;
  }

  /** Whether the broker said enough to tell which messages it means. */
  boolean names() {
    return exchange != null;
  }

  /** Whether the broker would refuse this message with the same words. */
  boolean fits(Pending pending) {
    return pending.message.exchange().equals(exchange)
        && (topic == null || pending.message.routingKey().equals(topic));
  }
}
