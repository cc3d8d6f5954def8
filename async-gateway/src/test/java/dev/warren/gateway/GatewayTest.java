package dev.warren.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.warren.api.ConfigurationException;
import dev.warren.api.TaskHandle;
import dev.warren.api.TaskType;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.delivery.DrainReport;
import dev.warren.engine.registry.TypeAnnouncement;
import dev.warren.engine.wire.Pong;
import dev.warren.gateway.aggregate.ResultStore;
import dev.warren.gateway.aggregate.StoreSettings;
import dev.warren.gateway.http.HttpSettings;
import dev.warren.gateway.lane.AsyncTaskProvider;
import dev.warren.producer.WarrenClient;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole gateway on a real broker: in this JVM with handlers, and as a program. */
@RabbitMq
class GatewayTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final TaskType<Integer, Integer> LATER =
      TaskType.of("test.later", Integer.class, Integer.class)
          .with(options -> options.withQueue("async"));
  private static final TaskType<String, String> NEVER =
      TaskType.of("test.never", String.class, String.class)
          .with(options -> options.withQueue("async"));

  private final VirtualHost host;
  @TempDir Path folder;

  GatewayTest(VirtualHost host) {
    this.host = host;
  }

  @Test
  void itRunsAnnouncesAndReportsItsTasksAndFinishesThemBeforeItStops() throws Exception {
    CompletableFuture<Promise<String>> open = new CompletableFuture<>();
    AsyncTaskProvider provider =
        registry -> {
          registry.register(
              LATER, (number, context) -> registry.vertx().timer(20).map(fired -> number + 1));
          registry.register(
              NEVER,
              (argument, context) -> {
                Promise<String> promise = Promise.promise();
                open.complete(promise);
                return promise.future();
              });
        };
    Gateway gateway =
        new Gateway(GatewaySettings.of(BrokerSettings.of(host.uri())), List.of(provider));
    try (gateway;
        WarrenClient client =
            WarrenClient.builder().broker(host.uri()).typeCache(folder).connect()) {
      assertThat(gateway.member().health().ready()).isFalse();
      gateway.member().start();
      await().atMost(LIMIT).until(() -> gateway.member().health().ready());

      List<TaskHandle<Integer>> handles = new ArrayList<>();
      for (int number = 0; number < 500; number++) {
        handles.add(client.submit(LATER, number));
      }
      for (int number = 0; number < 500; number++) {
        assertThat(handles.get(number).await(LIMIT)).isEqualTo(number + 1);
      }

      List<Pong> pongs = client.fleet().ping(LIMIT);
      assertThat(pongs)
          .extracting(pong -> pong.about().path("role").asText())
          .containsExactly("gateway");
      assertThat(pongs.getFirst().about().path("done").asLong()).isEqualTo(500);
      assertThat(gateway.metrics())
          .contains(
              "warren_attempts_total{lane=\"async\",process=\"gateway-1\",type=\"test.later\"");
      await()
          .atMost(LIMIT)
          .untilAsserted(
              () ->
                  assertThat(client.types().refresh(Duration.ofSeconds(5)))
                      .extracting(TypeAnnouncement::type)
                      .contains("test.later", "test.never"));

      TaskHandle<String> inFlight = client.submit(NEVER, "");
      Promise<String> promise = open.get(60, TimeUnit.SECONDS);
      CompletableFuture<DrainReport> drained =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return gateway.member().drain(LIMIT);
                } catch (InterruptedException interrupted) {
                  throw new IllegalStateException(interrupted);
                }
              });
      await().atMost(LIMIT).until(() -> gateway.member().state().draining());
      assertThat(drained).isNotDone();
      promise.complete("in time");

      assertThat(drained.get(60, TimeUnit.SECONDS).interrupted()).isZero();
      assertThat(inFlight.await(LIMIT)).isEqualTo("in time");
    }
  }

  @Test
  void aPortThatIsTakenGivesWay() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Gateway gateway = new Gateway(storing(), List.of())) {
      gateway.startAggregating();
      String taken = "127.0.0.1:" + other.getLocalPort();

      URI address = gateway.startServing(HttpSettings.parse(taken, false, null));

      assertThat(address.getPort()).isNotEqualTo(other.getLocalPort()).isPositive();
    }
  }

  @Test
  void aPortThatWasAskedForAndIsTakenIsAnError() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Gateway gateway = new Gateway(storing(), List.of())) {
      gateway.startAggregating();
      String taken = "127.0.0.1:" + other.getLocalPort();

      assertThatThrownBy(() -> gateway.startServing(HttpSettings.parse(taken, true, null)))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining(taken)
          .hasMessageContaining("choose another --http");
    }
  }

  private GatewaySettings storing() {
    return GatewaySettings.of(BrokerSettings.of(host.uri()))
        .withStore(StoreSettings.in(folder.resolve("data")));
  }

  @Test
  void whatIsInFlightAfterTheGraceIsCancelledAndGivenBack() throws Exception {
    CompletableFuture<String> cancelled = new CompletableFuture<>();
    CompletableFuture<String> started = new CompletableFuture<>();
    AsyncTaskProvider provider =
        registry ->
            registry.register(
                NEVER,
                (argument, context) -> {
                  context.onCancel(() -> cancelled.complete("told to stop"));
                  started.complete("");
                  return Future.future(promise -> {});
                });
    Gateway gateway =
        new Gateway(GatewaySettings.of(BrokerSettings.of(host.uri())), List.of(provider));
    try (gateway;
        WarrenClient client =
            WarrenClient.builder().broker(host.uri()).typeCache(folder).connect()) {
      gateway.member().start();
      await().atMost(LIMIT).until(() -> gateway.member().health().ready());
      client.submit(NEVER, "");
      started.get(60, TimeUnit.SECONDS);

      DrainReport report = gateway.member().drain(Duration.ofMillis(50));

      assertThat(report.interrupted()).isOne();
      assertThat(cancelled.get(60, TimeUnit.SECONDS)).isEqualTo("told to stop");
    }
    await().atMost(LIMIT).until(() -> host.readyCount("warren.q.async") == 1);
    host.deleteQueue("warren.q.async");
  }

  @Test
  void theProgramStopsInOrderOnSigterm() throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            GatewayMain.class.getName(),
            "--health-port=0",
            "--http=127.0.0.1:0",
            "--data",
            folder.resolve("data").toString(),
            "--log-format=text");
    // What whoever runs the tests has set for himself is none of theirs.
    builder.environment().keySet().removeIf(name -> name.startsWith("WARREN_"));
    builder.environment().put("WARREN_BROKER_URI", host.uri().toString());
    Process program = builder.redirectErrorStream(true).start();
    StringBuilder said = new StringBuilder();
    try (BufferedReader lines = program.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        said.append(line).append('\n');
        if (line.contains("queue async: consuming")) {
          assertThat(program.toHandle().destroy()).isTrue();
        }
      }
      assertThat(program.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(program.exitValue()).as(said.toString()).isZero();
      assertThat(said).contains("SIGTERM", "drained in");
    } finally {
      program.destroyForcibly();
    }
  }

  @Test
  void mistakesAreOneLineAndAnExitCode() {
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    PrintStream to = new PrintStream(errors, true, StandardCharsets.UTF_8);

    int unknownFlag = GatewayMain.run(new String[] {"--quues", "a"}, Map.of(), to, to);
    int wrongPassword =
        GatewayMain.run(
            new String[] {"--health-port", "off", "--data", folder.resolve("data").toString()},
            Map.of("WARREN_BROKER_URI", host.uri().toString().replaceFirst(":[^:@/]+@", ":wrong@")),
            to,
            to);

    int second;
    Path taken = folder.resolve("taken");
    try (ResultStore store = ResultStore.open(StoreSettings.in(taken), new SimpleMeterRegistry())) {
      assertThat(store.trouble()).isEmpty();
      second =
          GatewayMain.run(
              new String[] {"--health-port", "off", "--data", taken.toString()},
              Map.of("WARREN_BROKER_URI", host.uri().toString()),
              to,
              to);
    }

    assertThat(second).isEqualTo(4);
    assertThat(unknownFlag).isEqualTo(2);
    assertThat(wrongPassword).isEqualTo(3);
    assertThat(
            errors
                .toString(StandardCharsets.UTF_8)
                .lines()
                .filter(l -> l.startsWith("warren gateway: ")))
        .hasSize(3);
  }
}
