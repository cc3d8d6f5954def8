package dev.warren.producer.dead;

import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.publish.Publisher;
import dev.warren.engine.wire.OutcomeEvent;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** What this package uses of a client; the client provides it. */
public interface ClientParts {
  Connections connections();

  Publisher publisher();

  /** The longest wait for the confirm of one message. */
  Duration sendDeadline();

  /** The program, as messages name it. */
  String appId();

  /** The queues that the fleet is known to have; asks the broker. */
  Set<String> queues();

  /**
   * Refuses arguments that do not fit a type.
   *
   * @throws dev.warren.api.TaskRefusedException naming what does not fit
   */
  void requireFit(String type, JsonText arguments);

  /** Makes it possible for outcomes to come here; the token to ask for them with. */
  String listen();

  /** The outcome of a task that carries the token. */
  CompletableFuture<OutcomeEvent> expect(TaskId task);

  /** The task was not sent: its outcome will not come. */
  void abandon(TaskId task);
}
