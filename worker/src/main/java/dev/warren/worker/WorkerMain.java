package dev.warren.worker;

import dev.warren.api.WarrenException;
import dev.warren.engine.configuration.CommandLine;
import dev.warren.engine.configuration.Settings;
import dev.warren.engine.shutdown.ExitCodes;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/**
 * The worker program. Exit codes: 0 stopped in order, 2 usage, 3 login refused, 4 refused by the
 * broker for its topology or permissions, 130 interrupted from the keyboard, 1 anything else.
 */
public final class WorkerMain {
  static final String PROGRAM = "warren worker";

  private WorkerMain() {}

  public static void main(String[] args) {
    // Images are drawn in memory; a worker has no screen even where DISPLAY is set.
    System.setProperty("java.awt.headless", "true");
    System.exit(run(args, System.getenv(), System.out, System.err));
  }

  static int run(
      String[] args, Map<String, String> environment, PrintStream output, PrintStream errors) {
    if (CommandLine.asksForHelp(args)) {
      output.print(
          CommandLine.help(PROGRAM, "Consumes task queues and runs their tasks.", WorkerKeys.ALL));
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
}
