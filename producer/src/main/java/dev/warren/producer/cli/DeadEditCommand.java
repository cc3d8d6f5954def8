package dev.warren.producer.cli;

import dev.warren.api.ConfigurationException;
import dev.warren.engine.codec.JsonText;
import dev.warren.producer.WarrenClient;
import dev.warren.producer.dead.DeadLetters;
import dev.warren.producer.dead.LetterCensus;
import dev.warren.producer.dead.LetterQuery;
import dev.warren.producer.dead.LetterReport;
import dev.warren.producer.dead.ReplayOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code warren dead edit}. */
@Command(
    name = "edit",
    description = {
      "Gives a dead task other arguments, which must fit its type.",
      "It stays dead, unless it is to be replayed at once."
    })
final class DeadEditCommand implements Callable<Integer> {
  private final Cli cli;

  @Parameters(index = "0", paramLabel = "ID", description = "The task, as 'dead list' shows it.")
  private String id = "";

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "ARGUMENT",
      description =
          "All of the new arguments: a JSON value, @FILE, - (standard input), or pairs: NAME=TEXT,"
              + " NAME:=JSON.")
  private List<String> words = new ArrayList<>();

  @Option(names = "--replay", description = "Run it with them at once.")
  private boolean replays;

  @Mixin private ReplayWait wait = new ReplayWait();
  @Mixin private LetterFlags flags = new LetterFlags();

  DeadEditCommand(Cli cli) {
    this.cli = cli;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    wait.require();
    flags.requireChangeable();
    if (wait.isWanted() && !replays) {
      throw new ConfigurationException("--wait waits for a replay: add --replay");
    }
    JsonText arguments = SubmittedArguments.read(words, cli.surroundings().in());
    String task = id.toLowerCase(Locale.ROOT);
    try (WarrenClient client = cli.client(1)) {
      DeadLetters letters = client.deadLetters();
      LetterQuery query =
          LetterQuery.of(
              flags.boxes(cli, letters), flags.filter(cli.surroundings().clock(), Set.of(task)));
      LetterCensus census = letters.census(query);
      if (!census.has(task)) {
        cli.say("no dead letter of task " + id + " in " + flags.place());
        return ExitCodes.REFUSED;
      }
      if (replays) {
        ReplayOutput output = new ReplayOutput(cli, wait);
        ReplayOptions options =
            ReplayOptions.DEFAULT.withArguments(arguments).withOutcomeWanted(wait.isWanted());
        return output.end(letters.replay(query, census, options, output::replayed), false);
      }
      LetterReport report = letters.edit(query, census, arguments);
      if (report.done() > 0) {
        cli.say("task " + id + " has other arguments; 'warren dead replay " + id + "' runs it");
      }
      return LetterFlags.tell(cli, report);
    }
  }
}
