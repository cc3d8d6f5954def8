package dev.warren.producer.cli;

import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code warren version}. */
@Command(name = "version", description = "Prints the version.")
final class VersionCommand implements Callable<Integer> {
  private final Cli cli;

  VersionCommand(Cli cli) {
    this.cli = cli;
  }

  @Override
  public Integer call() {
    String version =
        Objects.requireNonNullElse(
            VersionCommand.class.getPackage().getImplementationVersion(), "development");
    cli.out().println("warren " + version);
    return ExitCodes.OK;
  }
}
