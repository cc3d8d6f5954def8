package dev.warren.engine.delivery;

import com.rabbitmq.client.AMQP;
import dev.warren.engine.connection.BrokerRefusal;
import dev.warren.engine.limit.PrefetchRule;
import dev.warren.engine.topology.TopologyNames;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that a consumer holds neither too much nor too little: learns its prefetch, and gives
 * back what has waited for long if another worker could take it. For the consumer's thread, but for
 * {@link #prefetch}.
 */
final class Pacer {
  private static final Logger LOG = LoggerFactory.getLogger(Pacer.class);

  /** How long a delivery may wait here while another worker has nothing to do. */
  static final Duration LONG_WAIT = Duration.ofSeconds(60);

  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
  private static final Duration SWEEP_EVERY = Duration.ofSeconds(10);

  /** While much comes. */
  private static final Duration LOOK_SOON = Duration.ofMillis(100);

  /** Gives back deliveries that have not started. */
  interface Unstarted {
    /** Whether a delivery of the session has waited for so long. */
    boolean waited(ConsumeSession session, Duration atLeast);

    /** Gives back those that have waited for so long, and were not given back before. */
    void giveBack(ConsumeSession session, Duration atLeast);
  }

  private final String queue;
  private final QueuePace pace;
  private final Optional<PrefetchRule> rule;
  private final Unstarted unstarted;
  private volatile int prefetch;
  private volatile double tasksPerDelivery = 1;

  /** Whether it is so small because nobody knows the size of what comes. */
  private volatile boolean tasting;

  /** Whether anything has come. */
  private boolean begun;

  private boolean changed;
  private boolean shrunk;
  private boolean blind;
  private long changedAt = System.nanoTime();
  private long lookedAt = changedAt;
  private long sweptAt = changedAt;

  /**
   * @param rule what to begin with, and how it is learned
   */
  Pacer(String queue, QueuePace pace, PrefetchRule rule, Unstarted unstarted) {
    this(queue, pace, rule.first(), Optional.of(rule), unstarted);
    this.tasting = rule.first() < rule.usual();
  }

  /** With a prefetch that stays. */
  Pacer(String queue, QueuePace pace, int prefetch, Unstarted unstarted) {
    this(queue, pace, prefetch, Optional.empty(), unstarted);
  }

  private Pacer(
      String queue,
      QueuePace pace,
      int prefetch,
      Optional<PrefetchRule> rule,
      Unstarted unstarted) {
    this.queue = queue;
    this.pace = pace;
    this.prefetch = prefetch;
    this.rule = rule;
    this.unstarted = unstarted;
  }

  QueuePace pace() {
    return pace;
  }

  /** Deliveries to hold at most. */
  int prefetch() {
    return prefetch;
  }

  /** Tasks to hold at most, by how many there have been in a delivery of late. */
  int mostTasks() {
    return (int) Math.min(prefetch * Math.max(1, tasksPerDelivery), Integer.MAX_VALUE);
  }

  /** Whether so many deliveries are what it waited for to learn their size. From any thread. */
  boolean hasTasted(int outstanding) {
    return tasting && outstanding >= prefetch;
  }

  /**
   * How long there is nothing to look at; zero or less if it is time to.
   *
   * @param muchHasCome since the last look, so that it may be too much
   */
  long nanosUntilLook(long nowNanos, boolean muchHasCome) {
    return (muchHasCome ? LOOK_SOON : LOOK_EVERY).toNanos() - (nowNanos - lookedAt);
  }

  /** Looks whether the session holds too much or too little. */
  void look(ConsumeSession session) throws IOException {
    long now = System.nanoTime();
    lookedAt = now;
    if (learn(session, now)) {
      session.renew();
    } else if (now - sweptAt >= SWEEP_EVERY.toNanos()) {
      sweptAt = now;
      sweep(session);
    }
  }

  private boolean learn(ConsumeSession session, long now) {
    if (rule.isEmpty()) {
      return false;
    }
    if (hasTasted(session.outstanding())) {
      return widen(rule.get(), now);
    }
    if (!pace.learn(now)) {
      // Nothing to learn from: what comes first is looked at for a while before it counts.
      changedAt = changed ? changedAt : now;
      return false;
    }
    begin(now);
    PrefetchRule.Work work = pace.work();
    tasksPerDelivery = work.tasksPerDelivery();
    int wanted = rule.get().wanted(work, prefetch);
    PrefetchRule.Since since =
        new PrefetchRule.Since(
            !changed,
            Duration.ofNanos(now - changedAt),
            session.outstanding() >= prefetch,
            rule.get().isFlood(work, session.outstanding()));
    int next = rule.get().next(prefetch, wanted, since);
    if (next == prefetch) {
      return false;
    }
    LOG.info("queue {}: prefetch {} instead of {}: {}", queue, next, prefetch, work.inWords());
    // What is begun in time anyway is not sent around.
    shrunk = next < prefetch && !rule.get().isInTime(work, prefetch);
    prefetch = next;
    tasting = false;
    changed = true;
    changedAt = now;
    return true;
  }

  /** What comes first is looked at for a while before it counts, however long nothing came. */
  private void begin(long now) {
    if (!begun) {
      begun = true;
      changedAt = now;
    }
  }

  /** The size of what comes is known now; how long tasks take may be. */
  private boolean widen(PrefetchRule limits, long now) {
    pace.learn(now);
    begin(now);
    PrefetchRule.Work work = pace.work();
    tasksPerDelivery = work.tasksPerDelivery();
    tasting = false;
    int most = limits.tasted(work);
    // Of long tasks that came slowly so far more is known than their size.
    int next =
        work.places().isEmpty() ? most : Math.clamp(limits.wanted(work, prefetch), prefetch, most);
    if (next == prefetch) {
      return false;
    }
    LOG.info("queue {}: prefetch {} instead of {}: {}", queue, next, prefetch, work.sizeInWords());
    prefetch = next;
    return true;
  }

  /** Another session is about to take the place of this one, which gets nothing more. */
  void renewing(ConsumeSession session) {
    if (shrunk) {
      shrunk = false;
      unstarted.giveBack(session, Duration.ZERO);
    }
  }

  private void sweep(ConsumeSession session) throws IOException {
    if (blind || !unstarted.waited(session, LONG_WAIT)) {
      return;
    }
    AMQP.Queue.DeclareOk found;
    try {
      found = session.channel().queueDeclarePassive(TopologyNames.work(queue));
    } catch (IOException refused) {
      blind = BrokerRefusal.in(refused).filter(BrokerRefusal::isAccessRefused).isPresent();
      throw refused;
    }
    if (found.getConsumerCount() > 1 && found.getMessageCount() == 0) {
      LOG.info(
          "queue {}: others have nothing to do: giving back what has waited here for {}",
          queue,
          LONG_WAIT);
      unstarted.giveBack(session, LONG_WAIT);
    }
  }
}
