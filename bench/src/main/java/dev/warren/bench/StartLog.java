package dev.warren.bench;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.warren.api.Outcome;
import dev.warren.api.TaskId;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.connection.ProcessName;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.Event;
import dev.warren.engine.wire.EventCodec;
import dev.warren.engine.wire.OutcomeEvent;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.HdrHistogram.Histogram;

/** When tasks started, as their outcomes tell; the first outcome of each counts. */
final class StartLog implements AutoCloseable {
  private static final int DIGITS = 3;
  private static final int PREFETCH = 1_000;

  private final Connection connection;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition heard = lock.newCondition();
  // Guarded by lock.
  private final Map<TaskId, Instant> startedAt = new HashMap<>();
  private long failed;

  private StartLog(Connection connection) {
    this.connection = connection;
  }

  /** Begins to listen in a virtual host that has its topology. */
  static StartLog open(BrokerSettings at) {
    Connection connection = new Connections(at, ProcessName.of("bench")).open("outcomes");
    StartLog log = new StartLog(connection);
    try {
      Channel channel = connection.createChannel();
      String queue = channel.queueDeclare().getQueue();
      channel.queueBind(queue, TopologyNames.EVENTS, OutcomeEvent.NAME + ".#");
      channel.basicQos(PREFETCH);
      channel.basicConsume(
          queue,
          false,
          (tag, delivery) -> {
            EventCodec.read(
                    delivery.getBody(),
                    unreadable -> {
                      throw unreadable;
                    })
                .forEach(log::note);
            channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
          },
          tag -> {});
      return log;
    } catch (IOException lost) {
      connection.abort();
      throw new BenchException("cannot listen for outcomes: " + lost, lost);
    }
  }

  private void note(Event event) {
    if (!(event instanceof OutcomeEvent outcome)) {
      return;
    }
    lock.lock();
    try {
      Instant started = outcome.startedAt();
      boolean first =
          startedAt.putIfAbsent(outcome.task(), started == null ? outcome.endedAt() : started)
              == null;
      if (first && outcome.status() != Outcome.Status.SUCCEEDED) {
        failed++;
      }
      heard.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the outcomes of so many tasks; answers how many there were. */
  long await(long tasks, Duration limit) throws InterruptedException {
    long left = limit.toNanos();
    lock.lock();
    try {
      while (startedAt.size() < tasks && left > 0) {
        left = heard.awaitNanos(left);
      }
      return startedAt.size();
    } finally {
      lock.unlock();
    }
  }

  /** How many did not succeed. */
  long failed() {
    lock.lock();
    try {
      return failed;
    } finally {
      lock.unlock();
    }
  }

  /** How long after a moment the tasks started. */
  DelayedReport.Starts since(Instant due) {
    lock.lock();
    try {
      long[] late =
          startedAt.values().stream()
              .mapToLong(started -> Duration.between(due, started).toNanos())
              .sorted()
              .toArray();
      Histogram histogram = new Histogram(TimeUnit.HOURS.toNanos(1), DIGITS);
      for (long nanos : late) {
        histogram.recordValue(Math.clamp(nanos, 0, TimeUnit.HOURS.toNanos(1)));
      }
      return new DelayedReport.Starts(
          Rate.of(0, late, late.length),
          late.length == 0 ? 0 : late[0] / 1e6,
          histogram.getValueAtPercentile(50) / 1e6,
          histogram.getValueAtPercentile(99) / 1e6,
          histogram.getMaxValue() / 1e6);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    connection.abort();
  }
}
