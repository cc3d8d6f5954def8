package dev.warren.producer.dead;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.warren.api.BrokerUnreachableException;
import dev.warren.api.Names;
import dev.warren.api.TaskRefusedException;
import dev.warren.engine.connection.BrokerRefusal;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.topology.TopologyNames;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/**
 * Looks into work queues and empties them. From {@code WarrenClient.workQueues()}; safe for
 * concurrent use. Every call works on the calling thread, on a connection of its own.
 */
public final class WorkQueues {
  /** More at once would keep them from the workers for too long. */
  public static final int MAX_PEEK = 1_000;

  private static final String PURPOSE = "peek";

  private final ClientParts client;
  private final Connections connections;

  public WorkQueues(ClientParts client) {
    this.client = Objects.requireNonNull(client, "client");
    this.connections = client.connections();
  }

  /**
   * Shows messages at the head of a queue, and gives them back. For that moment workers do not get
   * them. Before RabbitMQ 4.3 the broker counts each look as a delivery; a message of which it has
   * counted {@value QueuePeek#MAX_RETURNS} is not given back but replaced by a copy at the end of
   * the queue, so that no looking makes it a suspect or ends it at its delivery limit.
   *
   * @param limit from 1 to {@value #MAX_PEEK}
   * @throws TaskRefusedException if there is no such queue
   */
  public List<PeekedMessage> peek(String queue, int limit) {
    if (limit < 1 || limit > MAX_PEEK) {
      throw new IllegalArgumentException("1 to " + MAX_PEEK + " messages, not " + limit);
    }
    return on(queue, connection -> new QueuePeek(client, connection, queue).look(limit));
  }

  /** How many messages wait in a queue. */
  public long ready(String queue) {
    return on(
        queue,
        connection ->
            Depth.of(connection, TopologyNames.work(queue))
                .orElseThrow(() -> QueueFailures.missing(TopologyNames.work(queue)))
                .ready());
  }

  /**
   * Removes what waits in a queue at this moment. Each task ends as {@code cancelled}, as always
   * before it is acknowledged, so that who waits for it or for its batch hears. What workers hold,
   * what is delayed and what comes meanwhile stays.
   *
   * @param stopped asked before each task: whether to end early, in good order
   */
  public PurgeReport purge(String queue, BooleanSupplier stopped) {
    return on(
        queue,
        connection -> {
          QueuePurge purge = new QueuePurge(client, queue, aggregated(connection), stopped);
          Sweep.Sending sending = new Sweep.Sending(client.publisher(), client.sendDeadline());
          Sweep.run(connection, sending, TopologyNames.work(queue), purge::decide);
          return purge.report();
        });
  }

  /** Whether gateways gather outcomes; who may not ask has to believe so. */
  private static boolean aggregated(Connection connection) throws IOException {
    try {
      return Depth.of(connection, TopologyNames.OUTCOMES).isPresent();
    } catch (IOException refused) {
      if (BrokerRefusal.in(refused).filter(BrokerRefusal::isAccessRefused).isPresent()) {
        return true;
      }
      throw refused;
    }
  }

  /** Something to do on a connection. */
  private interface Work<T> {
    T on(Connection connection) throws IOException, InterruptedException;
  }

  private <T> T on(String queue, Work<T> work) {
    Names.requireQueue(queue);
    Connection connection = connections.open(PURPOSE);
    try {
      T done = work.on(connection);
      connection.close();
      return done;
    } catch (IOException | ShutdownSignalException failure) {
      throw QueueFailures.explain(connections, TopologyNames.work(queue), failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new BrokerUnreachableException("interrupted", interrupted);
    } finally {
      connection.abort(1_000);
    }
  }
}
