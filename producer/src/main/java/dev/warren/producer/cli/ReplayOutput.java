package dev.warren.producer.cli;

import dev.warren.api.Outcome;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.producer.dead.LetterReport;
import dev.warren.producer.dead.Replayed;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Prints what is replayed: ids at once, or results as they come. */
final class ReplayOutput {
  /** What ends the wait besides an outcome. */
  private sealed interface Heard {}

  private record Ended(OutcomeEvent outcome) implements Heard {}

  private record Lost(Throwable why) implements Heard {}

  private record Interrupted() implements Heard {}

  private final Cli cli;
  private final ReplayWait wait;
  private final BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();
  private long awaited;
  private long failed;

  ReplayOutput(Cli cli, ReplayWait wait) {
    this.cli = cli;
    this.wait = wait;
  }

  /** Called for each task that runs again. */
  void replayed(Replayed task) {
    if (task.outcome().isEmpty()) {
      cli.out().println(task.task());
      return;
    }
    awaited++;
    var unused =
        task.outcome()
            .get()
            .whenComplete(
                (outcome, failure) ->
                    heard.add(failure == null ? new Ended(outcome) : new Lost(failure)));
  }

  /** Tells what was done, and waits if that is wanted; the exit code. */
  int end(LetterReport report, boolean interrupted) throws IOException, InterruptedException {
    cli.say(LetterFlags.tasks(report.done()) + " replayed");
    int exit = LetterFlags.tell(cli, report);
    if (interrupted) {
      cli.say("interrupted; what was replayed runs, the rest stays");
      return ExitCodes.INTERRUPTED;
    }
    if (awaited == 0) {
      return exit;
    }
    return Math.max(exit, await());
  }

  private int await() throws IOException, InterruptedException {
    cli.surroundings().interrupts().handle(() -> heard.add(new Interrupted()));
    long deadline = wait.deadline();
    for (long left = awaited; left > 0; left--) {
      @Nullable Heard next =
          heard.poll(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
      switch (next) {
        case null -> {
          cli.say("no outcome of " + LetterFlags.tasks(left) + " in time; they go on");
          return ExitCodes.OUTCOME_UNKNOWN;
        }
        case Ended(OutcomeEvent outcome) -> print(outcome);
        case Lost(Throwable why) -> {
          return cli.fail(why);
        }
        case Interrupted now -> {
          cli.say("interrupted; " + LetterFlags.tasks(left) + " go on");
          return ExitCodes.INTERRUPTED;
        }
      }
    }
    return failed == 0 ? ExitCodes.OK : ExitCodes.TASK_FAILED;
  }

  private void print(OutcomeEvent outcome) throws IOException {
    if (outcome.status() != Outcome.Status.SUCCEEDED) {
      failed++;
      cli.say(
          "task " + outcome.task() + " (" + outcome.type() + ") " + MapWriter.describe(outcome));
      return;
    }
    OutputStream out = cli.surroundings().out();
    if (wait.isWithId()) {
      out.write(
          ("{\"id\":\"" + outcome.task() + "\",\"result\":").getBytes(StandardCharsets.UTF_8));
    }
    out.write(ResultText.line(outcome));
    out.write((wait.isWithId() ? "}\n" : "\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
