package dev.warren.bench;

import com.fasterxml.jackson.databind.SerializationFeature;
import dev.warren.api.BrokerUnreachableException;
import dev.warren.api.ConfigurationException;
import dev.warren.api.LoginRefusedException;
import dev.warren.api.WarrenException;
import dev.warren.bench.lane.Faults;
import dev.warren.bench.lane.FaultsReport;
import dev.warren.bench.lane.ProcessBench;
import dev.warren.bench.lane.ProcessReport;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.configuration.CommandLine;
import dev.warren.engine.configuration.Settings;
import dev.warren.engine.logging.LogFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * {@code warren bench [SCENARIO] [FLAGS]}: measures the fleet beside RabbitMQ PerfTest.
 *
 * <p>Exit codes: 0 ok, 1 a task was lost or failed, or the benchmark could not be run; 2 usage; 3
 * broker unreachable; 130 interrupted.
 */
public final class BenchMain {
  private static final String PROGRAM = "warren bench";
  private static final String SUMMARY =
      """
      Scenarios, the first word: e2e (default) submits tasks, runs them on a worker of its own and
      takes their outcomes; aggregate does so beside a gateway that stores them; enqueue only
      submits; latency measures at fixed rates; delayed submits tasks that are all due at the same
      moment; async runs 10,000 HTTP requests to a slow server on a gateway; ways does the same work
      by Python's ways of multitasking and by Warren's lanes; process measures what a task costs
      in a child process, without a broker; limits how many tasks wait at once on one worker, and how
      busy it keeps the cores; faults runs tasks that crash or never end among good ones; jmh runs
      the micro-benchmarks (its flags are those of JMH).
      The broker is a private node unless told otherwise; everything that was started is ended.\
      """;

  private BenchMain() {}

  public static void main(String[] args) throws Exception {
    LogFormat.apply(LogFormat.TEXT, LogFormat.Level.INFO, "bench");
    System.exit(run(args));
  }

  private static int run(String[] args) throws IOException {
    if (args.length > 0 && args[0].equals("jmh")) {
      org.openjdk.jmh.Main.main(Arrays.copyOfRange(args, 1, args.length));
      return 0;
    }
    boolean named = args.length > 0 && !args[0].startsWith("-");
    String[] flags = named ? Arrays.copyOfRange(args, 1, args.length) : args;
    if (CommandLine.asksForHelp(args)) {
      System.out.print(CommandLine.help(PROGRAM + " [SCENARIO]", SUMMARY, BenchKeys.ALL));
      return 0;
    }
    try {
      Scenario scenario = Scenario.of(named ? args[0] : "e2e");
      Settings settings = Settings.fromCommandLine(PROGRAM, BenchKeys.ALL, flags, System.getenv());
      return measure(scenario, settings);
    } catch (ConfigurationException usage) {
      return failed(2, usage);
    } catch (BrokerUnreachableException | LoginRefusedException unreachable) {
      return failed(3, unreachable);
    } catch (WarrenException failure) {
      return failed(1, failure);
    } catch (InterruptedException interrupted) {
      return 130;
    }
  }

  private static int failed(int code, WarrenException failure) {
    System.err.println("warren: " + failure.getMessage());
    return code;
  }

  private static int measure(Scenario scenario, Settings settings)
      throws IOException, InterruptedException {
    Path workFolder = Files.createTempDirectory("warren-bench-");
    Interruption interruption = Interruption.ofThisThread();
    try {
      Consumer<String> progress = line -> System.err.println("warren: " + line);
      if (scenario == Scenario.PROCESS) {
        ProcessReport report =
            new ProcessBench(settings.get(BenchKeys.ROUNDS), workFolder, progress).run();
        print(report, report.table(), settings);
        return 0;
      }
      try (BenchBroker broker = BenchBroker.open(settings, workFolder)) {
        if (scenario == Scenario.LIMITS) {
          LimitsReport report = new LimitsBench(settings, broker, workFolder, progress).run();
          print(report, report.table(), settings);
          return report.missing() == 0 ? 0 : 1;
        }
        if (scenario == Scenario.WAYS) {
          WaysReport report = new Ways(broker, workFolder, progress).run();
          print(report, report.table(), settings);
          return 0;
        }
        if (scenario == Scenario.FAULTS) {
          Machine machine = Machine.here();
          FaultsReport report =
              new Faults(broker, settings.find(BenchKeys.TASKS).orElse(5_000), workFolder, progress)
                  .run(
                      "%s, %d cores, load %.1f"
                          .formatted(machine.processor(), machine.cores(), machine.load()));
          print(report, report.table(), settings);
          return report.wrong() == 0 ? 0 : 1;
        }
        if (scenario == Scenario.DELAYED) {
          DelayedReport report = new DelayedBench(settings, broker, workFolder, progress).run();
          print(report, report.table(), settings);
          return report.wrong() == 0 ? 0 : 1;
        }
        if (scenario == Scenario.ASYNC) {
          AsyncReport report = new AsyncBench(settings, broker, workFolder, progress).run();
          print(report, report.table(), settings);
          return report.missing() == 0 ? 0 : 1;
        }
        Report report = new Bench(settings, broker, workFolder, progress).run(scenario);
        print(report, ReportTable.of(report), settings);
        return report.missing() == 0 ? 0 : 1;
      }
    } finally {
      remove(workFolder);
      interruption.over();
    }
  }

  private static void print(Object report, String table, Settings settings) throws IOException {
    String json =
        JsonCodec.json()
            .writer()
            .with(SerializationFeature.INDENT_OUTPUT)
            .writeValueAsString(report);
    System.out.println(settings.get(BenchKeys.OUTPUT) == BenchKeys.Output.JSON ? json : table);
    if (settings.find(BenchKeys.REPORT).isPresent()) {
      Files.writeString(settings.get(BenchKeys.REPORT), json + "\n");
    }
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
