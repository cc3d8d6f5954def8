package dev.warren.producer.cli;

import picocli.CommandLine.Option;

/** {@code --output} of the commands that print a table. */
final class OutputOption {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "table|json",
      defaultValue = "table",
      description = "A table, or one JSON array. Default: ${DEFAULT-VALUE}.")
  private OutputFormat format = OutputFormat.TABLE;

  @Option(names = "--json", description = "The same as --output json.")
  private boolean json;

  OutputFormat format() {
    return json ? OutputFormat.JSON : format;
  }
}
