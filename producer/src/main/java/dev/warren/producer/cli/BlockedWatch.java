package dev.warren.producer.cli;

import dev.warren.producer.WarrenClient;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Tells the user when the broker has stopped publishers, as a silent wait looks like a fault of
 * ours. One thread, {@code warren-blocked-watch}.
 */
final class BlockedWatch implements AutoCloseable {
  private static final Duration INTERVAL = Duration.ofMillis(300);

  private final Cli cli;
  private final WarrenClient client;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;

  BlockedWatch(Cli cli, WarrenClient client) {
    this.cli = cli;
    this.client = client;
    this.thread = Thread.ofPlatform().name("warren-blocked-watch").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  private void run() {
    boolean told = false;
    try {
      while (!closed.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
        Optional<String> reason = client.blocked();
        if (reason.isPresent() && !told) {
          cli.say(
              "the broker has blocked publishers: "
                  + reason.get()
                  + "; waiting up to "
                  + DurationText.of(cli.settings().get(Cli.SEND_DEADLINE))
                  + " for each task");
        } else if (reason.isEmpty() && told) {
          cli.say("the broker takes tasks again");
        }
        told = reason.isPresent();
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      thread.join(INTERVAL.plus(INTERVAL));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
