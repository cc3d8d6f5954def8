package dev.warren.bench.chaos;

import com.fasterxml.jackson.databind.SerializationFeature;
import dev.warren.api.ConfigurationException;
import dev.warren.api.WarrenException;
import dev.warren.bench.Interruption;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.configuration.CommandLine;
import dev.warren.engine.configuration.Settings;
import dev.warren.engine.logging.LogFormat;
import dev.warren.testkit.BrokerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * {@code warren chaos [FLAGS]}: a fleet of its own under load, while a schedule of faults kills its
 * parts; then the books.
 *
 * <p>Exit codes: 0 nothing was lost, 1 something was, or it could not be run; 2 usage; 130
 * interrupted.
 */
public final class ChaosMain {
  private static final String PROGRAM = "warren chaos";
  private static final String OWN_VARIABLES = "WARREN_CHAOS_";
  private static final String SUMMARY =
      """
      Starts a broker, workers and a gateway of its own, submits tasks, and meanwhile kills workers,
      supervisors, gateway and broker, cuts, stalls and slows the network, and raises alarms, by a
      schedule that --seed repeats. In the end it compares what was submitted, executed, told and
      recorded, and fails if a task was lost or an outcome recorded twice. All that it starts ends
      with it.""";

  private ChaosMain() {}

  public static void main(String[] args) throws Exception {
    LogFormat.apply(LogFormat.TEXT, LogFormat.Level.ERROR, "chaos");
    System.exit(run(args));
  }

  private static int run(String[] args) throws IOException {
    if (CommandLine.asksForHelp(args)) {
      System.out.print(CommandLine.help(PROGRAM, SUMMARY, ChaosKeys.ALL));
      return 0;
    }
    try {
      Settings settings = Settings.fromCommandLine(PROGRAM, ChaosKeys.ALL, args, ownEnvironment());
      return torment(settings);
    } catch (ConfigurationException usage) {
      return failed(2, usage);
    } catch (WarrenException | BrokerException failure) {
      return failed(1, failure);
    } catch (InterruptedException interrupted) {
      return 130;
    }
  }

  /** What the user has set for his fleet is none of this one's. */
  private static Map<String, String> ownEnvironment() {
    return System.getenv().entrySet().stream()
        .filter(each -> each.getKey().startsWith(OWN_VARIABLES))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private static int failed(int code, RuntimeException failure) {
    System.err.println("warren: " + failure.getMessage());
    return code;
  }

  private static int torment(Settings settings) throws IOException, InterruptedException {
    ChaosPlan plan = ChaosKeys.plan(settings);
    Optional<Path> wanted = settings.find(ChaosKeys.FOLDER);
    Path folder =
        wanted.isPresent()
            ? Files.createDirectories(wanted.get().toAbsolutePath())
            : Files.createTempDirectory("warren-chaos-");
    Interruption interruption = Interruption.ofThisThread();
    boolean keep = wanted.isPresent();
    try {
      Report report = new Chaos(plan, folder, line -> System.err.println("warren: " + line)).run();
      keep = keep || !report.good();
      Report told = keep ? report.keptIn(folder.toString()) : report;
      System.out.println(settings.get(ChaosKeys.JSON) ? json(told) : told.text());
      return report.good() ? 0 : 1;
    } finally {
      if (!keep) {
        remove(folder);
      }
      interruption.over();
    }
  }

  private static String json(Report report) throws IOException {
    return JsonCodec.json()
        .writer()
        .with(SerializationFeature.INDENT_OUTPUT)
        .writeValueAsString(report);
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
