package dev.warren.engine.delivery;

import com.rabbitmq.client.AlreadyClosedException;
import dev.warren.api.WarrenException;
import dev.warren.engine.cancel.CancellationFeed;
import dev.warren.engine.connection.BackOff;
import dev.warren.engine.wire.QueuePause;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Consumes one queue: keeps a channel open on it, whatever happens to connection, channel and
 * queue, and writes its acknowledgements. One thread, {@code warren-consumer-<queue>}, owns all
 * that.
 */
final class Consumer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Consumer.class);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(15);
  private static final String ASIDE = "waits while a suspect runs with nothing beside it";

  /**
   * What a consumer needs to know.
   *
   * @param types the types that this process runs from the queue
   * @param pacer how many deliveries it holds
   * @param quiet how long it may get nothing while tasks wait
   */
  record Subscription(
      String queue, List<String> types, Pacer pacer, Duration timeout, Duration quiet) {}

  /**
   * What comes before a delivery.
   *
   * @param cancellations without which no first task is taken; they say what is paused, too
   * @param aside whether the process takes nothing for now, because a suspect runs alone
   */
  record Approach(
      ConsumeConnection connection,
      QueuePreparation preparation,
      CancellationFeed cancellations,
      BooleanSupplier aside) {}

  /** Is told what becomes of sessions, on the thread that serves them; must not block. */
  interface SessionWatch {
    /**
     * Nothing more comes from a queue, on whichever channels it came, but for a resumption; what
     * runs may end.
     */
    void paused(String queue);

    /** Its channel is gone. */
    void over(ConsumeSession session);
  }

  private final Subscription subscription;
  private final Approach approach;
  private final ConsumeSession.Receiver receiver;
  private final EngineListener listener;
  private final SessionWatch watch;
  private final EndingSessions ending;
  private final Watchdog watchdog;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // Guarded by lock.
  private @Nullable ConsumeSession session;

  /**
   * Whether the session is about to consume in the place of another one: there is no gap to tell.
   */
  private boolean takingOver;

  private String detail = "not started";
  private boolean stopped;

  Consumer(
      Subscription subscription,
      Approach approach,
      ConsumeSession.Receiver receiver,
      EngineListener listener,
      SessionWatch watch) {
    this.watch = watch;
    this.ending = new EndingSessions(watch::over);
    this.watchdog = new Watchdog(subscription.quiet());
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

  String queue() {
    return subscription.queue();
  }

  /** Whether tasks of this type come from the queue, and no others. */
  boolean bringsOnly(String type) {
    return subscription.types().equals(List.of(type));
  }

  private int prefetch() {
    return subscription.pacer().prefetch();
  }

  /** About so many tasks are held at most. */
  int mostTasks() {
    return subscription.pacer().mostTasks();
  }

  EngineState.QueueState state() {
    Optional<QueuePause> pause = approach.cancellations().overdue() ? Optional.empty() : paused();
    Optional<String> failure = watchdog.failure();
    int rest = ending.outstanding();
    lock.lock();
    try {
      boolean open =
          session != null
              && (session.isConsuming()
                  || ((session.isRenewing() || takingOver) && forbidden().isEmpty()));
      return new EngineState.QueueState(
          subscription.queue(),
          open && failure.isEmpty(),
          pause
              .map(QueuePause::text)
              .map("paused "::concat)
              .or(() -> failure)
              .orElse(open ? "consuming" : detail),
          rest + (session == null ? 0 : session.outstanding()),
          prefetch(),
          pause,
          approach.aside().getAsBoolean()
              && (session == null ? detail.equals(ASIDE) : !session.isLost()));
    } finally {
      lock.unlock();
    }
  }

  private boolean takesNothing() {
    return paused().isPresent() || approach.aside().getAsBoolean();
  }

  private Optional<QueuePause> paused() {
    return approach.cancellations().paused().of(subscription.queue());
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
      ending.close(CLOSE_LIMIT);
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
        Optional<String> ended = opened.serve(watchdog);
        if (ended.isEmpty()) {
          rest(opened);
          continue;
        }
        opened.abort();
        watch.over(opened);
        if (!isStopped()) {
          LOG.warn("queue {}: no longer consuming: {}", subscription.queue(), ended.get());
        }
        leave("was lost: " + ended.get());
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
    // While another channel took the place of the last one, which still holds what came there.
    if (takesNothing()) {
      watch.paused(subscription.queue());
    }
    approach.preparation().prepare(subscription.queue(), subscription.types());
    awaitPermission();
    ConsumeSession opened =
        new ConsumeSession(
            subscription.queue(), approach.connection().channel(), listener, subscription.pacer());
    // Known before the first delivery, so that a stop or a pause at this moment finds it.
    boolean take;
    boolean renewed;
    lock.lock();
    try {
      renewed = session != null && session.isRenewing();
      session = opened;
      take = !stopped && paused().isEmpty() && !approach.aside().getAsBoolean();
      takingOver = renewed && take;
    } finally {
      lock.unlock();
    }
    try {
      if (take) {
        opened.consume(prefetch(), subscription.timeout(), receiver);
        LOG.atLevel(renewed ? Level.DEBUG : Level.INFO)
            .log("queue {}: consuming, prefetch {}", subscription.queue(), prefetch());
      } else {
        opened.pause();
      }
    } finally {
      tookOver();
    }
    return opened;
  }

  private void tookOver() {
    lock.lock();
    try {
      takingOver = false;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until it is known what not to run and the queue is not paused, or it is stopped. */
  private void awaitPermission() throws InterruptedException {
    lock.lock();
    try {
      for (Optional<String> why = forbidden(); why.isPresent() && !stopped; why = forbidden()) {
        detail = why.get();
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  private Optional<String> forbidden() {
    return approach
        .cancellations()
        .notCurrent()
        .map("waits until all cancellations are known: "::concat)
        .or(() -> paused().map(pause -> "paused " + pause.text()))
        .or(() -> approach.aside().getAsBoolean() ? Optional.of(ASIDE) : Optional.empty());
  }

  /**
   * Looks again at the cancellations and pauses: goes on if it waits for them. If the queue is
   * paused, the process stands aside, or they have not been heard for long, takes no more tasks,
   * and lets those that run end.
   */
  void look() {
    boolean stop =
        approach.cancellations().overdue()
            || paused().isPresent()
            || approach.aside().getAsBoolean();
    lock.lock();
    try {
      changed.signalAll();
      if (stop && session != null) {
        session.pause();
      }
    } finally {
      lock.unlock();
    }
  }

  /** What the session holds ends beside whatever comes next here. */
  private void rest(ConsumeSession opened) {
    if (opened.isRenewing()) {
      LOG.debug("queue {}: consuming on another channel", subscription.queue());
      subscription.pacer().renewing(opened);
      ending.add(opened);
      return;
    }
    Optional<QueuePause> pause = paused();
    LOG.info(
        "queue {}: takes no more tasks{}",
        subscription.queue(),
        pause.map(QueuePause::text).map(": paused "::concat).orElse(""));
    if (takesNothing()) {
      watch.paused(subscription.queue());
    }
    ending.add(opened);
    leave("takes no more tasks");
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
