package dev.warren.producer.cli;

import dev.warren.engine.configuration.StandardKeys;
import dev.warren.engine.doctor.Doctor;
import dev.warren.engine.doctor.Finding;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code warren doctor}. */
@Command(
    name = "doctor",
    description = {
      "Looks for what is wrong with broker and fleet, and says how to mend it.",
      "Exit code 0 if all is well, 1 if something needs mending, 3 if the broker is not reached."
    })
final class DoctorCommand implements Callable<Integer> {
  private static final String CONNECTION = "connection";

  private final Cli cli;

  @Mixin private OutputOption output = new OutputOption();

  DoctorCommand(Cli cli) {
    this.cli = cli;
  }

  @Override
  public Integer call() {
    Doctor doctor =
        new Doctor(
            cli.connections(),
            cli.settings().find(StandardKeys.BROKER_MANAGEMENT_URI),
            cli.settings().get(StandardKeys.BROKER_CONSUMER_TIMEOUT),
            () -> Pauses.ask(cli));
    List<Finding> findings = doctor.check();
    if (output.format() == OutputFormat.JSON) {
      Table table = new Table("severity", "what", "detail", "how to mend");
      findings.forEach(each -> table.row(word(each), each.what(), each.detail(), each.howToMend()));
      table.print(OutputFormat.JSON, cli.out());
    } else {
      findings.forEach(this::print);
    }
    return exitCode(findings);
  }

  private static int exitCode(List<Finding> findings) {
    long wrong = findings.stream().filter(each -> isWrong(each.severity())).count();
    if (wrong == 0) {
      return ExitCodes.OK;
    }
    boolean unreached = findings.size() == 1 && findings.getFirst().what().equals(CONNECTION);
    return unreached ? ExitCodes.UNREACHABLE : ExitCodes.TASK_FAILED;
  }

  private static boolean isWrong(Finding.Severity severity) {
    return severity == Finding.Severity.WARNING || severity == Finding.Severity.ERROR;
  }

  private void print(Finding finding) {
    String word =
        isWrong(finding.severity()) ? word(finding).toUpperCase(Locale.ROOT) : word(finding);
    String start = String.format(Locale.ROOT, "%-7s  ", word);
    cli.out().println(start + finding.what() + ": " + OneLine.of(finding.detail()));
    if (!finding.howToMend().isEmpty()) {
      cli.out().println(" ".repeat(start.length()) + "→ " + OneLine.of(finding.howToMend()));
    }
  }

  private static String word(Finding finding) {
    return finding.severity().name().toLowerCase(Locale.ROOT);
  }
}
