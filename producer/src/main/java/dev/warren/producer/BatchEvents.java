package dev.warren.producer;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.api.BrokerUnreachableException;
import dev.warren.api.GatewayRequiredException;
import dev.warren.api.SendDeadlineException;
import dev.warren.api.WarrenException;
import dev.warren.engine.publish.Outgoing;
import dev.warren.engine.publish.PublishResult;
import dev.warren.engine.publish.Publisher;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.Event;
import dev.warren.engine.wire.EventCodec;
import dev.warren.engine.wire.TaskWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.UUID;

/** Tells the gateways that a batch begins or that it has all its members. */
final class BatchEvents {
  private static final int PERSISTENT = 2;

  private final Publisher publisher;
  private final Duration deadline;
  private final String appId;

  BatchEvents(Publisher publisher, Duration deadline, String appId) {
    this.publisher = publisher;
    this.deadline = deadline;
    this.appId = appId;
  }

  /**
   * Publishes and returns when the broker has the event.
   *
   * @param what failed otherwise, for people
   */
  void publish(String name, Event event, String what) {
    BasicProperties properties =
        new BasicProperties.Builder()
            .contentType(TaskWriter.JSON)
            .deliveryMode(PERSISTENT)
            .type(name)
            .messageId(UUID.randomUUID().toString())
            .timestamp(Date.from(Instant.now()))
            .appId(appId)
            .build();
    Outgoing message =
        new Outgoing(
            TopologyNames.EVENTS,
            event.routingKey(),
            properties,
            EventCodec.join(List.of(EventCodec.write(event))),
            true);
    PublishResult result = publisher.publish(message, deadline).join();
    if (!(result instanceof PublishResult.Confirmed)) {
      throw failure(result, what);
    }
  }

  private WarrenException failure(PublishResult result, String what) {
    return switch (result) {
      case PublishResult.Returned nobody ->
          new GatewayRequiredException(
              what
                  + ": no gateway has ever run on this virtual host, and only a gateway gathers what"
                  + " becomes of a batch: start one ('warren up' or 'warren gateway')");
      case PublishResult.NotSent notSent
          when notSent.reason() instanceof BrokerUnreachableException ->
          new BrokerUnreachableException(
              what
                  + " within "
                  + PublishFailures.text(deadline)
                  + ": "
                  + notSent.reason().getMessage(),
              notSent.reason());
      case PublishResult.NotSent notSent -> notSent.reason();
      case PublishResult.Refused refused -> refused.reason();
      case PublishResult.Undecided undecided ->
          new SendDeadlineException(
              what
                  + " within "
                  + PublishFailures.text(deadline)
                  + ": "
                  + undecided.reason()
                  + "; the broker may have heard of it, and hearing of it again does no harm");
      case PublishResult.Confirmed confirmed ->
          throw new IllegalArgumentException("it was confirmed");
    };
  }
}
