package dev.warren.engine.topology;

import dev.warren.api.WarrenException;
import dev.warren.engine.connection.BrokerRefusal;
import dev.warren.engine.connection.Connections;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mends the topology while a process runs: nothing tells a consumer that somebody has deleted an
 * exchange or a binding, so it would wait for tasks that go elsewhere. Every ten seconds or so it
 * makes the process's own bindings again, which changes nothing where they are, and looks whether
 * the exchanges are there; if not, and every five minutes anyway, it has everything declared again.
 * One thread, {@code warren-topology-watch}, with a connection of its own, as refusals may close
 * it.
 */
public final class TopologyWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TopologyWatch.class);

  /** Between two looks, on average. */
  public static final Duration PERIOD = Duration.ofSeconds(8);

  /** So that a whole fleet does not look at once. */
  private static final double JITTER = 0.25;

  private static final Duration MEND_ANYWAY = Duration.ofMinutes(5);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);

  private final DeclaringSession session;
  private final List<Step> steps;
  private final Runnable mend;
  private final Thread thread;

  private final CountDownLatch closing = new CountDownLatch(1);

  // Used by the thread alone.
  private long mendedAt = System.nanoTime();
  private boolean told;

  /**
   * A watch that is not started yet.
   *
   * @param watched its exchanges are looked at, its bindings are made again; its queues are left
   *     out, as whoever consumes one hears of its end
   * @param mend declares everything; may throw as {@link Declarer#establish} does
   */
  public TopologyWatch(Connections connections, Topology watched, Runnable mend) {
    this.session = new DeclaringSession(connections);
    this.steps = Step.of(new Topology(watched.exchanges(), List.of(), watched.bindings()));
    this.mend = mend;
    this.thread = Thread.ofVirtual().name("warren-topology-watch").unstarted(this::run);
  }

  /** Starts to look, if it does not yet; returns at once. Call from one thread. */
  public void start() {
    if (thread.getState() == Thread.State.NEW) {
      thread.start();
    }
  }

  private void run() {
    while (pause()) {
      try {
        List<String> missing = look();
        if (!missing.isEmpty()) {
          LOG.warn("somebody deleted {}: declaring the topology again", missing);
        }
        if (!missing.isEmpty() || System.nanoTime() - mendedAt > MEND_ANYWAY.toNanos()) {
          mendedAt = System.nanoTime();
          mend.run();
        }
        told = false;
      } catch (WarrenException failure) {
        // Whoever consumes tells of a broker that is away; the rest is said once.
        if (!told) {
          LOG.warn("the topology cannot be looked after: {}", failure.getMessage());
        }
        told = true;
      } catch (RuntimeException unexpected) {
        LOG.error("unexpected error while looking after the topology", unexpected);
      }
    }
    session.close();
  }

  /** Makes the bindings, and answers with what the broker does not know. */
  private List<String> look() {
    List<String> missing = new ArrayList<>();
    for (Step step : steps) {
      Optional<BrokerRefusal> refusal = session.attempt(step.look().orElse(step.declare()));
      if (refusal.filter(BrokerRefusal::isNotFound).isPresent()) {
        missing.add(step.object());
      } else {
        refusal.ifPresent(other -> LOG.debug("{}: {}", step.object(), other.text()));
      }
    }
    return missing;
  }

  /** False once it is closed. */
  private boolean pause() {
    double share = 1 + JITTER * (2 * ThreadLocalRandom.current().nextDouble() - 1);
    try {
      return !closing.await(Math.round(PERIOD.toMillis() * share), TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() {
    closing.countDown();
    if (thread.getState() == Thread.State.NEW) {
      return;
    }
    try {
      if (!thread.join(CLOSE_LIMIT)) {
        LOG.debug("the watch of the topology ends later: the broker does not answer");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
