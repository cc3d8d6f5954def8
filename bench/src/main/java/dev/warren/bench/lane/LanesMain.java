package dev.warren.bench.lane;

import dev.warren.bench.BenchBroker;
import dev.warren.bench.BenchProgram;
import dev.warren.engine.configuration.CommandLine;
import dev.warren.engine.configuration.Settings;
import dev.warren.engine.logging.LogFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * {@code warren demo lanes [FLAGS]}: every lane side by side, in a minute or so.
 *
 * <p>Exit codes: see {@link BenchProgram}.
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
    return BenchProgram.run(
        folder ->
            compare(
                Settings.fromCommandLine(PROGRAM, LanesKeys.ALL, args, System.getenv()), folder));
  }

  private static long compare(Settings settings, Path folder)
      throws IOException, InterruptedException {
    Optional<Path> helpers = python(folder);
    LanesPlan all = LanesPlan.ofPercent(settings.get(LanesKeys.SIZE));
    LanesPlan plan = helpers.isPresent() ? all : all.without(DemoLane.PYTHON);
    if (helpers.isEmpty()) {
      BenchProgram.say("there is no python3 from 3.8 on here: its lane is left out");
    }
    try (BenchBroker broker = BenchBroker.open(settings, folder);
        BenchBroker.Place place = broker.place()) {
      LaneHost.Where where = new LaneHost.Where(place.settings(), folder, helpers.orElse(folder));
      LanesReport report = new LanesDemo(plan, where, broker.version(), BenchProgram::say).run();
      print(report, settings);
      return report.wrong();
    }
  }

  /** The helper of Python programs, if there is a Python for it. */
  private static Optional<Path> python(Path folder) throws InterruptedException {
    return PythonTasks.runs(folder) ? PythonTasks.helpers() : Optional.empty();
  }

  private static void print(LanesReport report, Settings settings) throws IOException {
    System.out.println(
        settings.get(LanesKeys.JSON) ? BenchProgram.json(report) : LanesTable.of(report));
    if (settings.find(LanesKeys.SVG).isPresent()) {
      Files.writeString(settings.get(LanesKeys.SVG), LanesPlot.of(report));
    }
  }
}
