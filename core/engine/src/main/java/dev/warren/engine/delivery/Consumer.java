package dev.warren.engine.delivery;

import com.rabbitmq.client.AlreadyClosedException;
import dev.warren.api.WarrenException;
import dev.warren.engine.cancel.CancellationFeed;
import dev.warren.engine.connection.BackOff;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consumes one queue: keeps a channel open on it, whatever happens to connection, channel and
 * queue, and writes its acknowledgements. One thread, {@code warren-consumer-<queue>}, owns all
 * that.
 */
final class Consumer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Consumer.class);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(15);

  /**
   * What a consumer needs to know.
   *
   * @param types the types that this process runs from the queue
   */
  record Subscription(String queue, List<String> types, int prefetch, Duration timeout) {}

  /**
   * What comes before a delivery.
   *
   * @param cancellations without which no first task is taken
   */
  record Approach(
      ConsumeConnection connection, QueuePreparation preparation, CancellationFeed cancellations) {}

  private final Subscription subscription;
  private final Approach approach;
  private final ConsumeSession.Receiver receiver;
  private final EngineListener listener;
  private final java.util.function.Consumer<ConsumeSession> whenOver;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // Guarded by lock.
  private @Nullable ConsumeSession session;
  private String detail = "not started";
  private boolean stopped;

  Consumer(
      Subscription subscription,
      Approach approach,
      ConsumeSession.Receiver receiver,
      EngineListener listener,
      java.util.function.Consumer<ConsumeSession> whenOver) {
    this.whenOver = whenOver;
    this.subscription = subscription;
    this.approach = approach;
    this.receiver = receiver;
    this.listener = listener;
    this.thread =
        Thread.ofPlatform().name("warren-consumer-" + subscription.queue()).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  EngineState.QueueState state() {
    lock.lock();
    try {
      boolean consuming = session != null && session.isConsuming();
      return new EngineState.QueueState(
          subscription.queue(),
          consuming,
          consuming ? "consuming" : detail,
          session == null ? 0 : session.outstanding(),
          subscription.prefetch());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes no more deliveries; what is held stays held. Returns when the broker has stopped sending.
   */
  void stopConsuming() throws InterruptedException {
    ConsumeSession current;
    lock.lock();
    try {
      stopped = true;
      changed.signalAll();
      current = session;
    } finally {
      lock.unlock();
    }
    if (current != null) {
      current.stopConsuming();
    }
  }

  /** Writes the last acknowledgements, closes the channel by handshake and ends the thread. */
  @Override
  public void close() {
    ConsumeSession current;
    lock.lock();
    try {
      stopped = true;
      changed.signalAll();
      current = session;
    } finally {
      lock.unlock();
    }
    if (current != null) {
      current.finish();
    }
    try {
      if (!thread.join(CLOSE_LIMIT)) {
        LOG.warn(
            "queue {}: the channel did not close within {}", subscription.queue(), CLOSE_LIMIT);
        thread.interrupt();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    BackOff backOff = new BackOff();
    while (!isStopped()) {
      try {
        ConsumeSession opened = open();
        backOff.reset();
        String ended = opened.serve();
        opened.abort();
        whenOver.accept(opened);
        if (!isStopped()) {
          LOG.warn("queue {}: no longer consuming: {}", subscription.queue(), ended);
        }
        leave("was lost: " + ended);
      } catch (WarrenException | IOException | AlreadyClosedException failed) {
        LOG.warn("queue {}: cannot consume: {}", subscription.queue(), failed.getMessage());
        leave("cannot consume: " + failed.getMessage());
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        return;
      } catch (RuntimeException unexpected) {
        LOG.error("queue {}: unexpected error, trying again", subscription.queue(), unexpected);
        leave("unexpected error: " + unexpected);
      }
      pause(backOff.next());
    }
  }

  private ConsumeSession open() throws IOException, InterruptedException {
    setDetail("connecting");
    approach.preparation().prepare(subscription.queue(), subscription.types());
    awaitCancellations();
    ConsumeSession opened =
        new ConsumeSession(subscription.queue(), approach.connection().channel(), listener);
    // Known before the first delivery, so that a stop at this moment finds it.
    boolean alreadyStopped;
    lock.lock();
    try {
      alreadyStopped = stopped;
      session = opened;
    } finally {
      lock.unlock();
    }
    if (!alreadyStopped) {
      opened.consume(subscription.prefetch(), subscription.timeout(), receiver);
      LOG.info("queue {}: consuming, prefetch {}", subscription.queue(), subscription.prefetch());
    } else {
      opened.finish();
    }
    return opened;
  }

  /** Waits until it is known which tasks are not to be run, or the consumer is stopped. */
  private void awaitCancellations() throws InterruptedException {
    lock.lock();
    try {
      for (Optional<String> why = approach.cancellations().notCurrent();
          why.isPresent() && !stopped;
          why = approach.cancellations().notCurrent()) {
        detail = "waits until all cancellations are known: " + why.get();
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Looks again at the cancellations: goes on if it waits for them. If they have not been heard for
   * long, takes no more tasks, lets those that it has end, and waits.
   */
  void cancellationsChanged() {
    boolean overdue = approach.cancellations().overdue();
    lock.lock();
    try {
      changed.signalAll();
      if (overdue && session != null) {
        session.pause();
      }
    } finally {
      lock.unlock();
    }
  }

  private void leave(String why) {
    lock.lock();
    try {
      session = null;
      detail = why;
    } finally {
      lock.unlock();
    }
  }

  private void setDetail(String text) {
    lock.lock();
    try {
      detail = text;
    } finally {
      lock.unlock();
    }
  }

  private boolean isStopped() {
    lock.lock();
    try {
      return stopped;
    } finally {
      lock.unlock();
    }
  }

  private void pause(Duration wait) {
    lock.lock();
    try {
      long left = wait.toNanos();
      while (!stopped && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }
}
