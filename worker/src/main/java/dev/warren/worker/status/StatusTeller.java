package dev.warren.worker.status;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.health.Health;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells every two seconds how a worker program of one process is, in its thread {@code
 * warren-status}.
 */
public final class StatusTeller implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StatusTeller.class);
  private static final Duration INTERVAL = Duration.ofSeconds(2);

  private final StatusFile file;
  private final Supplier<Health> health;
  private final long since = Instant.now().toEpochMilli();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread = Thread.ofPlatform().name("warren-status").unstarted(this::run);

  private StatusTeller(StatusFile file, Supplier<Health> health) {
    this.file = file;
    this.health = health;
  }

  /** Begins to tell. */
  public static StatusTeller start(StatusFile file, Supplier<Health> health) {
    StatusTeller started = new StatusTeller(file, health);
    started.thread.start();
    return started;
  }

  private void run() {
    try {
      do {
        tell();
      } while (!closing.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  private void tell() {
    try {
      file.write(status(health.get()));
    } catch (RuntimeException broken) {
      LOG.error("this worker cannot tell how it is; trying again", broken);
    }
  }

  private ObjectNode status(Health now) {
    ObjectNode status = JsonCodec.json().createObjectNode();
    status.put("kind", "worker");
    status.put("state", now.ready() ? "ready" : "not ready");
    status.put("reason", now.reason());
    ObjectNode own = status.putArray("processes").addObject();
    own.put("name", "worker-1");
    own.put("pid", ProcessHandle.current().pid());
    own.put("since", since);
    own.put("restarts", 0);
    own.setAll(now.json());
    return status;
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
