package dev.warren.bench;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * RabbitMQ PerfTest in a JVM of its own, with its own libraries: one producer, one consumer, a
 * quorum queue, persistent messages, confirms and acknowledgements in batches.
 *
 * @see <a href="https://rabbitmq.github.io/rabbitmq-perf-test/stable/htmlsingle/">PerfTest</a>
 */
final class PerfTest {
  /** Of the same durability as a task: what a rate is compared with. */
  private static final List<String> OPTIONS =
      List.of(
          "-i 1 -u warren-bench -qq -f persistent -ad false -x 1 -y 1",
          "-c 200 -q 500 --multi-ack-every 50");

  private static final Duration START_AND_END = Duration.ofSeconds(30);

  private final String libraries;

  private PerfTest(String libraries) {
    this.libraries = libraries;
  }

  /** From the release's folder {@code lib/perf-test}, or where the build puts it. */
  static PerfTest find() {
    Path here;
    try {
      here = Path.of(PerfTest.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException impossible) {
      throw new BenchException("this program does not know where it is", impossible);
    }
    Path folder =
        Files.isDirectory(here)
            ? here.resolve("../../perf-test/target/lib").normalize()
            : here.resolveSibling("perf-test");
    return new PerfTest(String.join(":", jars(folder)));
  }

  private static List<String> jars(Path folder) {
    List<String> jars = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.jar")) {
      files.forEach(file -> jars.add(file.toString()));
    } catch (IOException absent) {
      throw new BenchException(
          "PerfTest is not in "
              + folder
              + ": build with './warren bench', or give"
              + " --perf-test=false",
          absent);
    }
    return jars.stream().sorted().toList();
  }

  /** Its version, from the name of its jar. */
  String version() {
    return Stream.of(libraries.split(":"))
        .map(jar -> Path.of(jar).getFileName().toString())
        .filter(name -> name.startsWith("perf-test-"))
        .map(name -> name.substring("perf-test-".length(), name.length() - ".jar".length()))
        .findFirst()
        .orElse("of unknown version");
  }

  static String options(int seconds, int bytes) {
    return "-z %d -s %d %s".formatted(seconds, bytes, String.join(" ", OPTIONS));
  }

  /** What a run found. */
  record Result(Rate rate, Cores cores) {}

  /** Runs it. */
  Result run(BenchBroker.Place place, int seconds, int bytes, Path output)
      throws InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(OwnProcess.java());
    command.addAll(List.of("-cp", libraries, "com.rabbitmq.perf.PerfTest"));
    command.addAll(List.of(options(seconds, bytes).split(" ")));
    // By the environment, because the URI holds the password.
    Map<String, String> environment = Map.of("URI", place.settings().uriWithCredentials().reveal());
    try (OwnProcess process = OwnProcess.start("PerfTest", command, environment, output)) {
      Cores.Meter meter =
          Cores.Meter.start(
              new Cores.Sources(
                  place::brokerTime,
                  () -> ProcessorTime.ofTree(process.handle()),
                  () -> Duration.ZERO));
      // Its processor time can be read only while it lives: shortly before its end.
      boolean early = process.awaitEnd(Duration.ofSeconds(seconds));
      Cores cores = meter.read();
      if (!early && !process.awaitEnd(START_AND_END)) {
        throw new BenchException("PerfTest does not end:\n" + process.lastWords());
      }
      return new Result(PerfTestOutput.rate(process.lines()), cores);
    }
  }
}
