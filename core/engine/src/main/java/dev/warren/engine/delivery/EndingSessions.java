package dev.warren.engine.delivery;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions of a consumer that take nothing more and end what they have, while the consumer
 * waits or already consumes on another channel. Each has a thread of its own, {@code
 * warren-consumer-<queue>-rest}, that writes its last acknowledgements.
 */
final class EndingSessions {
  private static final Logger LOG = LoggerFactory.getLogger(EndingSessions.class);

  private final java.util.function.Consumer<ConsumeSession> whenOver;
  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock.
  private final Map<ConsumeSession, Thread> threads = new HashMap<>();

  /**
   * @param whenOver told of each session that is over, on its thread
   */
  EndingSessions(java.util.function.Consumer<ConsumeSession> whenOver) {
    this.whenOver = whenOver;
  }

  /** Lets a paused session end what it has. */
  void add(ConsumeSession session) {
    Thread thread =
        Thread.ofPlatform()
            .name("warren-consumer-" + session.queue() + "-rest")
            .unstarted(() -> serve(session));
    lock.lock();
    try {
      threads.put(session, thread);
    } finally {
      lock.unlock();
    }
    thread.start();
  }

  /** Deliveries that they hold. */
  int outstanding() {
    return sessions().stream().mapToInt(ConsumeSession::outstanding).sum();
  }

  /** Lets all of them end when everything settled is written, and waits for that. */
  void close(Duration limit) throws InterruptedException {
    sessions().forEach(ConsumeSession::finish);
    long deadline = System.nanoTime() + limit.toNanos();
    for (Thread thread : running()) {
      if (!thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())))) {
        LOG.warn("{} did not end within {}", thread.getName(), limit);
        thread.interrupt();
      }
    }
  }

  private void serve(ConsumeSession session) {
    try {
      String ended = session.serveRest();
      LOG.debug("queue {}: a channel that ended its work: {}", session.queue(), ended);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      session.abort();
      whenOver.accept(session);
      lock.lock();
      try {
        threads.remove(session);
      } finally {
        lock.unlock();
      }
    }
  }

  private List<ConsumeSession> sessions() {
    lock.lock();
    try {
      return List.copyOf(threads.keySet());
    } finally {
      lock.unlock();
    }
  }

  private List<Thread> running() {
    lock.lock();
    try {
      return List.copyOf(threads.values());
    } finally {
      lock.unlock();
    }
  }
}
