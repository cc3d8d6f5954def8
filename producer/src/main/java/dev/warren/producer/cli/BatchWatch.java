package dev.warren.producer.cli;

import dev.warren.api.AwaitTimeoutException;
import dev.warren.api.GatewayRequiredException;
import dev.warren.engine.configuration.Durations;
import dev.warren.producer.gateway.BatchStatus;
import dev.warren.producer.gateway.GatewayClient;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Shows the progress of a batch until it is over. Asks again and again, so that a gateway that is
 * restarted meanwhile costs nothing but the pause. Used by one thread.
 */
final class BatchWatch {
  private static final Duration OFTEN = Duration.ofMillis(250);
  private static final Duration SELDOM = Duration.ofSeconds(1);

  /** The event that opens a batch may still be on its way to the gateway. */
  private static final Duration UNKNOWN_LIMIT = Duration.ofSeconds(5);

  /** A gateway that is restarted is back within this time. */
  private static final Duration AWAY_LIMIT = Duration.ofMinutes(1);

  private final Cli cli;
  private final GatewayClient gateway;
  private final String id;
  private final @Nullable Duration limit;
  private final boolean terminal;
  private final Progress progress;
  private final CountDownLatch interrupted = new CountDownLatch(1);
  private final long begun = System.nanoTime();
  private long lastAnswer = begun;
  private boolean answered;
  private boolean toldAway;

  BatchWatch(Cli cli, GatewayClient gateway, String id, @Nullable Duration limit) {
    this.cli = cli;
    this.gateway = gateway;
    this.id = id;
    this.limit = limit;
    this.terminal = cli.surroundings().errIsTerminal();
    this.progress =
        new Progress(
            cli.err(),
            terminal ? Progress.Style.BAR : Progress.Style.LINES,
            "batch",
            System::nanoTime);
  }

  int run() throws InterruptedException {
    cli.surroundings().interrupts().handle(interrupted::countDown);
    try {
      while (true) {
        Optional<BatchStatus> status = ask();
        if (status.isPresent() && status.get().state().ended()) {
          return over(status.get());
        }
        status.ifPresent(this::show);
        if (limit != null && since(begun).compareTo(limit) >= 0) {
          throw new AwaitTimeoutException(
              "batch "
                  + id
                  + " was not over within "
                  + Durations.format(limit)
                  + "; it goes on"
                  + status
                      .filter(known -> known.state() == BatchStatus.State.OPEN)
                      .map(open -> " and is not closed yet ('warren batch close " + id + "')")
                      .orElse(""));
        }
        if (interrupted.await(pause().toMillis(), TimeUnit.MILLISECONDS)) {
          progress.clear();
          cli.say("interrupted; batch " + id + " goes on ('warren batch cancel " + id + "')");
          return ExitCodes.INTERRUPTED;
        }
      }
    } finally {
      progress.clear();
    }
  }

  private Duration pause() {
    return terminal ? OFTEN : SELDOM;
  }

  private Optional<BatchStatus> ask() {
    try {
      Optional<BatchStatus> status = gateway.batch(id);
      lastAnswer = System.nanoTime();
      toldAway = false;
      if (status.isEmpty() && (answered || since(begun).compareTo(UNKNOWN_LIMIT) >= 0)) {
        throw UnknownToGatewayException.batch(id, gateway.uri());
      }
      answered = answered || status.isPresent();
      return status;
    } catch (GatewayRequiredException away) {
      if (!answered || since(lastAnswer).compareTo(AWAY_LIMIT) > 0) {
        throw away;
      }
      if (!toldAway) {
        toldAway = true;
        progress.clear();
        cli.say("the gateway does not answer; trying again");
      }
      return Optional.empty();
    }
  }

  private void show(BatchStatus status) {
    long total = status.total().orElse(0);
    long running = status.total().isPresent() ? total - status.ended() : 0;
    progress.update(
        new Progress.Counts(status.ended(), status.failed(), Math.max(0, running), total));
  }

  private int over(BatchStatus status) {
    progress.clear();
    cli.say(
        "batch "
            + id
            + " is "
            + status.state().word()
            + ": "
            + BatchTexts.counts(status)
            + BatchTexts.took(status));
    boolean good = status.state() == BatchStatus.State.COMPLETED && status.failed() == 0;
    return good ? ExitCodes.OK : ExitCodes.TASK_FAILED;
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }
}
