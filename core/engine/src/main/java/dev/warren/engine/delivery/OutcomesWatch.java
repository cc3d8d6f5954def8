package dev.warren.engine.delivery;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import dev.warren.api.WarrenException;
import dev.warren.engine.topology.TopologyNames;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows whether gateways aggregate outcomes: then every outcome must reach their queue. Looks at
 * start and every half minute, on a thread named {@code warren-outcomes-watch}.
 */
final class OutcomesWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OutcomesWatch.class);
  private static final Duration PERIOD = Duration.ofSeconds(30);

  private final ConsumeConnection connection;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition closing = lock.newCondition();
  private boolean closed;
  private volatile boolean aggregated;

  OutcomesWatch(ConsumeConnection connection) {
    this.connection = connection;
    this.thread = Thread.ofVirtual().name("warren-outcomes-watch").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Whether the gateways' queue existed at the last look. */
  boolean aggregated() {
    return aggregated;
  }

  private void run() {
    while (true) {
      look();
      lock.lock();
      try {
        long left = PERIOD.toNanos();
        while (!closed && left > 0) {
          left = closing.awaitNanos(left);
        }
        if (closed) {
          return;
        }
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        return;
      } finally {
        lock.unlock();
      }
    }
  }

  private void look() {
    try {
      Channel channel = connection.channel();
      try {
        channel.queueDeclarePassive(TopologyNames.OUTCOMES);
        aggregated = true;
      } catch (IOException missingOrDenied) {
        aggregated = false;
      } finally {
        channel.abort();
      }
    } catch (WarrenException | IOException | AlreadyClosedException unreachable) {
      LOG.debug("cannot look for {}", TopologyNames.OUTCOMES, unreachable);
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      closing.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
