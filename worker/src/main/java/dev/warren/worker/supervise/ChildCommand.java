package dev.warren.worker.supervise;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How this program starts itself again as a child: the same JVM, flags, class path and arguments.
 */
public final class ChildCommand {
  private ChildCommand() {}

  /** The name of a child in logs and metrics. */
  public static String label(int index) {
    return "worker-" + index;
  }

  /** The command that starts a main class with arguments. */
  public static List<String> of(Class<?> main, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      // A debugger's port belongs to the parent.
      if (!flag.startsWith("-agentlib:jdwp")) {
        command.add(flag);
      }
    }
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(arguments);
    return command;
  }
}
