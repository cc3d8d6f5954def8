package dev.warren.producer.cli;

import dev.warren.api.ConfigurationException;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The words behind a task type: arguments and, after {@code --}, the words of a command.
 *
 * @param command empty if there is no {@code --}
 */
record GivenWords(List<String> arguments, List<String> command) {
  private static final String SEPARATOR = "--";

  GivenWords {
    arguments = List.copyOf(arguments);
    command = List.copyOf(command);
  }

  /**
   * Tells them apart.
   *
   * @param spec of the command that was parsed
   * @param words all that came behind the type
   */
  static GivenWords of(CommandSpec spec, List<String> words) {
    List<String> line = spec.commandLine().getParseResult().originalArgs();
    int separator = line.indexOf(SEPARATOR);
    if (separator < 0) {
      return new GivenWords(words, List.of());
    }
    int behind = line.size() - separator - 1;
    if (behind == 0) {
      throw new ConfigurationException("after -- come the words of a command");
    }
    if (behind > words.size()) {
      throw new ConfigurationException("the task type stands before --, behind it a command");
    }
    int arguments = words.size() - behind;
    return new GivenWords(words.subList(0, arguments), words.subList(arguments, words.size()));
  }
}
