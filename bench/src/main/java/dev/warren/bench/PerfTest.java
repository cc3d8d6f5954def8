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
public final class PerfTest {
  /** Of the same durability as a task: what a rate is compared with. */
  private static final String OPTIONS = "-i 1 -u warren-bench -qq -f persistent -ad false";

  private static final int CONFIRMS = 200;
  private static final int PREFETCH = 500;
  private static final int ACKNOWLEDGED = 50;

  /** No more than so many bytes are unconfirmed: matters to large messages only. */
  private static final int BYTES_UNCONFIRMED = 32 << 20;

  /** Its clock starts so long after its process, at least. */
  private static final Duration BOOT = Duration.ofMillis(300);

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

  /**
   * Who publishes and who consumes, each over a connection of its own.
   *
   * @param consumers 0 or 1
   */
  record Clients(int producers, int consumers) {
    static final Clients ONE_EACH = new Clients(1, 1);

    /** What a message has come to when it counts, as PerfTest calls it. */
    String counted() {
      return consumers == 0 ? "confirmed" : "received";
    }
  }

  static String options(Clients clients, Duration time, int bytes) {
    int share = Math.max(1, CONFIRMS * bytes / BYTES_UNCONFIRMED);
    return "-z %d -s %d %s -x %d -y %d -c %d -q %d --multi-ack-every %d"
        .formatted(
            time.toSeconds(),
            bytes,
            OPTIONS,
            clients.producers(),
            clients.consumers(),
            CONFIRMS / share,
            PREFETCH / share,
            Math.max(1, ACKNOWLEDGED / share));
  }

  /**
   * Runs it.
   *
   * @param warmUp the time from its start that is left out of the figures; the rest is measured
   */
  Sample run(
      Clients clients,
      BenchBroker.Place place,
      int bytes,
      Duration warmUp,
      Duration time,
      Path output)
      throws InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(OwnProcess.java());
    command.addAll(List.of("-cp", libraries, "com.rabbitmq.perf.PerfTest"));
    command.addAll(List.of(options(clients, warmUp.plus(time), bytes).split(" ")));
    // By the environment, because the URI holds the password.
    Map<String, String> environment = Map.of("URI", place.settings().uriWithCredentials().reveal());
    try (OwnProcess process = OwnProcess.start("PerfTest", command, environment, output)) {
      boolean early = process.awaitEnd(warmUp.plus(BOOT));
      Usage.Meter meter =
          Usage.Meter.start(List.of(place.part(), Part.ofTree("PerfTest", process.handle())));
      // What it uses can be read only while it lives: until shortly before its end.
      early = early || process.awaitEnd(time.minus(BOOT));
      Usage usage = meter.read();
      if (!process.awaitEnd(START_AND_END)) {
        throw new BenchException("PerfTest does not end:\n" + process.lastWords());
      }
      if (early || process.exitCode() != 0) {
        throw new BenchException(
            "PerfTest ended%s with exit code %d:%n%s"
                .formatted(early ? " early" : "", process.exitCode(), process.lastWords()));
      }
      PerfTestOutput.Received received =
          PerfTestOutput.of(clients.counted(), process.lines(), warmUp, time);
      return new Sample(received.count(), received.seconds(), 0, 0, Sample.UNCOUNTED, usage);
    }
  }
}
