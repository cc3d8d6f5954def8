package dev.warren.producer.cli;

import dev.warren.engine.configuration.Settings;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code warren config show}. */
@Command(
    name = "config",
    description = "Shows the settings of the command line; secrets are masked.",
    synopsisSubcommandLabel = "COMMAND")
final class ConfigCommand implements Callable<Integer> {
  private final Cli cli;

  ConfigCommand(Cli cli) {
    this.cli = cli;
  }

  /** Without a further word: the same as {@code show}. */
  @Override
  public Integer call() {
    return show(new OutputOption(), false);
  }

  @Command(name = "show", description = "Shows every setting.")
  int show(
      @Mixin OutputOption output,
      @Option(names = "--origin", description = "Also where each value comes from.")
          boolean origin) {
    Table table =
        origin
            ? new Table("setting", "value", "origin", "description")
            : new Table("setting", "value", "description");
    for (Settings.Line line : cli.settings().lines()) {
      if (origin) {
        table.row(line.key(), line.value(), line.origin(), line.description());
      } else {
        table.row(line.key(), line.value(), line.description());
      }
    }
    table.print(output.format(), cli.out());
    return ExitCodes.OK;
  }
}
