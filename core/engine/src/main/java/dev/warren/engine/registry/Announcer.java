package dev.warren.engine.registry;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.warren.api.BrokerUnreachableException;
import dev.warren.api.SendDeadlineException;
import dev.warren.api.WarrenException;
import dev.warren.engine.connection.BackOff;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.topology.TopologyNames;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Announces the types of a process: when started, about daily, and when asked. Each time on a
 * short-lived connection, confirmed by the broker; after a failure it tries again by itself. One
 * thread, {@code warren-announcer}.
 */
public final class Announcer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);
  private static final Duration INTERVAL = Duration.ofHours(23);
  private static final Duration INTERVAL_JITTER = Duration.ofHours(1);
  private static final Duration CONFIRM_LIMIT = Duration.ofSeconds(10);
  private static final int ABORT_LIMIT_MILLIS = 1_000;
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

  private final Connections connections;
  private final List<TypeAnnouncement> types;
  private final Clock clock;
  private final Thread thread;
  private final RandomGenerator random = RandomGenerator.getDefault();
  private final BackOff backOff;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by lock.
  private boolean wanted = true;
  private boolean closed;

  public Announcer(Connections connections, List<TypeAnnouncement> types) {
    this(connections, types, Clock.systemUTC());
  }

  Announcer(Connections connections, List<TypeAnnouncement> types, Clock clock) {
    this.connections = connections;
    this.types = List.copyOf(types);
    this.clock = clock;
    this.backOff = new BackOff(Duration.ofMillis(500), LONGEST_PAUSE, random);
    this.thread = Thread.ofPlatform().name("warren-announcer").daemon().unstarted(this::run);
  }

  /** Starts announcing; answers at once. */
  public void start() {
    thread.start();
  }

  /** Announces again soon: after a reconnect, as the virtual host may be a new one. */
  public void again() {
    lock.lock();
    try {
      wanted = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Announces once, on the caller's thread, and returns when the broker has confirmed.
   *
   * @throws WarrenException if the broker cannot be reached or does not take it.
   */
  public void announce() {
    Instant now = clock.instant();
    Connection connection = connections.open("announce");
    try {
      publish(connection.createChannel(), now);
      LOG.debug("announced {} types", types.size());
    } catch (IOException | ShutdownSignalException failure) {
      throw RegistryFailures.explain(connections, failure);
    } catch (TimeoutException late) {
      throw new SendDeadlineException(
          "the broker confirmed no announcement within "
              + CONFIRM_LIMIT.toSeconds()
              + " s: does it block publishers? ('warren doctor')",
          late);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new BrokerUnreachableException("announcing was interrupted", stopped);
    } finally {
      // A broker that blocks publishers reads no goodbye, so it is not waited for.
      connection.abort(ABORT_LIMIT_MILLIS);
    }
  }

  private void publish(Channel channel, Instant now)
      throws IOException, InterruptedException, TimeoutException {
    channel.confirmSelect();
    // A return comes before the confirm: an exchange without its stream would swallow all.
    AtomicInteger returned = new AtomicInteger();
    channel.addReturnListener(message -> returned.incrementAndGet());
    for (TypeAnnouncement type : types) {
      channel.basicPublish(
          TopologyNames.REGISTRY, "", true, properties(type, now), body(type, now));
    }
    if (!channel.waitForConfirms(CONFIRM_LIMIT.toMillis())) {
      throw new SendDeadlineException("the broker refused an announcement; look at its log");
    }
    if (returned.get() > 0) {
      throw RegistryFailures.unbound(connections);
    }
  }

  private void run() {
    Duration pause = Duration.ZERO;
    while (await(pause)) {
      try {
        announce();
        backOff.reset();
        pause = INTERVAL.plusMillis(random.nextLong(INTERVAL_JITTER.toMillis()));
      } catch (WarrenException failure) {
        pause = backOff.next();
        LOG.warn("the types are not announced yet: {}", failure.getMessage());
      }
    }
  }

  /** Waits for the next turn; false when there is none. */
  private boolean await(Duration pause) {
    lock.lock();
    try {
      long left = pause.toNanos();
      while (!closed && !wanted && left > 0) {
        left = changed.awaitNanos(left);
      }
      wanted = false;
      return !closed;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  private static BasicProperties properties(TypeAnnouncement type, Instant now) {
    return new BasicProperties.Builder()
        .contentType("application/json")
        .type("warren.announcement")
        .messageId(UUID.randomUUID().toString())
        .appId(type.process())
        .timestamp(Date.from(now))
        .deliveryMode(2)
        .build();
  }

  private static byte[] body(TypeAnnouncement type, Instant now) {
    return AnnouncementCodec.write(type.at(now)).toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Stops announcing and waits for the thread; what was announced stays. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
    try {
      thread.join(CONFIRM_LIMIT.toMillis());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }
}
