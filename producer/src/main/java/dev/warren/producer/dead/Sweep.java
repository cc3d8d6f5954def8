package dev.warren.producer.dead;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.ShutdownSignalException;
import dev.warren.engine.connection.AcknowledgementsUnderWay;
import dev.warren.engine.publish.Outgoing;
import dev.warren.engine.publish.PublishResult;
import dev.warren.engine.publish.Publisher;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Goes once through what lies in a queue, on the calling thread, and lets somebody decide about
 * each message. What is kept stays unacknowledged until the end and then goes back, so the broker
 * gives each message once; consumers of a limited prefetch are added as they fill up, so that only
 * little is on its way at a time. What comes into the queue after the start is not looked at.
 */
final class Sweep {
  /** Nothing came for so long: look whether anything is left. */
  private static final Duration QUIET = Duration.ofMillis(250);

  /** The queue says that it has messages, but gives none: somebody else gets them. */
  private static final int QUIET_LIMIT = 8;

  private static final Duration BACK_LIMIT = Duration.ofSeconds(2);
  private static final int FIRST_PREFETCH = 50;
  private static final int MAX_PREFETCH = 1_000;
  private static final int MIN_PREFETCH = 8;
  private static final int BYTES_ON_THE_WAY = 16 << 20;
  private static final int MAX_IN_FLIGHT = 1_000;

  /** What is to happen to a message. */
  sealed interface Decision {
    /** It stays where it is. */
    record Keep() implements Decision {}

    /** It stays, and does not count: it came after the start. */
    record Ignore() implements Decision {}

    /** It stays, and so does all that was not looked at: the sweep ends. */
    record End() implements Decision {}

    /** It is removed. */
    record Remove() implements Decision {}

    /** It is removed when the broker has confirmed another message; otherwise it stays. */
    record Replace(Outgoing by, Answered answered) implements Decision {}

    Decision KEEP = new Keep();
    Decision IGNORE = new Ignore();
    Decision END = new End();
    Decision REMOVE = new Remove();
  }

  /** Hears what became of a published message, on the sweep's thread; false ends the sweep. */
  @FunctionalInterface
  interface Answered {
    boolean with(PublishResult result);
  }

  /** Decides, on the sweep's thread. */
  @FunctionalInterface
  interface Handler {
    Decision decide(Delivery message);
  }

  /**
   * How a sweep ended.
   *
   * @param expected messages that waited in the queue at the start
   * @param seen messages that were looked at
   */
  record Counts(long expected, long seen) {}

  private sealed interface Happened {}

  private record Arrived(Delivery message) implements Happened {}

  private record Published(long tag, Decision.Replace what, PublishResult result)
      implements Happened {}

  private record Over(@Nullable ShutdownSignalException signal) implements Happened {}

  private final Connection connection;
  private final Publisher publisher;
  private final Duration deadline;
  private final String queue;
  private final Handler handler;
  private final BlockingQueue<Happened> happened = new LinkedBlockingQueue<>();
  private final Channel channel;
  private final List<String> consumers = new ArrayList<>();

  private long expected;
  private long seen;
  private long held;
  private long capacity;
  private int inFlight;
  private int largest;
  private int prefetch = FIRST_PREFETCH;
  private boolean acknowledged;
  private int quiet;
  private boolean ended;
  private @Nullable Over over;

  private Sweep(Connection connection, Sending sending, String queue, Handler handler)
      throws IOException {
    this.connection = connection;
    this.publisher = sending.publisher();
    this.deadline = sending.deadline();
    this.queue = queue;
    this.handler = handler;
    this.channel = open(connection);
  }

  /** How replacements are published. */
  record Sending(Publisher publisher, Duration deadline) {}

  /**
   * Sweeps a queue; returns when what was kept is back in it.
   *
   * @throws IOException if the broker refuses the queue, or the connection is lost
   */
  static Counts run(Connection connection, Sending sending, String queue, Handler handler)
      throws IOException, InterruptedException {
    Sweep sweep = new Sweep(connection, sending, queue, handler);
    try {
      return sweep.run();
    } finally {
      sweep.channel.abort();
    }
  }

  static Channel open(Connection connection) throws IOException {
    Channel channel = connection.createChannel();
    if (channel == null) {
      throw new IOException("no channel is free");
    }
    return channel;
  }

  private Counts run() throws IOException, InterruptedException {
    expected = channel.queueDeclarePassive(queue).getMessageCount();
    while (inFlight > 0 || (!ended && seen < expected)) {
      if (!ended && held == capacity && inFlight < MAX_IN_FLIGHT) {
        addConsumer();
      }
      Happened next = happened.poll(QUIET.toMillis(), TimeUnit.MILLISECONDS);
      if (next == null) {
        nothingCame();
      } else {
        quiet = 0;
        handle(next);
      }
    }
    if (over != null) {
      throw new IOException("the connection was lost", over.signal());
    }
    giveBack();
    return new Counts(expected, seen);
  }

  private void nothingCame() throws IOException {
    quiet++;
    if (inFlight > 0) {
      // The publisher answers at its deadline at the latest.
      return;
    }
    long left = channel.queueDeclarePassive(queue).getMessageCount();
    if ((left == 0 && quiet > 1) || quiet >= QUIET_LIMIT) {
      ended = true;
    }
  }

  private void handle(Happened next) throws IOException {
    switch (next) {
      case Arrived(Delivery message) -> arrived(message);
      case Published published -> {
        inFlight--;
        published(published);
      }
      case Over lost -> {
        ended = true;
        over = lost;
      }
    }
  }

  private void arrived(Delivery message) throws IOException {
    held++;
    largest = Math.max(largest, message.getBody().length);
    if (ended || seen == expected) {
      return;
    }
    seen++;
    long tag = message.getEnvelope().getDeliveryTag();
    switch (handler.decide(message)) {
      case Decision.Keep kept -> {}
      case Decision.Ignore later -> seen--;
      case Decision.End end -> ended = true;
      case Decision.Remove removed -> acknowledge(tag);
      case Decision.Replace replaced -> {
        inFlight++;
        publisher.publish(
            replaced.by(), deadline, result -> happened.add(new Published(tag, replaced, result)));
      }
    }
  }

  private void published(Published published) throws IOException {
    if (!published.what().answered().with(published.result())) {
      ended = true;
    }
    if (published.result() instanceof PublishResult.Confirmed) {
      acknowledge(published.tag());
    }
  }

  /** On a lost channel it comes back to the queue, and whoever replaced it has made a duplicate. */
  private void acknowledge(long tag) throws IOException {
    if (over == null) {
      channel.basicAck(tag, false);
      acknowledged = true;
      held--;
    }
  }

  /** Each takes more than the one before, as far as the messages seen so far are small. */
  private void addConsumer() throws IOException {
    if (capacity > 0) {
      int room = Math.clamp(BYTES_ON_THE_WAY / Math.max(1, largest), MIN_PREFETCH, MAX_PREFETCH);
      prefetch = Math.min(2 * prefetch, room);
    }
    channel.basicQos(prefetch);
    consumers.add(channel.basicConsume(queue, false, new Arrivals(channel)));
    capacity += prefetch;
  }

  private void endConsumers() throws IOException {
    for (String consumer : consumers) {
      channel.basicCancel(consumer);
    }
    if (acknowledged) {
      AcknowledgementsUnderWay.await(channel, queue, consumers.size(), new Arrivals(channel));
    }
  }

  /** Closes the channel, and waits until the queue has all again, which it gets at one blow. */
  private void giveBack() throws IOException, InterruptedException {
    endConsumers();
    long ready = channel.queueDeclarePassive(queue).getMessageCount();
    long back = held;
    try {
      channel.close();
    } catch (TimeoutException slow) {
      throw new IOException(slow);
    }
    if (back > 0) {
      Depth.awaitAtLeast(connection, queue, ready + back, BACK_LIMIT);
    }
  }

  private final class Arrivals extends DefaultConsumer {
    Arrivals(Channel channel) {
      super(channel);
    }

    @Override
    public void handleDelivery(
        String consumerTag, Envelope envelope, BasicProperties properties, byte[] body) {
      happened.add(new Arrived(new Delivery(envelope, properties, body)));
    }

    /** The broker took the consumer away: the queue is gone. */
    @Override
    public void handleCancel(String consumerTag) {
      happened.add(new Over(null));
    }

    @Override
    public void handleShutdownSignal(String consumerTag, ShutdownSignalException signal) {
      happened.add(new Over(signal));
    }
  }
}
