package dev.warren.bench;

import dev.warren.api.ConfigurationException;
import dev.warren.engine.configuration.CommandLine;
import dev.warren.engine.configuration.Settings;
import dev.warren.engine.logging.LogFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code warren bench [SCENARIO] [FLAGS]}: measures the fleet beside RabbitMQ PerfTest. Exit codes:
 * see {@link BenchProgram}.
 */
public final class BenchMain {
  private static final String PROGRAM = "warren bench";
  private static final String USUAL = "e2e";
  private static final String EVERYTHING = "all";
  private static final String MICRO = "jmh";

  private BenchMain() {}

  public static void main(String[] args) throws Exception {
    LogFormat.apply(LogFormat.TEXT, LogFormat.Level.INFO, "bench");
    System.exit(run(args));
  }

  private static int run(String[] args) throws IOException {
    if (args.length > 0 && args[0].equals(MICRO)) {
      org.openjdk.jmh.Main.main(Arrays.copyOfRange(args, 1, args.length));
      return 0;
    }
    if (CommandLine.asksForHelp(args)) {
      System.out.print(CommandLine.help(PROGRAM + " [SCENARIO]", summary(), BenchKeys.ALL));
      return 0;
    }
    boolean named = args.length > 0 && !args[0].startsWith("-");
    String name = named ? args[0] : USUAL;
    String[] flags = named ? Arrays.copyOfRange(args, 1, args.length) : args;
    return BenchProgram.run(folder -> measure(name, flags, folder));
  }

  private static String summary() {
    StringBuilder text =
        new StringBuilder(
            "Measures Warren, where it can be in turns with RabbitMQ PerfTest. Scenarios, the first"
                + " word:\n\n");
    for (Scenario scenario : Scenarios.ALL) {
      text.append("  %-10s %s%n".formatted(scenario.name(), scenario.summary()));
    }
    text.append("  %-10s %s%n".formatted(EVERYTHING, "each of them that is not by hand"));
    text.append(
        "  %-10s %s%n%n".formatted(MICRO, "the micro-benchmarks (its flags are those of JMH)"));
    return text.append(
            "Without a word it is "
                + USUAL
                + ". The broker is a private node unless told otherwise; everything that was\n"
                + "started is ended.")
        .toString();
  }

  private static long measure(String name, String[] flags, Path folder)
      throws IOException, InterruptedException {
    List<Scenario> wanted =
        name.equals(EVERYTHING)
            ? Scenarios.ALL.stream()
                .filter(scenario -> scenario.part() == Scenario.Part.OF_ALL)
                .toList()
            : List.of(Scenarios.of(name));
    Settings settings = settings(flags);
    Optional<Path> file = settings.find(BenchKeys.JSON);
    if (file.isPresent()) {
      checkWritable(file.get());
    }
    Map<String, Findings> found = new LinkedHashMap<>();
    try (BenchRun run = BenchRun.of(settings, folder, BenchProgram::say)) {
      for (Scenario scenario : wanted) {
        Findings findings = scenario.measurement().measure(run);
        if (settings.get(BenchKeys.OUTPUT) == BenchKeys.Output.TABLE) {
          System.out.println(findings.table());
        }
        found.put(scenario.name(), findings);
        draw(findings, settings);
        if (file.isPresent()) {
          // After each, so that what breaks later takes nothing away.
          Files.writeString(file.get(), BenchProgram.json(found) + "\n");
        }
      }
    }
    if (settings.get(BenchKeys.OUTPUT) == BenchKeys.Output.JSON) {
      System.out.println(BenchProgram.json(found));
    }
    return found.values().stream().mapToLong(Findings::wrong).sum();
  }

  private static Settings settings(String[] flags) {
    Settings settings = Settings.fromCommandLine(PROGRAM, BenchKeys.ALL, flags, System.getenv());
    if (!settings.get(BenchKeys.QUICK)) {
      return settings;
    }
    List<String> all = new ArrayList<>(List.of(flags));
    BenchKeys.QUICKLY.forEach(
        (key, value) -> {
          if (!settings.isSet(key)) {
            all.add(key.flag() + "=" + value);
          }
        });
    return Settings.fromCommandLine(
        PROGRAM, BenchKeys.ALL, all.toArray(String[]::new), System.getenv());
  }

  private static void draw(Findings findings, Settings settings) throws IOException {
    if (settings.find(BenchKeys.SVG).isPresent()) {
      Path folder = Files.createDirectories(settings.get(BenchKeys.SVG));
      for (Map.Entry<String, String> plot : findings.plots().entrySet()) {
        Files.writeString(folder.resolve(plot.getKey() + ".svg"), plot.getValue());
      }
    }
  }

  /** Better now than when all has been measured. What is in the file stays until then. */
  static void checkWritable(Path file) {
    try (OutputStream opened =
        Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      opened.flush();
    } catch (IOException failed) {
      throw new ConfigurationException(
          "--json: '%s' cannot be written: %s".formatted(file, failed), failed);
    }
  }
}
