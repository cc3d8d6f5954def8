package dev.warren.producer.cli;

import dev.warren.producer.WarrenClient;
import dev.warren.producer.dead.DeadLetters;
import dev.warren.producer.dead.FoundLetter;
import dev.warren.producer.dead.LetterQuery;
import dev.warren.producer.dead.LetterReport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code warren dead show}. */
@Command(
    name = "show",
    description = "All that a dead letter says: arguments, attempts, stack. Changes nothing.")
final class DeadShowCommand implements Callable<Integer> {
  private final Cli cli;

  @Parameters(paramLabel = "ID", description = "The task, as 'dead list' shows it.")
  private String id = "";

  @Mixin private LetterFlags flags = new LetterFlags();
  @Mixin private LineOption output = new LineOption();

  DeadShowCommand(Cli cli) {
    this.cli = cli;
  }

  @Override
  public Integer call() throws IOException {
    List<FoundLetter> found = new ArrayList<>();
    LetterReport report;
    try (WarrenClient client = cli.client(1)) {
      DeadLetters letters = client.deadLetters();
      LetterQuery query =
          LetterQuery.of(
              flags.boxes(cli, letters),
              flags.filter(cli.surroundings().clock(), Set.of(id.toLowerCase(Locale.ROOT))));
      report = letters.look(query, found::add);
    }
    boolean json = output.format(cli) == OutputFormat.JSON;
    for (FoundLetter each : found) {
      if (json) {
        cli.out().println(LetterTexts.full(each));
      } else {
        LetterTexts.print(each, cli.out());
      }
    }
    int exit = LetterFlags.tell(cli, report);
    if (found.isEmpty() && exit == ExitCodes.OK) {
      cli.say("no dead letter of task " + id + " in " + flags.place());
      return ExitCodes.REFUSED;
    }
    return exit;
  }
}
