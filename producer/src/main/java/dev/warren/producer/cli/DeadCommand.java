package dev.warren.producer.cli;

import dev.warren.api.ConfigurationException;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code warren dead}; its commands are classes of their own. */
@Command(
    name = "dead",
    description = {
      "Tasks that died: looking at them changes nothing, a replay runs them again.",
      "Needs no gateway, but the permissions of an operator.%n"
    },
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "%nExample:",
      "  warren dead list --group                     # what died of what",
      "  warren dead show ID                          # the story of one",
      "  warren dead replay --all --type image.thumbnail --error OutOfMemory",
      "  warren dead edit ID width:=400 --replay --wait"
    })
final class DeadCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  private DeadCommand() {}

  /** With all its commands. */
  static CommandLine line(Cli cli) {
    CommandLine line = new CommandLine(new DeadCommand());
    line.addSubcommand("list", new DeadListCommand(cli));
    line.addSubcommand("show", new DeadShowCommand(cli));
    line.addSubcommand("replay", new DeadReplayCommand(cli));
    line.addSubcommand("edit", new DeadEditCommand(cli));
    line.addSubcommand("purge", new DeadPurgeCommand(cli));
    return line;
  }

  @Override
  public Integer call() {
    throw new ConfigurationException(
        "dead list, show, replay, edit or purge? ('"
            + spec.qualifiedName()
            + " --help' says more)");
  }
}
