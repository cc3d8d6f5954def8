package dev.warren.bench.lane;

import com.fasterxml.jackson.databind.SerializationFeature;
import dev.warren.api.BrokerUnreachableException;
import dev.warren.api.ConfigurationException;
import dev.warren.api.LoginRefusedException;
import dev.warren.api.WarrenException;
import dev.warren.bench.BenchBroker;
import dev.warren.bench.Interruption;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.configuration.CommandLine;
import dev.warren.engine.configuration.Settings;
import dev.warren.engine.logging.LogFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * {@code warren demo lanes [FLAGS]}: every lane side by side, in a minute or so.
 *
 * <p>Exit codes: 0 ok, 1 a task was lost or failed, or a lane could not be tried; 2 usage; 3 broker
 * unreachable; 130 interrupted.
 */
public final class LanesMain {
  private static final String PROGRAM = "warren demo lanes";
  private static final String SUMMARY =
      """
      Does CPU-bound, blocking and network-bound work in every lane that can take it, and shows time,
      processor time and memory; then what becomes of a lane when a task does not end. Everything
      that was started is ended.\
      """;

  private LanesMain() {}

  public static void main(String[] args) throws Exception {
    LogFormat.apply(LogFormat.TEXT, LogFormat.Level.WARN, "demo");
    System.exit(run(args));
  }

  private static int run(String[] args) throws IOException {
    if (CommandLine.asksForHelp(args)) {
      System.out.print(CommandLine.help(PROGRAM, SUMMARY, LanesKeys.ALL));
      return 0;
    }
    try {
      return compare(Settings.fromCommandLine(PROGRAM, LanesKeys.ALL, args, System.getenv()));
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

  private static int compare(Settings settings) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("warren-lanes-");
    Interruption interruption = Interruption.ofThisThread();
    try {
      Consumer<String> progress = line -> System.err.println("warren: " + line);
      Optional<Path> helpers = python(folder);
      LanesPlan all = LanesPlan.ofPercent(settings.get(LanesKeys.SIZE));
      LanesPlan plan = helpers.isPresent() ? all : all.without(DemoLane.PYTHON);
      if (helpers.isEmpty()) {
        progress.accept("there is no python3 from 3.8 on here: its lane is left out");
      }
      try (BenchBroker broker = BenchBroker.open(settings, folder);
          BenchBroker.Place place = broker.place()) {
        LaneHost.Where where = new LaneHost.Where(place.settings(), folder, helpers.orElse(folder));
        LanesReport report = new LanesDemo(plan, where, broker.version(), progress).run();
        print(report, settings);
        return report.wrong() == 0 ? 0 : 1;
      }
    } finally {
      remove(folder);
      interruption.over();
    }
  }

  /** The helper of Python programs, if there is a Python for it. */
  private static Optional<Path> python(Path folder) throws InterruptedException {
    return PythonTasks.runs(folder) ? PythonTasks.helpers() : Optional.empty();
  }

  private static void print(LanesReport report, Settings settings) throws IOException {
    System.out.println(
        settings.get(LanesKeys.JSON)
            ? JsonCodec.json()
                .writer()
                .with(SerializationFeature.INDENT_OUTPUT)
                .writeValueAsString(report)
            : LanesTable.of(report));
    if (settings.find(LanesKeys.SVG).isPresent()) {
      Files.writeString(settings.get(LanesKeys.SVG), LanesPlot.of(report));
    }
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> all = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : all) {
        Files.deleteIfExists(file);
      }
    }
  }
}
