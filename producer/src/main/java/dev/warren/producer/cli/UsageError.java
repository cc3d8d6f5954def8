package dev.warren.producer.cli;

import dev.warren.engine.configuration.NearNames;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** What is wrong with a command line, in one line. */
final class UsageError {
  private UsageError() {}

  static String line(CommandLine.ParameterException failure) {
    String command = failure.getCommandLine().getCommandSpec().qualifiedName();
    return what(failure) + hint(failure) + " ('" + command + " --help' shows all)";
  }

  private static String what(CommandLine.ParameterException failure) {
    @Nullable String message = failure.getMessage();
    if (message == null || message.isEmpty()) {
      return "this is no command";
    }
    String line = OneLine.of(message);
    return line.substring(0, 1).toLowerCase(Locale.ROOT) + line.substring(1);
  }

  private static String hint(CommandLine.ParameterException failure) {
    if (failure instanceof CommandLine.UnmatchedArgumentException unmatched
        && unmatched.isUnknownOption()) {
      String word = unmatched.getUnmatched().getFirst().split("=", 2)[0];
      return NearNames.hint(word, failure.getCommandLine().getCommandSpec().optionsMap().keySet());
    }
    return "";
  }
}
