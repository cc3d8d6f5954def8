package dev.warren.engine.wire;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.api.CodecException;
import dev.warren.api.Failure;
import dev.warren.engine.codec.JsonText;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A message that no worker takes any more, from {@code warren.dead.<queue>}, {@code
 * warren.dead.inbox} or {@code warren.unrouted}. Whatever lies there is a letter, be it a task or
 * not: nothing that a program has written makes {@link #read} fail.
 *
 * @param queue the task queue that it is from; empty if its routing key does not say
 * @param type the task type; empty if nothing says
 * @param failure why it died: the error's class, its message, and the stack if the letter has it
 * @param diedAt when; null if nothing says
 * @param attempts what is known of its failed attempts, the oldest first
 * @param submitter the broker's user that submitted it; null if the broker did not verify one
 * @param tasks the tasks in it: one, those of a chunk, or none if it is no task
 * @param properties as they came
 * @param body as it came, which need not be JSON
 */
public record DeadLetter(
    String queue,
    String type,
    Failure failure,
    @Nullable Instant diedAt,
    List<PastAttempt> attempts,
    @Nullable String submitter,
    List<TaskMessage> tasks,
    BasicProperties properties,
    JsonText body) {
  /** The failure's type of a message that no binding took. */
  public static final String UNROUTED = "Unrouted";

  private static final TaskReader READER = new TaskReader(Clock.systemUTC());

  public DeadLetter {
    Objects.requireNonNull(queue, "queue");
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(failure, "failure");
    attempts = List.copyOf(attempts);
    tasks = List.copyOf(tasks);
  }

  /**
   * Reads a message.
   *
   * @param from the name of the queue in which it lay
   * @param routingKey with which it came to that queue
   */
  public static DeadLetter read(
      String from, String routingKey, BasicProperties properties, byte[] body) {
    LetterAddress address = LetterAddress.of(from, routingKey);
    String type = properties.getType() == null ? address.type() : properties.getType();
    List<TaskMessage> tasks = tasks(address.queue(), properties, body);
    List<PastAttempt> attempts =
        tasks.isEmpty() ? List.of() : tasks.getFirst().state().story().attempts();
    Fields fields = Fields.of(properties);
    String submitter = fields.anyText(Headers.SUBMITTER);
    BrokerDeath broker = BrokerDeath.of(properties, address.queue());
    String reason = fields.anyText(Headers.DEAD_REASON);
    Instant diedAt = reason == null ? broker.at() : time(fields);
    Failure failure;
    if (reason != null) {
      failure = told(reason, fields);
    } else if (address.unrouted()) {
      failure = Failure.of(UNROUTED, "no queue takes messages with the key " + routingKey);
    } else {
      failure = broker.failure();
    }
    return new DeadLetter(
        address.queue(),
        type,
        failure,
        diedAt,
        attempts,
        submitter == null ? properties.getUserId() : submitter,
        tasks,
        properties,
        JsonText.wrap(body));
  }

  /** The task, if there is exactly one in it. */
  public Optional<TaskMessage> task() {
    return tasks.size() == 1 ? Optional.of(tasks.getFirst()) : Optional.empty();
  }

  private static List<TaskMessage> tasks(String queue, BasicProperties properties, byte[] body) {
    try {
      return READER.read(queue, properties, body);
    } catch (RuntimeException noTask) {
      return List.of();
    }
  }

  /** What a worker or the undertaker wrote on the letter. */
  private static Failure told(String reason, Fields fields) {
    String error = fields.anyText(Headers.LAST_ERROR);
    String stack = fields.anyText(Headers.DEAD_STACK);
    String message = error == null ? "" : error;
    if (message.startsWith(reason)) {
      // On the letter of a task it is the whole failure in one line.
      String rest = message.substring(reason.length());
      message = rest.startsWith(": ") ? rest.substring(2) : rest;
    }
    return new Failure(reason, message, stack == null ? "" : stack);
  }

  private static @Nullable Instant time(Fields fields) {
    try {
      return fields.time(Headers.DEAD_AT);
    } catch (CodecException nonsense) {
      return null;
    }
  }
}
