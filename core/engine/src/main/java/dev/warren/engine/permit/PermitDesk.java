package dev.warren.engine.permit;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.warren.api.BrokerUnreachableException;
import dev.warren.api.TaskOptions;
import dev.warren.api.TaskType;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.delivery.Admission;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where attempts of this process get the permits of the fleet that their types ask for, and give
 * them back. At most as many attempts run in the whole fleet as there are permits of a name; what
 * ends without a word loses its permit with its connection, and the broker gives it to another.
 *
 * <p>An attempt whose permit was lost is told to stop, unless its type says that attempts may
 * overlap: from the moment in which the broker gave the permit away until this process has noticed
 * and the attempt has ended, one more may run.
 *
 * <p>A connection of its own, and one thread, {@code warren-permits}, that does all the waiting for
 * the broker. {@link #start} before attempts come, {@link #close} after the last one.
 */
public final class PermitDesk implements Admission, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PermitDesk.class);
  private static final Duration TICK = Duration.ofMillis(500);
  private static final Duration IDLE = Duration.ofMinutes(1);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);
  private static final int CONNECTION_CLOSE_MILLIS = 5_000;

  /** What a type needs. */
  private record Need(PermitTemplate permits, boolean overlapSafe) {}

  /**
   * How permits of one name stand in this process.
   *
   * @param held attempts that run with one
   * @param waiting attempts that wait for one here
   * @param trouble why none can be asked for; empty if all is well
   */
  public record Standing(String name, int held, int waiting, String trouble) {}

  private final Connections connections;
  private final PermitLimits limits;
  private final PermitRenewal renewal;
  private final Map<String, Need> needs = new HashMap<>();
  private final Map<String, Standing> standings = new ConcurrentHashMap<>();
  private final BlockingQueue<Runnable> events = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile boolean stopped;

  // The thread's own.
  private final Map<String, PermitCounter> counters = new HashMap<>();
  private @Nullable Connection connection;

  /**
   * A desk that is not started yet.
   *
   * @param consumerTimeout after which the broker takes back what is not acknowledged
   */
  public PermitDesk(
      Connections connections, Collection<TaskType<?, ?>> types, Duration consumerTimeout) {
    this(connections, types, PermitLimits.forTimeout(consumerTimeout));
  }

  PermitDesk(Connections connections, Collection<TaskType<?, ?>> types, PermitLimits limits) {
    this.connections = connections;
    this.limits = limits;
    this.renewal = new PermitRenewal(new PermitBook(connections));
    for (TaskType<?, ?> type : types) {
      TaskOptions options = type.options();
      options
          .permitsName()
          .map(PermitTemplate::new)
          .ifPresent(name -> needs.put(type.name(), new Need(name, options.overlapSafe())));
    }
    thread = Thread.ofPlatform().name("warren-permits").daemon().unstarted(this::run);
  }

  /** Whether any type needs permits; a desk that nobody needs does not have to be started. */
  public boolean isNeeded() {
    return !needs.isEmpty();
  }

  public void start() {
    thread.start();
  }

  @Override
  public boolean concerns(TaskType<?, ?> type) {
    return needs.containsKey(type.name());
  }

  @Override
  public Answer ask(Candidate candidate) {
    Need need = Objects.requireNonNull(needs.get(candidate.task().type()), "need");
    String name = need.permits().nameFor(candidate.task());
    PermitCounter.Guest guest = new PermitCounter.Guest(candidate, need.overlapSafe());
    events.add(() -> counter(name).ask(guest));
    candidate.whenGone(() -> events.add(() -> over(name, guest)));
    return Answer.WAIT;
  }

  private void over(String name, PermitCounter.Guest guest) {
    PermitCounter counter = counters.get(name);
    if (counter != null) {
      counter.over(guest);
    }
  }

  /** How the permits stand that this process waits for or has. */
  public List<Standing> standings() {
    return standings.values().stream().sorted(Comparator.comparing(Standing::name)).toList();
  }

  /** Returns all permits, whatever still runs, and ends the thread. */
  @Override
  public void close() {
    stopped = true;
    events.add(() -> {});
    try {
      if (thread.getState() != Thread.State.NEW && !thread.join(CLOSE_LIMIT)) {
        LOG.warn("warren-permits does not end within {}", CLOSE_LIMIT);
        thread.interrupt();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    renewal.close();
  }

  private void run() {
    long ticked = System.nanoTime();
    try {
      while (!stopped) {
        Runnable event =
            counters.isEmpty()
                ? events.take()
                : events.poll(TICK.toMillis(), TimeUnit.MILLISECONDS);
        if (event != null) {
          work(event);
        }
        if (System.nanoTime() - ticked >= TICK.toNanos()) {
          ticked = System.nanoTime();
          tick(ticked);
        }
        if (event == null || events.isEmpty()) {
          tell();
        }
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      closeConnection();
    }
  }

  private void work(Runnable event) {
    try {
      event.run();
    } catch (RuntimeException unexpected) {
      LOG.error("unexpected error at the permits", unexpected);
    }
  }

  private void tick(long now) {
    Iterator<PermitCounter> all = counters.values().iterator();
    while (all.hasNext()) {
      PermitCounter counter = all.next();
      work(() -> counter.tick(now));
      if (counter.idleFor(now).compareTo(IDLE) > 0) {
        counter.close();
        all.remove();
        standings.remove(counter.name());
      }
    }
  }

  private void tell() {
    counters.values().forEach(counter -> standings.put(counter.name(), counter.standing()));
  }

  private PermitCounter counter(String name) {
    return counters.computeIfAbsent(
        name, made -> new PermitCounter(made, limits, new Broker(), renewal));
  }

  private void closeConnection() {
    Connection last = connection;
    if (last == null) {
      return;
    }
    try {
      last.close(CONNECTION_CLOSE_MILLIS);
    } catch (IOException | ShutdownSignalException gone) {
      last.abort();
    }
  }

  /** What counters see of the desk. */
  private final class Broker implements PermitCounter.Broker {
    @Override
    public Channel channel() throws IOException {
      if (connection == null || !connection.isOpen()) {
        connection = connections.open("permits");
      }
      Channel channel = connection.createChannel();
      if (channel == null) {
        throw new BrokerUnreachableException(
            "no channel is free for permits",
            new IOException("the connection has no channel left"));
      }
      return channel;
    }

    @Override
    public void later(Runnable event) {
      events.add(event);
    }
  }
}
