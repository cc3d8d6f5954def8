package dev.warren.producer.dead;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Delivery;
import dev.warren.api.CodecException;
import dev.warren.api.WarrenException;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.publish.Outgoing;
import dev.warren.engine.publish.PublishResult;
import dev.warren.engine.settle.Command;
import dev.warren.engine.settle.Ran;
import dev.warren.engine.settle.SettleRules;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.EventCodec;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.engine.wire.TaskMessage;
import dev.warren.engine.wire.TaskReader;
import dev.warren.engine.wire.TaskWriter;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Decides what becomes of what waits in a queue that is emptied. Used on one thread. */
final class QueuePurge {
  private static final int PERSISTENT = 2;

  private final ClientParts client;
  private final String queue;
  private final boolean aggregated;
  private final BooleanSupplier stopped;
  private final TaskReader reader = new TaskReader(Clock.systemUTC());
  private long cancelled;
  private long unreadable;
  private long refused;
  private @Nullable WarrenException broken;

  QueuePurge(ClientParts client, String queue, boolean aggregated, BooleanSupplier stopped) {
    this.client = client;
    this.queue = queue;
    this.aggregated = aggregated;
    this.stopped = stopped;
  }

  PurgeReport report() {
    return new PurgeReport(cancelled, unreadable, refused, Optional.ofNullable(broken));
  }

  Sweep.Decision decide(Delivery message) {
    if (stopped.getAsBoolean()) {
      return Sweep.Decision.END;
    }
    List<TaskMessage> tasks;
    try {
      tasks = reader.read(queue, message.getProperties(), message.getBody());
    } catch (CodecException noTask) {
      unreadable++;
      return Sweep.Decision.REMOVE;
    }
    Ran not = Ran.not(client.connections().process().text(), Instant.now());
    List<OutcomeEvent> outcomes =
        tasks.stream()
            .flatMap(task -> SettleRules.cancelled(task, not).stream())
            .map(command -> ((Command.RecordOutcome) command).event())
            .toList();
    // The tasks of a message have one key, as they share its headers.
    Outgoing event = event(outcomes.getFirst().routingKey(), outcomes);
    return new Sweep.Decision.Replace(event, result -> answered(tasks.size(), event, result));
  }

  private boolean answered(int tasks, Outgoing event, PublishResult result) {
    if (result instanceof PublishResult.Confirmed) {
      cancelled += tasks;
      return true;
    }
    refused++;
    QueueFailures.trouble(result).ifPresent(why -> broken = why);
    if (broken == null) {
      broken =
          new dev.warren.api.TopologyMismatchException(
              "an outcome was not accepted, so its task stays: "
                  + QueueFailures.reason(event, result));
    }
    return false;
  }

  private Outgoing event(String key, List<OutcomeEvent> outcomes) {
    List<JsonText> events = outcomes.stream().map(EventCodec::write).toList();
    BasicProperties properties =
        new BasicProperties.Builder()
            .contentType(TaskWriter.JSON)
            .deliveryMode(PERSISTENT)
            .type(OutcomeEvent.NAME)
            .messageId(UUID.randomUUID().toString())
            .timestamp(Date.from(Instant.now()))
            .appId(client.appId())
            .build();
    return new Outgoing(TopologyNames.EVENTS, key, properties, EventCodec.join(events), aggregated);
  }
}
