package dev.warren.producer.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code warren} without a command. */
@Command(
    name = "warren",
    description = "Submits tasks to a fleet of workers and looks after them.",
    synopsisSubcommandLabel = "COMMAND")
final class RootCommand implements Callable<Integer> {
  private final Cli cli;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--version", description = "Print the version.")
  private boolean version;

  RootCommand(Cli cli) {
    this.cli = cli;
  }

  @Override
  public Integer call() {
    if (version) {
      return new VersionCommand(cli).call();
    }
    spec.commandLine().usage(cli.err());
    return ExitCodes.USAGE;
  }
}
