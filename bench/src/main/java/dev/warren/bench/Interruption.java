package dev.warren.bench;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns Ctrl-C and SIGTERM into an interrupt of the measuring thread, and holds the JVM until that
 * has ended what it started.
 */
public final class Interruption {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final CountDownLatch ended = new CountDownLatch(1);
  private final Thread hook;

  private Interruption(Thread measuring) {
    this.hook =
        Thread.ofPlatform()
            .name("warren-bench-interruption")
            .unstarted(
                () -> {
                  measuring.interrupt();
                  try {
                    if (!ended.await(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                      System.err.println("warren: not everything could be ended in " + LIMIT);
                    }
                  } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                  }
                });
  }

  /** For the thread that calls. */
  public static Interruption ofThisThread() {
    Interruption interruption = new Interruption(Thread.currentThread());
    Runtime.getRuntime().addShutdownHook(interruption.hook);
    return interruption;
  }

  /** The measuring thread has ended all: the hook is needed no more. */
  public void over() {
    ended.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException alreadyEnding) {
      // The hook runs, and waits no longer.
    }
  }
}
