package dev.warren.producer.cli;

import dev.warren.producer.WarrenClient;
import dev.warren.producer.dead.DeadLetters;
import dev.warren.producer.dead.LetterCensus;
import dev.warren.producer.dead.LetterQuery;
import dev.warren.producer.dead.LetterReport;
import dev.warren.producer.dead.ReplayOptions;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code warren dead replay}. */
@Command(
    name = "replay",
    description = {
      "Runs dead tasks again, from their first attempt, as a new generation; prints their ids.",
      "A letter goes when the broker has its task again. With --unrouted, tasks that only lost their"
          + " way are sent on as they were."
    },
    sortOptions = false)
final class DeadReplayCommand implements Callable<Integer> {
  private static final int WINDOW = 1_000;

  private final Cli cli;

  @Mixin private LetterChoice choice = new LetterChoice();
  @Mixin private Consent consent = new Consent();
  @Mixin private ReplayWait wait = new ReplayWait();

  DeadReplayCommand(Cli cli) {
    this.cli = cli;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    choice.require("replay");
    wait.require();
    // One by one is easily seen through; all at once may be many more than was thought.
    boolean asks = choice.isAll() && !choice.isDryRun();
    if (asks) {
      consent.requireAnswer(cli);
    }
    AtomicBoolean interrupted = new AtomicBoolean();
    try (WarrenClient client = cli.client(WINDOW)) {
      DeadLetters letters = client.deadLetters();
      LetterQuery query =
          LetterQuery.of(
                  choice.flags().boxes(cli, letters),
                  choice.flags().filter(cli.surroundings().clock(), choice.ids()))
              .until(interrupted::get);
      LetterCensus census = letters.census(query);
      int missing = choice.tellMissing(cli, census);
      String count = LetterFlags.letters(census.letters());
      if (choice.isDryRun()) {
        DeadListCommand.print(cli, letters.groups(query));
        cli.say(count + " would be replayed");
        return missing;
      }
      if (asks && census.letters() > 0 && !consent.given(cli, "replay " + count + "?")) {
        return ExitCodes.REFUSED;
      }
      ReplayOutput output = new ReplayOutput(cli, wait);
      cli.surroundings().interrupts().handle(() -> interrupted.set(true));
      LetterReport report =
          letters.replay(
              query,
              census,
              ReplayOptions.DEFAULT.withOutcomeWanted(wait.isWanted()),
              output::replayed);
      return Math.max(output.end(report, interrupted.get()), missing);
    }
  }
}
