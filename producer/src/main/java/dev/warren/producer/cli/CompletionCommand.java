package dev.warren.producer.cli;

import dev.warren.api.ConfigurationException;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code warren completion}. */
@Command(
    name = "completion",
    description = "Prints a completion script: source <(warren completion bash).")
final class CompletionCommand implements Callable<Integer> {
  private final Cli cli;

  @Parameters(paramLabel = "bash|zsh", description = "The shell.", defaultValue = "bash")
  private String shell = "bash";

  CompletionCommand(Cli cli) {
    this.cli = cli;
  }

  @Override
  public Integer call() {
    if (!shell.equals("bash") && !shell.equals("zsh")) {
      throw new ConfigurationException("there is completion for bash and zsh, not for " + shell);
    }
    // One script serves both: in zsh it loads the emulation of bash's completion.
    cli.out().print(AutoComplete.bash("warren", CommandTree.all(cli)));
    return ExitCodes.OK;
  }
}
