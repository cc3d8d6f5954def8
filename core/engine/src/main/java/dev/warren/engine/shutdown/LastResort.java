package dev.warren.engine.shutdown;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of a program whose orderly end takes too long. */
public final class LastResort {
  private static final Logger LOG = LoggerFactory.getLogger(LastResort.class);

  private LastResort() {}

  /**
   * Ends the JVM after a time, whatever still runs. What was not settled is delivered again by the
   * broker.
   */
  public static void haltAfter(Duration limit, int exitCode) {
    Thread.ofPlatform()
        .daemon()
        .name("warren-last-resort")
        .start(
            () -> {
              try {
                // Counted down by nobody: the JVM usually ends first.
                if (!new CountDownLatch(1).await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                  LOG.error("still not stopped after {} s: halting", limit.toSeconds());
                  Runtime.getRuntime().halt(exitCode);
                }
              } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
              }
            });
  }
}
