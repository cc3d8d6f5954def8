package dev.warren.producer.cli;

import dev.warren.api.ConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import picocli.CommandLine.Option;

/** {@code --yes} of what cannot be undone: asked for on a terminal, required elsewhere. */
final class Consent {
  private static final int MAX_ANSWER = 100;

  @Option(
      names = {"-y", "--yes"},
      description = "Do it without asking. Needed where nobody can be asked.")
  private boolean yes;

  /** Whether somebody has to be asked. */
  boolean asks() {
    return !yes;
  }

  /** Refuses where nobody can be asked, before anything is looked at. */
  void requireAnswer(Cli cli) {
    Surroundings around = cli.surroundings();
    if (!yes && !(around.inIsTerminal() && around.errIsTerminal())) {
      throw new ConfigurationException(
          "this cannot be undone, and nobody can be asked here: add --yes, or look with --dry-run"
              + " first");
    }
  }

  /** Asks, if need be; false and a line for the user if the answer is not yes. */
  boolean given(Cli cli, String question) throws IOException {
    if (yes) {
      return true;
    }
    cli.err().print("warren: " + OneLine.of(question) + " [y/N] ");
    cli.err().flush();
    String answer = line(cli.surroundings().in()).strip().toLowerCase(Locale.ROOT);
    if (answer.equals("y") || answer.equals("yes")) {
      return true;
    }
    cli.say("nothing was done");
    return false;
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      if (line.length() < MAX_ANSWER) {
        line.append(new String(new byte[] {(byte) next}, StandardCharsets.ISO_8859_1));
      }
    }
    return line.toString();
  }
}
