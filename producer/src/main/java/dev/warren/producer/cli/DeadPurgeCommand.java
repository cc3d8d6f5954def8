package dev.warren.producer.cli;

import dev.warren.producer.WarrenClient;
import dev.warren.producer.dead.DeadLetters;
import dev.warren.producer.dead.LetterCensus;
import dev.warren.producer.dead.LetterQuery;
import dev.warren.producer.dead.LetterReport;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code warren dead purge}. */
@Command(
    name = "purge",
    description = "Removes dead letters for good. Their tasks stay dead.",
    sortOptions = false)
final class DeadPurgeCommand implements Callable<Integer> {
  private final Cli cli;

  @Mixin private LetterChoice choice = new LetterChoice();
  @Mixin private Consent consent = new Consent();

  DeadPurgeCommand(Cli cli) {
    this.cli = cli;
  }

  @Override
  public Integer call() throws IOException {
    choice.require("purge");
    if (!choice.isDryRun()) {
      consent.requireAnswer(cli);
    }
    AtomicBoolean interrupted = new AtomicBoolean();
    try (WarrenClient client = cli.client(1)) {
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
        cli.say(count + " would be removed");
        return missing;
      }
      if (census.letters() > 0 && !consent.given(cli, "remove " + count + " for good?")) {
        return ExitCodes.REFUSED;
      }
      cli.surroundings().interrupts().handle(() -> interrupted.set(true));
      LetterReport report = letters.purge(query, census);
      cli.say(LetterFlags.letters(report.done()) + " removed");
      int told = LetterFlags.tell(cli, report);
      return interrupted.get() ? ExitCodes.INTERRUPTED : Math.max(told, missing);
    }
  }
}
