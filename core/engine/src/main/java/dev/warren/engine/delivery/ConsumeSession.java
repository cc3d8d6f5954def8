package dev.warren.engine.delivery;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.ShutdownSignalException;
import dev.warren.engine.connection.BrokerRefusal;
import dev.warren.engine.connection.ConsumerTags;
import dev.warren.engine.topology.TopologyNames;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One channel of a consumer, from its opening until it is lost or closed. The consumer's thread
 * alone writes to the channel; whoever settles a delivery leaves a note here and wakes it.
 * Acknowledgements for a channel that is gone are dropped: the broker has its messages back.
 */
final class ConsumeSession {
  /** Takes what the broker delivers; on the connection's thread, one after the other. */
  @FunctionalInterface
  interface Receiver {
    void receive(
        ConsumeSession from, Envelope envelope, AMQP.BasicProperties properties, byte[] body);
  }

  /** What the thread that serves is to do next. */
  private sealed interface Work {
    record Lost(String why) implements Work {}

    record Cancel(String tag) implements Work {}

    record Write(List<Acknowledgements.Frame> frames) implements Work {}

    record Look(Watchdog asks) implements Work {}

    record Pace() implements Work {}

    /** Nothing is left to do here. */
    record Over(boolean paused) implements Work {}
  }

  private static final Logger LOG = LoggerFactory.getLogger(ConsumeSession.class);
  private static final Duration CANCEL_LIMIT = Duration.ofSeconds(10);

  /** More than that since the last look may be more than should be held. */
  private static final long MUCH = 2 << 20;

  private final String queue;
  private final Channel channel;
  private final EngineListener listener;
  private final Pacer pacer;
  private final AcknowledgementWriter writer;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // Guarded by lock.
  private final Acknowledgements acknowledgements = new Acknowledgements();
  private boolean consuming;
  private @Nullable String lostBecause;
  private boolean cancelRequested;
  private boolean finishRequested;
  private boolean pausing;
  private long delivered;
  private long settled;
  private long bytesSinceLook;
  private @Nullable String consumerTag;
  private boolean renewing;

  ConsumeSession(String queue, Channel channel, EngineListener listener, Pacer pacer) {
    this.queue = queue;
    this.pacer = pacer;
    this.channel = channel;
    this.listener = listener;
    this.writer = new AcknowledgementWriter(queue, channel, listener);
    channel.addShutdownListener(cause -> lost(cause.getMessage()));
  }

  String queue() {
    return queue;
  }

  /** Learns what comes from the queue. */
  QueuePace pace() {
    return pacer.pace();
  }

  /** What it reads from and writes to. */
  Channel channel() {
    return channel;
  }

  /** Begins to consume. */
  void consume(int prefetch, Duration timeout, Receiver receiver) throws IOException {
    channel.basicQos(prefetch);
    String tag =
        channel.basicConsume(
            TopologyNames.work(queue),
            false,
            ConsumerTags.of(channel, queue),
            false,
            false,
            // Honoured by RabbitMQ from 4.3 on, accepted and ignored by older ones.
            Map.of("x-consumer-timeout", timeout.toMillis()),
            new QueueSubscriber(receiver));
    lock.lock();
    try {
      consumerTag = tag;
      consuming = lostBecause == null;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Writes acknowledgements until the channel is lost, the session is finished, or it is {@link
   * #pause paused} and no more deliveries come; says why it ended, and nothing after a pause. Then
   * what is held stays held, and {@link #serveRest} goes on.
   */
  Optional<String> serve(Watchdog watchdog) throws InterruptedException {
    watchdog.opened(System.nanoTime());
    return serve(watchdog, () -> finishRequested || isPaused());
  }

  /** Writes acknowledgements until nothing is held any more; says why it ended. */
  String serveRest() throws InterruptedException {
    return serve(null, () -> finishRequested || acknowledgements.outstanding() == 0).orElseThrow();
  }

  private Optional<String> serve(@Nullable Watchdog watchdog, BooleanSupplier over)
      throws InterruptedException {
    try {
      while (true) {
        switch (awaitWork(watchdog, over)) {
          case Work.Lost(String why) -> {
            return Optional.of(why);
          }
          case Work.Cancel(String tag) -> channel.basicCancel(tag);
          case Work.Write(List<Acknowledgements.Frame> frames) -> writer.write(frames);
          case Work.Look(Watchdog asks) -> look(asks);
          case Work.Pace pace -> pacer.look(this);
          case Work.Over(boolean paused) -> {
            if (paused && watchdog != null) {
              return Optional.empty();
            }
            writer.settleWhatIsUnderWay();
            // By handshake: the broker has read the last acknowledgements when this returns.
            channel.close();
            return Optional.of("closed");
          }
        }
      }
    } catch (IOException | TimeoutException | AlreadyClosedException lost) {
      lost(lost.toString());
      return Optional.of(lost.toString());
    }
  }

  private Work awaitWork(@Nullable Watchdog watchdog, BooleanSupplier over)
      throws InterruptedException {
    lock.lock();
    try {
      while (true) {
        if (lostBecause != null) {
          return new Work.Lost(lostBecause);
        }
        if (cancelRequested && consumerTag != null) {
          String tag = consumerTag;
          consumerTag = null;
          return new Work.Cancel(tag);
        }
        boolean steady = watchdog != null && consuming && !cancelRequested && !finishRequested;
        long due = steady ? acknowledgements.nanosUntilDue(System.nanoTime()) : 0;
        if (due == 0 && !acknowledgements.isEmpty()) {
          return new Work.Write(acknowledgements.take());
        }
        if (over.getAsBoolean()) {
          return new Work.Over(!finishRequested);
        }
        if (watchdog == null || !consuming) {
          changed.await();
          continue;
        }
        long now = System.nanoTime();
        long quiet = watchdog.nanosUntilLook(now, activity());
        if (quiet <= 0) {
          return new Work.Look(watchdog);
        }
        long pace = nanosUntilPacing(now);
        if (pace <= 0) {
          bytesSinceLook = 0;
          return new Work.Pace();
        }
        long unused = changed.awaitNanos(Math.min(due, Math.min(quiet, pace)));
      }
    } finally {
      lock.unlock();
    }
  }

  private long nanosUntilPacing(long now) {
    int outstanding = acknowledgements.outstanding();
    if (outstanding == 0) {
      return Long.MAX_VALUE;
    }
    return pacer.hasTasted(outstanding) ? 0 : pacer.nanosUntilLook(now, bytesSinceLook > MUCH);
  }

  /** Whether it was paused, and all that was delivered until then has come. */
  private boolean isPaused() {
    return pausing && consumerTag == null && !consuming;
  }

  private Watchdog.Activity activity() {
    return new Watchdog.Activity(delivered, settled, acknowledgements.outstanding());
  }

  /** Looks whether tasks wait that do not come here. */
  private void look(Watchdog watchdog) throws IOException {
    long waiting;
    try {
      waiting = channel.queueDeclarePassive(TopologyNames.work(queue)).getMessageCount();
    } catch (IOException refused) {
      if (BrokerRefusal.in(refused).filter(BrokerRefusal::isAccessRefused).isPresent()) {
        LOG.warn(
            "queue {}: this user may not look how many tasks wait in it, so that a consumer that"
                + " gets nothing is not noticed",
            queue);
        watchdog.blind();
      }
      throw refused;
    }
    Watchdog.Activity now;
    lock.lock();
    try {
      now = activity();
    } finally {
      lock.unlock();
    }
    if (watchdog.idleForLong(System.nanoTime())) {
      listener.reopened(queue, EngineListener.Reopened.IDLE);
      renew();
    }
    if (watchdog.starves(System.nanoTime(), now, waiting)) {
      listener.reopened(queue, EngineListener.Reopened.STARVING);
      lost(
          "nothing comes although "
              + waiting
              + " tasks wait in it, and they do not become fewer: opening the channel anew");
    }
  }

  void acknowledge(long tag) {
    lock.lock();
    try {
      settled++;
      boolean first = acknowledgements.isEmpty();
      long now = System.nanoTime();
      acknowledgements.acknowledge(tag, now);
      if (first || acknowledgements.nanosUntilDue(now) == 0) {
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  void giveBack(long tag, boolean counted) {
    lock.lock();
    try {
      settled++;
      acknowledgements.giveBack(tag, counted);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Stops deliveries and waits until the broker has said so; what is held stays held. */
  void stopConsuming() throws InterruptedException {
    long left = CANCEL_LIMIT.toNanos();
    lock.lock();
    try {
      cancelRequested = true;
      changed.signalAll();
      while (consuming && lostBecause == null && left > 0) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Another channel takes the place of this one. */
  void renew() {
    lock.lock();
    try {
      renewing = true;
    } finally {
      lock.unlock();
    }
    pause();
  }

  /** Whether it was paused only so that another one takes its place. */
  boolean isRenewing() {
    lock.lock();
    try {
      return renewing;
    } finally {
      lock.unlock();
    }
  }

  /** Stops deliveries and lets {@link #serve} end then; what is held stays held. */
  void pause() {
    lock.lock();
    try {
      cancelRequested = true;
      pausing = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Lets {@link #serve} end when everything settled is written. */
  void finish() {
    lock.lock();
    try {
      finishRequested = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean isConsuming() {
    lock.lock();
    try {
      return consuming && lostBecause == null;
    } finally {
      lock.unlock();
    }
  }

  boolean isLost() {
    lock.lock();
    try {
      return lostBecause != null;
    } finally {
      lock.unlock();
    }
  }

  int outstanding() {
    lock.lock();
    try {
      return acknowledgements.outstanding();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Drops the channel without another word on it. After a cancel by the broker this is the only
   * safe way: a late acknowledgement makes RabbitMQ 4.3 deliver to a consumer that is no more, and
   * the client then closes the whole connection.
   */
  void abort() {
    try {
      channel.abort();
    } catch (IOException gone) {
      lost(gone.toString());
    }
  }

  private void lost(@Nullable String why) {
    lock.lock();
    try {
      if (lostBecause == null) {
        lostBecause = why == null ? "the channel was closed" : why;
        consuming = false;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private final class QueueSubscriber extends DefaultConsumer {
    private final Receiver receiver;

    QueueSubscriber(Receiver receiver) {
      super(channel);
      this.receiver = receiver;
    }

    @Override
    public void handleDelivery(
        String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
      lock.lock();
      try {
        acknowledgements.delivered(envelope.getDeliveryTag());
        delivered++;
        boolean much = bytesSinceLook > MUCH;
        bytesSinceLook += body.length;
        int outstanding = acknowledgements.outstanding();
        if (outstanding == 1 || (!much && bytesSinceLook > MUCH) || pacer.hasTasted(outstanding)) {
          // Whoever serves had nothing to look at, or not so soon.
          changed.signalAll();
        }
      } finally {
        lock.unlock();
      }
      try {
        receiver.receive(ConsumeSession.this, envelope, properties, body);
      } catch (Throwable failed) {
        // Errors too, as no thread may be had for a body: the broker has the message still, and
        // delivers it again on the next channel. The connection goes on with its other channels.
        LOG.error("queue {}: a delivery could not be taken", queue, failed);
        lost("a delivery could not be taken: " + failed);
      }
    }

    @Override
    public void handleCancelOk(String tag) {
      // Comes in order with the deliveries: after it there are no more.
      lock.lock();
      try {
        if (cancelRequested) {
          consuming = false;
        }
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void handleCancel(String tag) {
      lost(
          "the broker cancelled the consumer: the queue was deleted, moved, or an acknowledgement"
              + " took too long");
    }

    @Override
    public void handleShutdownSignal(String tag, ShutdownSignalException cause) {
      lost(cause.getMessage());
    }
  }
}
