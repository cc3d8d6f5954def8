package dev.warren.worker;

import dev.warren.api.WarrenException;
import dev.warren.engine.configuration.CommandLine;
import dev.warren.engine.configuration.Settings;
import dev.warren.engine.shutdown.ExitCodes;
import dev.warren.worker.status.StatusCommand;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The worker program. Exit codes: 0 stopped in order, 2 usage, 3 login refused, 4 refused by the
 * broker for its topology or permissions, 130 interrupted from the keyboard, 1 anything else.
 */
public final class WorkerMain {
  static final String PROGRAM = "warren worker";

  private static final String STATUS = "status";
  private static final String JSON = "--json";
  private static final String SUMMARY =
      """
      Consumes task queues and runs their tasks. Beside it there are 'warren worker status', which
      lists the workers of this machine, and 'warren worker drain' and 'restart'.\
      """;

  private WorkerMain() {}

  public static void main(String[] args) {
    // Images are drawn in memory; a worker has no screen even where DISPLAY is set.
    System.setProperty("java.awt.headless", "true");
    System.exit(run(args, System.getenv(), System.out, System.err));
  }

  static int run(
      String[] args, Map<String, String> environment, PrintStream output, PrintStream errors) {
    if (args.length > 0 && args[0].equals(STATUS)) {
      return status(Arrays.asList(args).subList(1, args.length), environment, output, errors);
    }
    if (CommandLine.asksForHelp(args)) {
      output.print(CommandLine.help(PROGRAM, SUMMARY, WorkerKeys.ALL));
      return 0;
    }
    try {
      Settings settings = Settings.fromCommandLine(PROGRAM, WorkerKeys.ALL, args, environment);
      return new WorkerProgram(settings, environment).run(List.of(args), output, errors);
    } catch (WarrenException expected) {
      errors.println(PROGRAM + ": " + expected.getMessage());
      return ExitCodes.of(expected);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }

  private static int status(
      List<String> args, Map<String, String> environment, PrintStream output, PrintStream errors) {
    if (CommandLine.asksForHelp(args.toArray(String[]::new))) {
      output.print(StatusCommand.HELP);
      return 0;
    }
    try {
      String[] flags = args.stream().filter(word -> !word.equals(JSON)).toArray(String[]::new);
      Settings settings =
          Settings.fromCommandLine(PROGRAM + " " + STATUS, WorkerKeys.ALL, flags, environment);
      return StatusCommand.run(
          WorkerKeys.stateFolders(settings, environment), args.contains(JSON), output, errors);
    } catch (WarrenException expected) {
      errors.println(PROGRAM + ": " + expected.getMessage());
      return ExitCodes.of(expected);
    }
  }
}
