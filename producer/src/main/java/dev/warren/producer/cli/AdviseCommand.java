package dev.warren.producer.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.warren.engine.advice.AdviceReport;
import dev.warren.engine.advice.DurationCounts;
import dev.warren.engine.advice.Evidence;
import dev.warren.engine.advice.FleetAdvice;
import dev.warren.producer.WarrenClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code warren advise}. */
@Command(
    name = "advise",
    description = {
      "Asks all workers and gateways what they have learned of the task types that they run, and says",
      "where each type belongs: the lane, how many attempts at once in a process, and why.",
      "cpu is the share of its time that an attempt computes, measured of some attempts on free cores;",
      "p50, p95 and p99 are of all attempts since the processes started."
    })
final class AdviseCommand implements Callable<Integer> {
  private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB"};

  private final Cli cli;

  @Parameters(
      paramLabel = "TYPE",
      arity = "0..*",
      description = "Only these types. Default: all that run somewhere.")
  private List<String> types = new ArrayList<>();

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      defaultValue = "3s",
      description = "How long to wait for answers. Default: ${DEFAULT-VALUE}.")
  private Duration limit = Duration.ofSeconds(3);

  @Mixin private OutputOption output = new OutputOption();

  AdviseCommand(Cli cli) {
    this.cli = cli;
  }

  @Override
  public Integer call() {
    SortedMap<String, AdviceReport> answers;
    try (WarrenClient client = cli.client(1)) {
      answers = client.fleet().advice(types, limit);
    }
    List<FleetAdvice> all = FleetAdvice.of(answers.values());
    if (output.format() == OutputFormat.JSON) {
      ArrayNode json = JsonNodeFactory.instance.arrayNode();
      all.forEach(each -> json.add(each.json()));
      cli.out().println(json);
    } else {
      table(all).print(OutputFormat.TABLE, cli.out());
    }
    sayWhatIsMissing(answers, all);
    return ExitCodes.OK;
  }

  private static Table table(List<FleetAdvice> all) {
    Table table =
        new Table(
            "type",
            "processes",
            "attempts",
            "failed",
            "cpu",
            "waits",
            "p50",
            "p95",
            "p99",
            "allocated",
            "memory",
            "lane",
            "best lane",
            "at once",
            "why");
    for (FleetAdvice each : all) {
      Evidence evidence = each.evidence();
      OptionalDouble cpu = evidence.cpuShare();
      table.row(
          each.type(),
          each.processes(),
          evidence.attempts(),
          evidence.endings().failed(),
          cpu.isPresent() ? percent(cpu.getAsDouble()) : "",
          cpu.isPresent() ? percent(FleetAdvice.waits(cpu.getAsDouble())) : "",
          time(evidence.durations(), 50),
          time(evidence.durations(), 95),
          time(evidence.durations(), 99),
          size(evidence.allocated()),
          size(evidence.resident()),
          each.lanesText(),
          each.advice().lane().word(),
          each.advice().concurrency(),
          each.advice().why());
    }
    return table;
  }

  private void sayWhatIsMissing(SortedMap<String, AdviceReport> answers, List<FleetAdvice> all) {
    if (answers.isEmpty()) {
      cli.say("no worker answers: start one ('warren up' or 'warren worker')");
      return;
    }
    for (String type : types) {
      if (all.stream().noneMatch(each -> each.type().equals(type))) {
        cli.say("no process that answers runs the type '" + type + "' ('warren types' lists them)");
      }
    }
    answers.forEach(
        (process, report) -> {
          if (report.left() > 0) {
            cli.say(
                "%s leaves out %d types with few attempts: name those you want"
                    .formatted(process, report.left()));
          }
        });
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.0f%%", 100 * share);
  }

  private static String time(DurationCounts durations, double percent) {
    if (durations.count() == 0) {
      return "";
    }
    Duration duration = durations.percentile(percent);
    double millis = duration.toNanos() / 1e6;
    return millis >= 100
        ? DurationText.of(duration)
        : String.format(
            Locale.ROOT, millis >= 10 ? "%.0fms" : millis >= 1 ? "%.1fms" : "%.3fms", millis);
  }

  private static String size(OptionalLong bytes) {
    if (bytes.isEmpty()) {
      return "";
    }
    double amount = bytes.getAsLong();
    int unit = 0;
    while (amount >= 1_000 && unit < UNITS.length - 1) {
      amount /= 1_000;
      unit++;
    }
    return String.format(
        Locale.ROOT, amount < 10 && unit > 0 ? "%.1f%s" : "%.0f%s", amount, UNITS[unit]);
  }
}
