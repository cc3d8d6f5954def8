package dev.warren.gateway.aggregate;

import dev.warren.engine.aggregation.OutcomeFeed;
import dev.warren.engine.aggregation.OutcomeMessage;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.topology.TopologyMode;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records the outcomes of the fleet in a store, and acknowledges them when they are on its disk.
 * The store is the caller's, and outlives the aggregator.
 */
public final class Aggregator implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Aggregator.class);

  /** Messages whose bytes are in memory; each is up to about 1 MiB, and rarely above 128 KiB. */
  static final int PREFETCH = 100;

  /** Read, and not recorded: about four times as much as objects. */
  private static final int MOST_BYTES = 6 * 1024 * 1024;

  private final ResultStore store;
  private final ByteBudget budget = new ByteBudget(MOST_BYTES);
  private final OutcomeFeed feed;

  /**
   * Makes an aggregator that is not started yet.
   *
   * @param consumerTimeout the broker's limit between delivery and acknowledgement
   */
  public Aggregator(
      Connections connections, TopologyMode topology, Duration consumerTimeout, ResultStore store) {
    this.store = store;
    this.feed =
        new OutcomeFeed(
            connections,
            new OutcomeFeed.Plan(
                topology,
                PREFETCH,
                consumerTimeout,
                OutcomeFeed.Plan.lockLimit(connections.settings().heartbeat())),
            this::receive);
  }

  /**
   * Starts, and waits until outcomes are recorded; not for a broker that is away.
   *
   * @throws dev.warren.api.AlreadyRunningException if another gateway aggregates, and still does
   *     after a while
   * @throws dev.warren.api.WarrenException if the broker refuses the login or the topology
   */
  public void start() throws InterruptedException {
    feed.start();
  }

  /** Lets a {@link #start} that waits return. */
  public void giveUpStart() {
    feed.stop();
  }

  /** Why outcomes are not recorded at present; empty if they are. */
  public Optional<String> trouble() {
    return store.trouble().or(feed::trouble);
  }

  /** Records and acknowledges what has come, and ends. */
  @Override
  public void close() {
    feed.close();
  }

  private void receive(OutcomeMessage message) throws InterruptedException {
    int taken = budget.take(message.body().length);
    Parcel parcel = Parcel.read(message.body(), failure -> done(message, taken, failure));
    parcel
        .unreadable()
        .ifPresent(reason -> LOG.warn("an event message is kept unread: {}", reason));
    store.record(parcel);
  }

  private void done(OutcomeMessage message, int taken, @Nullable Throwable failure) {
    budget.giveBack(taken);
    if (failure == null) {
      message.recorded();
    } else {
      message.refused(String.valueOf(failure.getMessage()));
    }
  }
}
