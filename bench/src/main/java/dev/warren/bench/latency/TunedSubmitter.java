package dev.warren.bench.latency;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Submitter and collector of the hand-tuned program. It writes on the submitting thread and flushes
 * when that is about to wait; it acknowledges results when there are no more to read. Confirms are
 * counted: a task is confirmed before its result is.
 */
final class TunedSubmitter implements Submitting {
  private final TunedConnection publishing;
  private final TunedConnection consuming;
  private final byte[] argument;
  private final Map<Long, End> waiting = new ConcurrentHashMap<>();
  private final AtomicLong refused = new AtomicLong();
  private long last;

  // By the thread that reads results.
  private long heard;
  private long acknowledged;

  /**
   * Connects; declares the queues.
   *
   * @param bytes the size of a task's argument
   */
  TunedSubmitter(URI broker, int bytes) throws IOException {
    argument = new byte[bytes];
    publishing = TunedConnection.open(broker, "hand-tuned submitter");
    consuming = TunedConnection.open(broker, "hand-tuned collector");
    publishing.declare();
    publishing
        .channel()
        .addConfirmListener((tag, multiple) -> {}, (tag, multiple) -> refused.incrementAndGet());
    publishing.channel().addReturnListener(returned -> refused.incrementAndGet());
    publishing.frames().flushOnDemand();
    Channel channel = consuming.channel();
    consuming.frames().whenIdle(this::acknowledge);
    channel.basicConsume(TunedConnection.RESULTS, false, new Collector(channel));
  }

  @Override
  public void submit(End end) throws IOException {
    long id = ++last;
    waiting.put(id, end);
    publishing
        .channel()
        .basicPublish(
            "",
            TunedConnection.TASKS,
            true,
            TunedResults.PERSISTENT,
            TunedResults.task(id, argument));
  }

  @Override
  public void aboutToWait() throws IOException {
    publishing.frames().flushNow();
  }

  private void acknowledge() throws IOException {
    if (heard > acknowledged) {
      acknowledged = heard;
      consuming.channel().basicAck(heard, true);
    }
  }

  @Override
  public void close() {
    publishing.close();
    consuming.close();
    if (refused.get() > 0) {
      throw new dev.warren.bench.BenchException(
          "the broker refused or returned tasks of the hand-tuned program");
    }
  }

  private final class Collector extends DefaultConsumer {
    Collector(Channel channel) {
      super(channel);
    }

    @Override
    public void handleDelivery(
        String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
      TunedResults.read(
          body,
          id -> {
            End end = waiting.remove(id);
            // A duplicate is for nobody.
            if (end != null) {
              end.ended(true);
            }
          });
      heard = envelope.getDeliveryTag();
    }
  }
}
