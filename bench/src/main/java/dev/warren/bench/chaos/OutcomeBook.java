package dev.warren.bench.chaos;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.ShutdownSignalException;
import dev.warren.api.Outcome.Status;
import dev.warren.api.TaskId;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.Event;
import dev.warren.engine.wire.EventCodec;
import dev.warren.engine.wire.OutcomeEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every outcome event, from a quorum queue of its own; past the faults of the network, but not past
 * those of the broker. One thread, {@code warren-chaos-outcomes}, comes back after each loss. Safe
 * for concurrent use.
 */
final class OutcomeBook implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OutcomeBook.class);
  private static final String QUEUE = "chaos.outcomes";
  private static final Duration TRY_AGAIN = Duration.ofMillis(200);
  private static final int PREFETCH = 500;

  /** An outcome of one generation of a task. */
  record Key(TaskId task, int generation) {}

  /** An outcome as it was told. Two that are equal are one that was told twice. */
  record Told(Status status, int attempt, String worker, long endedMillis, String failure) {}

  private final ChaosBroker broker;
  private final Thread thread;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final CountDownLatch bound = new CountDownLatch(1);

  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock.
  private final Map<Key, List<Told>> outcomes = new HashMap<>();
  private final List<String> unreadable = new ArrayList<>();

  OutcomeBook(ChaosBroker broker) {
    this.broker = broker;
    this.thread = Thread.ofPlatform().name("warren-chaos-outcomes").unstarted(this::run);
  }

  /** Returns when no event can pass unseen any more. */
  void start() throws InterruptedException {
    thread.start();
    bound.await();
  }

  int size() {
    lock.lock();
    try {
      return outcomes.size();
    } finally {
      lock.unlock();
    }
  }

  boolean has(Key key) {
    lock.lock();
    try {
      return outcomes.containsKey(key);
    } finally {
      lock.unlock();
    }
  }

  /** All of them; of each, what was told, without repetitions. */
  Map<Key, List<Told>> all() {
    lock.lock();
    try {
      Map<Key, List<Told>> copy = new HashMap<>();
      outcomes.forEach((key, told) -> copy.put(key, List.copyOf(told)));
      return copy;
    } finally {
      lock.unlock();
    }
  }

  /** Events that could not be read. */
  List<String> unreadable() {
    lock.lock();
    try {
      return List.copyOf(unreadable);
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    boolean over = false;
    while (!over) {
      try (Connection connection = broker.connect("chaos-outcomes");
          Channel channel = connection.createChannel()) {
        CountDownLatch lost = new CountDownLatch(1);
        consume(channel, lost);
        bound.countDown();
        while (lost.getCount() > 0 && closing.getCount() > 0) {
          boolean _ = lost.await(TRY_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
        }
      } catch (IOException | TimeoutException | ShutdownSignalException away) {
        LOG.debug("outcomes cannot be read now: {}", away.toString());
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        return;
      }
      over = paused();
    }
  }

  private boolean paused() {
    try {
      return closing.await(TRY_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private void consume(Channel channel, CountDownLatch lost) throws IOException {
    channel.queueDeclare(QUEUE, true, false, false, Map.of("x-queue-type", "quorum"));
    channel.queueBind(QUEUE, TopologyNames.EVENTS, TopologyNames.OUTCOME_EVENT + ".#");
    channel.basicQos(PREFETCH);
    channel.basicConsume(
        QUEUE,
        false,
        new DefaultConsumer(channel) {
          @Override
          public void handleDelivery(
              String tag, Envelope envelope, BasicProperties properties, byte[] body)
              throws IOException {
            take(body);
            channel.basicAck(envelope.getDeliveryTag(), false);
          }

          @Override
          public void handleCancel(String tag) {
            lost.countDown();
          }

          @Override
          public void handleShutdownSignal(String tag, ShutdownSignalException signal) {
            lost.countDown();
          }
        });
  }

  private void take(byte[] body) {
    lock.lock();
    try {
      for (Event event : EventCodec.read(body, failure -> unreadable.add(failure + ""))) {
        if (event instanceof OutcomeEvent outcome) {
          Told told =
              new Told(
                  outcome.status(),
                  outcome.attempt(),
                  outcome.worker(),
                  outcome.endedAt().toEpochMilli(),
                  outcome.failure() == null ? "" : outcome.failure().type());
          List<Told> before =
              outcomes.computeIfAbsent(
                  new Key(outcome.task(), outcome.generation()), key -> new ArrayList<>(1));
          if (!before.contains(told)) {
            before.add(told);
          }
        }
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    closing.countDown();
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
