package dev.warren.producer.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --output} of the commands that print a table for people, and lines for programs. */
final class LineOption {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "table|json",
      description =
          "A table, or one JSON object per line. Default: a table on a terminal, else JSON.")
  private @Nullable OutputFormat format;

  OutputFormat format(Cli cli) {
    if (format != null) {
      return format;
    }
    return cli.surroundings().outIsTerminal() ? OutputFormat.TABLE : OutputFormat.JSON;
  }
}
