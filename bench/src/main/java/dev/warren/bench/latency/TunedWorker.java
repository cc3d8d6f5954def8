package dev.warren.bench.latency;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import dev.warren.bench.BenchException;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Worker of the hand-tuned program. The thread that reads tasks runs them, and publishes results
 * before it would wait for more tasks; the thread that reads confirms acknowledges what is
 * confirmed, and only that, before it would wait for more of them. No other thread has a part in
 * it.
 */
final class TunedWorker implements AutoCloseable {
  private final TunedConnection consuming;
  private final TunedConnection publishing;
  private final int together;
  private final boolean bothWays;

  /** By the thread that reads tasks: results that wait to be published. */
  private final List<byte[]> results = new ArrayList<>();

  private long lastTask;

  /** The last task that each unconfirmed message has a result of. */
  private final Map<Long, Long> unconfirmed = new ConcurrentHashMap<>();

  // By the thread that reads confirms.
  private long confirmedUpTo;
  private final Map<Long, Boolean> confirmedEarly = new HashMap<>();
  private long toAcknowledge;
  private long acknowledged;

  /**
   * Connects, declares the queues and consumes.
   *
   * @param together results in a message at most
   * @param bothWays whether results also go to the submitter's own queue
   */
  TunedWorker(URI broker, int together, boolean bothWays) throws IOException {
    this(broker, broker, together, bothWays);
  }

  /** Consumes and publishes over these ways to one broker. */
  TunedWorker(URI forTasks, URI forResults, int together, boolean bothWays) throws IOException {
    this.together = together;
    this.bothWays = bothWays;
    publishing = TunedConnection.open(forResults, "hand-tuned worker publish");
    consuming = TunedConnection.open(forTasks, "hand-tuned worker consume");
    consuming.declare(bothWays);
    publishing.channel().addConfirmListener(this::confirmed, TunedWorker::refused);
    publishing
        .channel()
        .addReturnListener(
            returned -> {
              throw new BenchException("a result came back: its queue is gone");
            });
    publishing.frames().whenIdle(this::acknowledge);
    publishing.frames().flushOnDemand();
    Channel channel = consuming.channel();
    consuming.frames().whenIdle(this::publishRest);
    channel.basicConsume(TunedConnection.TASKS, false, new Runner(channel));
  }

  private static void refused(long tag, boolean multiple) {
    throw new BenchException("the broker refused a result of the hand-tuned program");
  }

  private void publishRest() throws IOException {
    publish();
    publishing.frames().flushNow();
  }

  private void publish() throws IOException {
    if (results.isEmpty()) {
      return;
    }
    Channel channel = publishing.channel();
    unconfirmed.put(channel.getNextPublishSeqNo(), lastTask);
    channel.basicPublish(
        bothWays ? TunedConnection.BOTH_WAYS : "",
        bothWays ? "" : TunedConnection.RESULTS,
        true,
        TunedResults.PERSISTENT,
        TunedResults.results(results));
    results.clear();
  }

  /** Only what is confirmed without a gap can be acknowledged together. */
  private void confirmed(long number, boolean multiple) {
    if (multiple) {
      for (long one = confirmedUpTo + 1; one <= number; one++) {
        confirmedEarly.put(one, true);
      }
    } else {
      confirmedEarly.put(number, true);
    }
    while (confirmedEarly.remove(confirmedUpTo + 1) != null) {
      Long task = unconfirmed.remove(++confirmedUpTo);
      if (task == null) {
        throw new BenchException("a confirm for a result that was not sent");
      }
      toAcknowledge = task;
    }
  }

  private void acknowledge() throws IOException {
    if (toAcknowledge > acknowledged) {
      acknowledged = toAcknowledge;
      consuming.channel().basicAck(acknowledged, true);
    }
  }

  @Override
  public void close() {
    consuming.close();
    publishing.close();
  }

  private final class Runner extends DefaultConsumer {
    Runner(Channel channel) {
      super(channel);
    }

    @Override
    public void handleDelivery(
        String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body)
        throws IOException {
      if (!TunedResults.isPersistent(properties)) {
        throw new BenchException("a task that is not persistent");
      }
      lastTask = envelope.getDeliveryTag();
      results.add(body.clone());
      if (results.size() >= together) {
        publish();
      }
    }
  }
}
