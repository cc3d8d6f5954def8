package dev.warren.producer.cli;

import dev.warren.api.ConfigurationException;
import dev.warren.producer.dead.LetterCensus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The letters that a command changes: of the given tasks, or all that are meant. */
final class LetterChoice {
  @Parameters(
      arity = "0..*",
      paramLabel = "ID",
      description = "The tasks, as 'dead list' shows them.")
  private List<String> ids = new ArrayList<>();

  @Option(names = "--all", description = "All that the options below leave over.")
  private boolean all;

  @Option(names = "--dry-run", description = "Say what would be done, and do nothing.")
  private boolean dryRun;

  @Mixin private LetterFlags flags = new LetterFlags();

  /** Refuses what is no choice. */
  void require(String command) {
    flags.requireChangeable();
    if (ids.isEmpty() && !all) {
      throw LetterFlags.which(command);
    }
    if (!ids.isEmpty() && all) {
      throw new ConfigurationException("ids and --all contradict each other: give one of them");
    }
  }

  Set<String> ids() {
    return ids.stream().map(id -> id.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
  }

  boolean isAll() {
    return all;
  }

  boolean isDryRun() {
    return dryRun;
  }

  LetterFlags flags() {
    return flags;
  }

  /** Tells of ids without a letter; the exit code, or 0. */
  int tellMissing(Cli cli, LetterCensus census) {
    List<String> missing = ids().stream().filter(id -> !census.has(id)).sorted().toList();
    for (String id : missing) {
      cli.say("no dead letter of task " + id + " in " + flags.place());
    }
    return missing.isEmpty() ? ExitCodes.OK : ExitCodes.REFUSED;
  }
}
