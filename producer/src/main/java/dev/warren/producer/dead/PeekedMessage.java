package dev.warren.producer.dead;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.wire.TaskMessage;
import java.util.List;
import java.util.Objects;

/**
 * A message that waits in a work queue.
 *
 * @param tasks one, those of a chunk, or none if it is no task
 * @param problem why it is no task; empty if it is one
 * @param returned how often it was delivered before and came back, as far as the broker counts
 * @param properties as they came
 * @param body as it came, which need not be JSON
 */
public record PeekedMessage(
    List<TaskMessage> tasks,
    String problem,
    long returned,
    BasicProperties properties,
    JsonText body) {
  public PeekedMessage {
    tasks = List.copyOf(tasks);
    Objects.requireNonNull(problem, "problem");
  }

  /** The type that it names; empty if it names none. */
  public String type() {
    String type = properties.getType();
    return type == null ? "" : type;
  }
}
