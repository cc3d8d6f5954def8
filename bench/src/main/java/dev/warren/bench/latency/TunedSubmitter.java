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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Submitter and collector of the hand-tuned program. It writes on the submitting thread and flushes
 * when that is about to wait; it acknowledges results when there are no more to read. Confirms are
 * counted: a task is confirmed before its result is.
 */
final class TunedSubmitter implements Submitting {
  private final TunedConnection publishing;
  private final TunedConnection consuming;

  /**
   * Where results take both ways: empties the safe queue, as a gateway would, but stores nothing.
   */
  private final @Nullable TunedConnection storing;

  private final byte[] argument;
  private final Map<Long, End> waiting = new ConcurrentHashMap<>();
  private final AtomicLong refused = new AtomicLong();
  private long last;

  /**
   * Connects; declares the queues.
   *
   * @param bytes the size of a task's argument
   * @param bothWays whether results come to a queue of the submitter's own, and to the safe one too
   */
  TunedSubmitter(URI broker, int bytes, boolean bothWays) throws IOException {
    argument = new byte[bytes];
    publishing = TunedConnection.open(broker, "hand-tuned submitter");
    consuming = TunedConnection.open(broker, "hand-tuned collector");
    publishing.declare(bothWays);
    publishing
        .channel()
        .addConfirmListener((tag, multiple) -> {}, (tag, multiple) -> refused.incrementAndGet());
    publishing.channel().addReturnListener(returned -> refused.incrementAndGet());
    publishing.frames().flushOnDemand();
    collect(
        consuming,
        bothWays ? TunedConnection.WAITING : TunedConnection.RESULTS,
        body -> TunedResults.read(body, this::ended));
    storing = bothWays ? TunedConnection.open(broker, "hand-tuned store") : null;
    if (storing != null) {
      collect(storing, TunedConnection.RESULTS, body -> {});
    }
  }

  private static void collect(TunedConnection from, String queue, Consumer<byte[]> hearing)
      throws IOException {
    Collector collector = new Collector(from.channel(), hearing);
    from.frames().whenIdle(collector::acknowledge);
    from.channel().basicConsume(queue, false, collector);
  }

  private void ended(long id) {
    End end = waiting.remove(id);
    // A duplicate is for nobody.
    if (end != null) {
      end.ended(true);
    }
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

  @Override
  public void close() {
    publishing.close();
    consuming.close();
    if (storing != null) {
      storing.close();
    }
    if (refused.get() > 0) {
      throw new dev.warren.bench.BenchException(
          "the broker refused or returned tasks of the hand-tuned program");
    }
  }

  /** By the thread that reads results. */
  private static final class Collector extends DefaultConsumer {
    private final Consumer<byte[]> hearing;
    private long heard;
    private long acknowledged;

    Collector(Channel channel, Consumer<byte[]> hearing) {
      super(channel);
      this.hearing = hearing;
    }

    void acknowledge() throws IOException {
      if (heard > acknowledged) {
        acknowledged = heard;
        getChannel().basicAck(heard, true);
      }
    }

    @Override
    public void handleDelivery(
        String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
      hearing.accept(body);
      heard = envelope.getDeliveryTag();
    }
  }
}
