package dev.warren.engine.depth;

import com.rabbitmq.client.AMQP.Queue.DeclareOk;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.warren.api.WarrenException;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.topology.TopologyNames;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every second how many messages wait in some task queues, by passive declarations on a
 * connection of its own. A queue that does not exist counts as empty. One thread, {@code
 * warren-queue-depths}, owns the connection and opens it again when it is lost.
 */
public final class QueueDepths implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(QueueDepths.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);

  /** What was seen longer ago says nothing about now. */
  private static final Duration STALE = Duration.ofSeconds(15);

  private static final Duration END_LIMIT = Duration.ofSeconds(5);

  private record Look(long atNanos, Map<String, Depth> depths) {}

  private final Connections connections;
  private final List<String> queues;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;
  private volatile @Nullable Look latest;
  private volatile @Nullable Connection connection;

  public QueueDepths(Connections connections, List<String> queues) {
    this.connections = connections;
    this.queues = List.copyOf(queues);
    this.thread = Thread.ofPlatform().name("warren-queue-depths").unstarted(this::run);
  }

  /** Begins to look. */
  public QueueDepths start() {
    thread.start();
    return this;
  }

  /** What it saw last, by the name of the queue; empty if that is long ago. Never blocks. */
  public Optional<Map<String, Depth>> latest() {
    Look look = latest;
    return look == null || System.nanoTime() - look.atNanos() > STALE.toNanos()
        ? Optional.empty()
        : Optional.of(look.depths());
  }

  @Override
  public void close() {
    closing.countDown();
    Connection open = connection;
    if (open != null) {
      open.abort(Math.toIntExact(END_LIMIT.toMillis()));
    }
    thread.interrupt();
    try {
      if (!thread.join(END_LIMIT)) {
        LOG.warn("{} still waits for the broker", thread.getName());
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    boolean told = false;
    try {
      while (!isClosing()) {
        try {
          look();
          told = false;
        } catch (WarrenException | IOException | AlreadyClosedException trouble) {
          if (!told && !isClosing()) {
            LOG.warn("how much work waits is not known: {}", trouble.getMessage());
          }
          told = true;
        }
        closing.await(AFTER_FAILURE.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException ended) {
      LOG.debug("told to end while it waited");
    }
  }

  /** Looks again and again, until the connection fails or it is closed. */
  private void look() throws IOException, InterruptedException {
    try (Connection opened = connections.open("depths")) {
      connection = opened;
      Channel channel = opened.createChannel();
      do {
        Map<String, Depth> seen = new HashMap<>();
        for (String queue : queues) {
          if (!channel.isOpen()) {
            channel = opened.createChannel();
          }
          seen.put(queue, depth(channel, queue));
        }
        latest = new Look(System.nanoTime(), Map.copyOf(seen));
      } while (!closing.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS));
    } finally {
      connection = null;
    }
  }

  /** A channel does not survive the question for a queue that is not there. */
  private static Depth depth(Channel channel, String queue) throws IOException {
    try {
      DeclareOk state = channel.queueDeclarePassive(TopologyNames.work(queue));
      return new Depth(state.getMessageCount(), state.getConsumerCount());
    } catch (IOException refused) {
      if (refused.getCause() instanceof ShutdownSignalException closed && !closed.isHardError()) {
        return new Depth(0, 0);
      }
      throw refused;
    }
  }

  private boolean isClosing() {
    return closing.getCount() == 0;
  }
}
