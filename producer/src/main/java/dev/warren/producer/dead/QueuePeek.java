package dev.warren.producer.dead;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.ShutdownSignalException;
import dev.warren.api.CodecException;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.connection.AcknowledgementsUnderWay;
import dev.warren.engine.connection.BrokerVersion;
import dev.warren.engine.publish.Outgoing;
import dev.warren.engine.publish.PublishResult;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.RoutingKeys;
import dev.warren.engine.wire.TaskMessage;
import dev.warren.engine.wire.TaskReader;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One look at the head of a work queue. */
final class QueuePeek {
  /**
   * Returns of a message before it is replaced instead. Below what makes workers suspect a task of
   * crashing them, and far below the delivery limit of 20.
   */
  static final int MAX_RETURNS = 4;

  private static final Duration QUIET = Duration.ofMillis(200);

  /** Where workers are quick there may never be as many again. */
  private static final Duration BACK_LIMIT = Duration.ofMillis(300);

  private final ClientParts client;
  private final Connection connection;
  private final String queue;
  private final TaskReader reader = new TaskReader(Clock.systemUTC());
  private final BlockingQueue<Delivery> arrived = new LinkedBlockingQueue<>();

  QueuePeek(ClientParts client, Connection connection, String queue) {
    this.client = client;
    this.connection = connection;
    this.queue = queue;
  }

  List<PeekedMessage> look(int limit) throws IOException, InterruptedException {
    String name = TopologyNames.work(queue);
    Channel channel = Sweep.open(connection);
    List<PeekedMessage> seen = new ArrayList<>();
    try {
      long ready = channel.queueDeclarePassive(name).getMessageCount();
      int wanted = (int) Math.min(limit, ready);
      if (wanted == 0) {
        return seen;
      }
      // No more than is wanted, as all that comes has to go back.
      channel.basicQos(wanted);
      String tag = channel.basicConsume(name, false, new Arrivals(channel));
      List<Delivery> held = take(channel, name, wanted);
      channel.basicCancel(tag);
      arrived.drainTo(held);
      held.forEach(message -> seen.add(read(message)));
      if (replaceOftenReturned(channel, held, seen)) {
        AcknowledgementsUnderWay.await(channel, name, 0, new Arrivals(channel));
      }
      giveBack(channel, name);
    } catch (TimeoutException slow) {
      throw new IOException(slow);
    } finally {
      channel.abort();
    }
    return seen;
  }

  private void giveBack(Channel channel, String name)
      throws IOException, InterruptedException, TimeoutException {
    long ready = channel.queueDeclarePassive(name).getMessageCount();
    // From 4.3 a nack does not count, other than a reject.
    channel.basicNack(0, true, true);
    channel.close();
    Depth.awaitAtLeast(connection, name, ready + 1, BACK_LIMIT);
  }

  private List<Delivery> take(Channel channel, String name, int wanted)
      throws IOException, InterruptedException {
    List<Delivery> held = new ArrayList<>();
    while (held.size() < wanted) {
      Delivery next = arrived.poll(QUIET.toMillis(), TimeUnit.MILLISECONDS);
      if (next != null) {
        held.add(next);
      } else if (channel.queueDeclarePassive(name).getMessageCount() == 0 || !held.isEmpty()) {
        // The workers were faster.
        break;
      }
    }
    return held;
  }

  private PeekedMessage read(Delivery message) {
    BasicProperties properties = message.getProperties();
    Object count =
        properties.getHeaders() == null ? null : properties.getHeaders().get("x-delivery-count");
    long returned = count instanceof Number number ? number.longValue() : 0;
    List<TaskMessage> tasks = List.of();
    String problem = "";
    try {
      tasks = reader.read(queue, properties, message.getBody());
    } catch (CodecException noTask) {
      problem = String.valueOf(noTask.getMessage());
    }
    return new PeekedMessage(
        tasks, problem, returned, properties, JsonText.wrap(message.getBody()));
  }

  /** Whether there was any. */
  private boolean replaceOftenReturned(
      Channel channel, List<Delivery> held, List<PeekedMessage> seen) throws IOException {
    boolean any = false;
    for (int i = 0; i < seen.size() && countsLooks(); i++) {
      PeekedMessage message = seen.get(i);
      if (message.returned() >= MAX_RETURNS && !message.tasks().isEmpty() && replaced(message)) {
        channel.basicAck(held.get(i).getEnvelope().getDeliveryTag(), false);
        any = true;
      }
    }
    return any;
  }

  private boolean countsLooks() {
    return BrokerVersion.of(connection).filter(version -> version.atLeast(4, 3)).isEmpty();
  }

  private boolean replaced(PeekedMessage peeked) {
    Outgoing copy =
        new Outgoing(
            TopologyNames.TASKS,
            RoutingKeys.task(queue, peeked.tasks().getFirst().type()),
            LetterCopy.same(peeked.properties()),
            peeked.body(),
            true);
    return client.publisher().publish(copy, client.sendDeadline()).join()
        instanceof PublishResult.Confirmed;
  }

  private final class Arrivals extends DefaultConsumer {
    Arrivals(Channel channel) {
      super(channel);
    }

    @Override
    public void handleDelivery(
        String consumerTag, Envelope envelope, BasicProperties properties, byte[] body) {
      arrived.add(new Delivery(envelope, properties, body));
    }

    @Override
    public void handleShutdownSignal(String consumerTag, ShutdownSignalException signal) {
      // The next command on the channel says so.
    }
  }
}
