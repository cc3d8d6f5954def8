package dev.warren.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.testkit.Broker;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code warren map} as a program, on worker programs, with faults in the middle. */
@RabbitMq
class MapProgramTest {
  private static final int LINES = 10_000;

  private final VirtualHost host;
  private final List<AutoCloseable> opened = new ArrayList<>();
  @TempDir private Path folder;

  MapProgramTest(VirtualHost host) {
    this.host = host;
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable part : opened.reversed()) {
      part.close();
    }
  }

  @Test
  void eachLineHasOneResultAlthoughAWorkerIsKilledInTheMiddle() throws Exception {
    WorkerJvm dies = worker("one");
    worker("two");
    Process map = map();
    await().atMost(WorkerJvm.LIMIT).until(() -> results().size() > LINES / 10);
    dies.kill();
    assertExact(map);
  }

  @Test
  @Tag("node")
  void eachLineHasOneResultAlthoughTheBrokerRestartsInTheMiddle(Broker broker) throws Exception {
    worker("one");
    worker("two");
    Process map = map();
    await().atMost(WorkerJvm.LIMIT).until(() -> results().size() > LINES / 10);
    broker.node().restart();
    assertExact(map);
  }

  private WorkerJvm worker(String name) {
    WorkerJvm worker = WorkerJvm.start(host.uri().toString(), folder.resolve(name));
    opened.add(worker);
    return worker.awaitReady();
  }

  /** {@code seq 10000 | warren map echo > results}. */
  private Process map() throws IOException {
    Path input = folder.resolve("input");
    Files.write(input, numbers());
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx64m",
            "-cp",
            System.getProperty("java.class.path"),
            "dev.warren.producer.cli.WarrenCommand",
            "map",
            "echo",
            "--window",
            "200");
    // What whoever runs the tests has set for himself is none of theirs.
    builder.environment().keySet().removeIf(name -> name.startsWith("WARREN_"));
    builder.environment().put("WARREN_URI", host.uri().toString());
    builder.environment().put("XDG_CACHE_HOME", folder.toString());
    builder.redirectInput(input.toFile());
    builder.redirectOutput(folder.resolve("results").toFile());
    builder.redirectError(folder.resolve("told").toFile());
    Process process = builder.start();
    opened.add(process::destroyForcibly);
    return process;
  }

  private List<String> results() throws IOException {
    return Files.readAllLines(folder.resolve("results"));
  }

  private static List<String> numbers() {
    return IntStream.rangeClosed(1, LINES).mapToObj(Integer::toString).toList();
  }

  private void assertExact(Process map) throws Exception {
    boolean ended = map.waitFor(Duration.ofMinutes(3).toMillis(), TimeUnit.MILLISECONDS);
    String told = Files.readString(folder.resolve("told"));
    assertThat(ended).as(told).isTrue();
    assertThat(results()).as(told).containsExactlyInAnyOrderElementsOf(numbers());
    assertThat(map.exitValue()).as(told).isZero();
    assertThat(told.lines()).allMatch(line -> line.startsWith("warren: "));
  }
}
