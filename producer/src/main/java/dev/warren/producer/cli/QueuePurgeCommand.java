package dev.warren.producer.cli;

import dev.warren.producer.WarrenClient;
import dev.warren.producer.dead.PurgeReport;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code warren queue purge}. */
@Command(
    name = "purge",
    description = {
      "Removes all that waits in a queue now. Its tasks end as cancelled.",
      "What workers hold, what is delayed and what is submitted meanwhile stays. Dead letters have"
          + " 'dead purge'."
    })
final class QueuePurgeCommand implements Callable<Integer> {
  private static final int WINDOW = 1_000;

  private final Cli cli;

  @Parameters(paramLabel = "QUEUE", description = QueueCommand.NAME)
  private String queue = "";

  @Option(names = "--dry-run", description = "Say how many tasks wait, and remove nothing.")
  private boolean dryRun;

  @Mixin private Consent consent = new Consent();

  QueuePurgeCommand(Cli cli) {
    this.cli = cli;
  }

  @Override
  public Integer call() throws IOException {
    if (!dryRun) {
      consent.requireAnswer(cli);
    }
    try (WarrenClient client = cli.client(WINDOW)) {
      if (dryRun || consent.asks()) {
        String waiting = messages(client.workQueues().ready(queue));
        if (dryRun) {
          cli.say("queue '" + queue + "' has " + waiting + " that would be removed");
          return ExitCodes.OK;
        }
        if (!consent.given(cli, "remove " + waiting + " from queue '" + queue + "'?")) {
          return ExitCodes.REFUSED;
        }
      }
      AtomicBoolean interrupted = new AtomicBoolean();
      cli.surroundings().interrupts().handle(() -> interrupted.set(true));
      return print(client.workQueues().purge(queue, interrupted::get), interrupted.get());
    }
  }

  private static String messages(long count) {
    return Progress.number(count) + (count == 1 ? " message" : " messages");
  }

  private int print(PurgeReport report, boolean interrupted) {
    cli.say(
        Progress.number(report.cancelled())
            + (report.cancelled() == 1 ? " task was" : " tasks were")
            + " removed from queue '"
            + queue
            + "' and cancelled"
            + (report.unreadable() == 0
                ? ""
                : "; " + messages(report.unreadable()) + " that were no tasks removed as well"));
    if (report.broken().isPresent()) {
      return cli.fail(report.broken().get());
    }
    if (interrupted) {
      cli.say("interrupted; the rest stays");
      return ExitCodes.INTERRUPTED;
    }
    return ExitCodes.OK;
  }
}
