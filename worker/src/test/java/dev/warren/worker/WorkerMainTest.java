package dev.warren.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.TaskType;
import dev.warren.producer.WarrenClient;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the worker program answers what it cannot work with: one line and an exit code. */
@RabbitMq
class WorkerMainTest {
  @TempDir Path folder;

  private record Result(int code, String output, String errors) {}

  @Test
  void helpTellsTheFlags() {
    Result result = run("amqp://127.0.0.1:1", "--help");

    assertThat(result.code()).isZero();
    assertThat(result.output()).contains("--queues", "--tasks", "--processes", "--grace");
    assertThat(result.errors()).isEmpty();
  }

  @Test
  void mistakesInTheSettingsAreUsage() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      for (List<String> mistake :
          List.of(
              List.of("--quues", "default"),
              List.of("--threads", "0"),
              List.of("--queues", "with.dot"),
              List.of("--prefetch", "other=3"),
              List.of("--tasks", folder.resolve("absent.jar").toString()),
              List.of("--files-root", folder.resolve("absent").toString()),
              List.of("--health-host", "0.0.0.0"),
              List.of("--health-port", String.valueOf(taken.getLocalPort())))) {
        Result result = run("amqp://127.0.0.1:1", mistake.toArray(String[]::new));

        assertThat(result.errors()).as("%s", mistake).startsWith("warren worker: ").hasLineCount(1);
        assertThat(result.code()).as(result.errors()).isEqualTo(2);
      }
    }
  }

  @Test
  void aJarWithoutTasksIsNamed() throws Exception {
    Path empty = TaskJarBuilder.in(folder).text("readme.txt", "nothing").build("empty.jar");

    Result result = run("amqp://127.0.0.1:1", "--tasks", empty.toString());

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.errors())
        .contains("empty.jar offers no tasks")
        .contains("META-INF/services/dev.warren.api.TaskProvider");
  }

  @Test
  void aWrongPasswordEndsItAtOnce(VirtualHost host) {
    Result result = run(host.uri().toString().replaceFirst(":[^:@/]+@", ":wrong@"));

    assertThat(result.code()).isEqualTo(3);
    assertThat(result.errors()).startsWith("warren worker: ").hasLineCount(1);
    assertThat(result.errors()).doesNotContain("wrong@");
  }

  @Test
  void aWrongPasswordEndsASupervisorToo(VirtualHost host) {
    try (WorkerJvm supervisor =
        WorkerJvm.start(
            host.uri().toString().replaceFirst(":[^:@/]+@", ":wrong@"),
            folder.resolve("state"),
            "--processes",
            "2",
            "--health-port",
            "off")) {
      assertThat(supervisor.awaitExit()).as(supervisor.text()).isEqualTo(3);
      // Whichever of them is refused first: the other is stopped.
      assertThat(supervisor.text()).containsPattern("\\[worker-[12]] warren worker: ");
    }
  }

  @Test
  void withoutABrokerItWaitsAndStillStopsInOrder() {
    try (WorkerJvm worker =
        WorkerJvm.start("amqp://127.0.0.1:1", folder.resolve("state"), "--health-port", "off")) {
      worker.awaitLines("trying again until it answers", 2);

      worker.terminate();

      assertThat(worker.awaitExit()).as(worker.text()).isZero();
      assertThat(folder.resolve("state")).isEmptyDirectory();
    }
  }

  @Test
  void jsonLinesNameTaskTypeAndQueue(VirtualHost host) throws Exception {
    Path jar = TaskJarBuilder.in(folder).provider("Talks", TALKS).build("talks.jar");
    try (WorkerJvm worker =
            WorkerJvm.start(
                host.uri().toString(),
                folder.resolve("state"),
                "--health-port=off",
                "--log-format=json",
                "--tasks=" + jar);
        WarrenClient client = WarrenClient.connect(host.uri())) {
      worker.awaitReady();
      var handle = client.submit(TaskType.of("test.talks", String.class, String.class), "spoken");

      String line = worker.awaitLine("spoken");

      assertThat(line).startsWith("{").contains("\"task\":\"" + handle.id() + "\"");
      assertThat(line).contains("\"type\":\"test.talks\"").contains("\"queue\":\"default\"");
    }
  }

  private static final String TALKS =
      """
      registry.register(
          TaskType.of("test.talks", String.class, String.class),
          Lane.VIRTUAL,
          (argument, context) -> {
            context.log(argument);
            return argument;
          });
      """;

  private Result run(String uri, String... arguments) {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    Map<String, String> environment = new HashMap<>();
    environment.put("WARREN_BROKER_URI", uri);
    environment.put("HOME", folder.toString());
    int code =
        WorkerMain.run(
            Stream.concat(Stream.of("--log-format", "text"), Stream.of(arguments))
                .toArray(String[]::new),
            environment,
            new PrintStream(output, true, StandardCharsets.UTF_8),
            new PrintStream(errors, true, StandardCharsets.UTF_8));
    return new Result(
        code,
        output.toString(StandardCharsets.UTF_8),
        errors.toString(StandardCharsets.UTF_8).strip());
  }
}
