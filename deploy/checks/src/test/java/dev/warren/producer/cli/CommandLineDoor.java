package dev.warren.producer.cli;

import dev.warren.api.ConfigurationException;
import dev.warren.engine.configuration.Key;
import dev.warren.engine.configuration.Settings;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/** Shows the command line to the checks of the deployment. */
public final class CommandLineDoor {
  private CommandLineDoor() {}

  public static List<Key<?>> keys() {
    return Cli.KEYS;
  }

  /**
   * The settings with which a command would run; it does not run.
   *
   * @throws ConfigurationException if there is no such command, option or setting.
   */
  public static Settings settings(List<String> arguments, Map<String, String> environment) {
    OutputStream nowhere = OutputStream.nullOutputStream();
    Cli cli =
        new Cli(
            new Surroundings(
                InputStream.nullInputStream(),
                nowhere,
                new PrintStream(nowhere, false, StandardCharsets.UTF_8),
                environment,
                Clock.systemUTC(),
                false,
                false,
                false,
                Interrupts.ofProcess()));
    try {
      CommandTree.all(cli).parseArgs(arguments.toArray(String[]::new));
    } catch (CommandLine.ParameterException refused) {
      throw new ConfigurationException(UsageError.line(refused), refused);
    }
    return cli.settings();
  }
}
