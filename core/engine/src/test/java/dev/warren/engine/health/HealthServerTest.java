package dev.warren.engine.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.api.ConfigurationException;
import dev.warren.engine.configuration.Settings;
import dev.warren.engine.connection.Secret;
import dev.warren.engine.delivery.EngineState;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HealthServerTest {
  private static final EngineState READY =
      new EngineState(
          true,
          false,
          3,
          4,
          List.of(new EngineState.QueueState("cpu", true, "consuming", 7, 16, Optional.empty())));
  private static final EngineState LOST =
      new EngineState(
          false,
          false,
          0,
          0,
          List.of(new EngineState.QueueState("cpu", false, "connecting", 0, 16, Optional.empty())));
  private static final EngineState DRAINING = new EngineState(false, true, 1, 0, List.of());

  private final HttpClient http = HttpClient.newHttpClient();
  private volatile EngineState state = READY;

  @AfterEach
  void closeClient() {
    http.close();
  }

  @Test
  void aProcessThatConsumesAllItsQueuesIsReady() throws Exception {
    try (HealthServer server = start(HealthSettings.ANY_PORT)) {
      HttpResponse<String> answer = get(server, "/health/ready");

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
      assertThat(answer.body())
          .isEqualTo(
              "{\"status\":\"ready\",\"process\":\"p\",\"draining\":false,\"running\":3,"
                  + "\"waiting\":4,\"queues\":[{\"queue\":\"cpu\",\"consuming\":true,"
                  + "\"detail\":\"consuming\",\"unacknowledged\":7}]}");
    }
  }

  @Test
  void oneThatDoesNotIsAliveButNotReadyAndSaysWhy() throws Exception {
    try (HealthServer server = start(HealthSettings.ANY_PORT)) {
      state = LOST;
      assertThat(get(server, "/health/live").statusCode()).isEqualTo(200);
      assertThat(get(server, "/health/ready"))
          .satisfies(
              answer -> {
                assertThat(answer.statusCode()).isEqualTo(503);
                assertThat(answer.body()).contains("\"reason\":\"queue cpu: connecting\"");
              });

      state = DRAINING;
      assertThat(get(server, "/health/ready").body()).contains("\"reason\":\"draining");
    }
  }

  @Test
  void metricsAreWhatTheSupplierMakes() throws Exception {
    try (HealthServer server = start(HealthSettings.ANY_PORT)) {
      HttpResponse<String> answer = get(server, "/metrics");

      assertThat(answer.body()).isEqualTo("some_metric 1\n");
      assertThat(answer.headers().firstValue("Content-Type"))
          .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
    }
  }

  @Test
  void otherPathsAndMethodsAreRefused() throws Exception {
    try (HealthServer server = start(HealthSettings.ANY_PORT)) {
      assertThat(get(server, "/").statusCode()).isEqualTo(404);
      assertThat(
              send(request(server, "/metrics").POST(HttpRequest.BodyPublishers.ofString("x")))
                  .statusCode())
          .isEqualTo(405);
      HttpResponse<String> head =
          send(request(server, "/health/live").method("HEAD", HttpRequest.BodyPublishers.noBody()));
      assertThat(head.statusCode()).isEqualTo(200);
      assertThat(head.body()).isEmpty();
    }
  }

  @Test
  void whoDoesNotShowTheTokenLearnsOnlyWhetherTheProcessIsLiveAndReady() throws Exception {
    HealthSettings guarded =
        new HealthSettings(HealthSettings.LOOPBACK, 0, true, Secret.of("hush"));
    try (HealthServer server = start(guarded)) {
      for (String header : List.of("Bearer wrong", "Bearer", "hush", "")) {
        for (String path : List.of("/metrics", "/", "/healthy")) {
          assertThat(send(request(server, path).header("Authorization", header)).statusCode())
              .isEqualTo(401);
        }
        assertThat(send(request(server, "/health/ready").header("Authorization", header)).body())
            .isEqualTo("{\"status\":\"ready\"}");
      }
      assertThat(get(server, "/health/live").statusCode()).isEqualTo(200);
      state = LOST;
      assertThat(get(server, "/health/ready"))
          .satisfies(
              answer -> {
                assertThat(answer.statusCode()).isEqualTo(503);
                assertThat(answer.body()).isEqualTo("{\"status\":\"not ready\"}");
              });
      for (String path : List.of("/health/ready", "/metrics")) {
        assertThat(send(request(server, path).header("Authorization", "Bearer hush")).body())
            .containsAnyOf("queue cpu: connecting", "some_metric");
      }
    }
  }

  @Test
  void otherMachinesMayReadItOnlyWithAToken() {
    assertThatThrownBy(() -> new HealthSettings("0.0.0.0", 0, true, null))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("health.token");
    assertThat(new HealthSettings("0.0.0.0", 0, true, Secret.of("hush")).requiredToken())
        .isPresent();
  }

  @Test
  void theDefaultPortGivesWayAndAChosenOneDoesNot() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      try (HealthServer server =
          start(new HealthSettings(HealthSettings.LOOPBACK, port, false, null))) {
        assertThat(server.address().getPort()).isPositive().isNotEqualTo(port);
      }
      assertThatThrownBy(() -> start(new HealthSettings(HealthSettings.LOOPBACK, port, true, null)))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("--health-port");
    }
  }

  @Test
  void whereItIsServedIsWrittenIntoAFileAndThenATakenPortGivesWay(@TempDir Path folder)
      throws Exception {
    Path file = folder.resolve("address");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      HealthSettings settings =
          settings(
                  Map.of(
                      "health.port", List.of(String.valueOf(taken.getLocalPort())),
                      "health.address-file", List.of(file.toString())))
              .orElseThrow();
      try (HealthServer server = start(settings)) {
        assertThat(server.address().getPort()).isNotEqualTo(taken.getLocalPort());
        assertThat(Files.readString(file)).isEqualTo(server.address() + "\n");
      }
    }
    assertThatThrownBy(
            () -> start(HealthSettings.ANY_PORT.toldIn(folder.resolve("missing/address"))))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("missing/address");
  }

  @Test
  void theSettingsAreReadFromTheirKeys(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("token"), "hush\n");

    assertThat(settings(Map.of()))
        .contains(new HealthSettings(HealthSettings.LOOPBACK, 8077, false, null));
    assertThat(settings(Map.of("health.port", List.of("off")))).isEmpty();
    assertThat(
            settings(
                Map.of(
                    "health.port", List.of("0"),
                    "health.host", List.of("0.0.0.0"),
                    "health.token-file", List.of(file.toString()))))
        .contains(new HealthSettings("0.0.0.0", 0, true, Secret.of("hush")));
    assertThatThrownBy(() -> settings(Map.of("health.port", List.of("often"))))
        .isInstanceOf(ConfigurationException.class);
    assertThatThrownBy(() -> settings(Map.of("health.port", List.of("65536"))))
        .isInstanceOf(ConfigurationException.class);
  }

  private static Optional<HealthSettings> settings(Map<String, List<String>> flags) {
    return HealthKeys.settings(Settings.load(HealthKeys.ALL, flags, Map.of(), Optional.empty()));
  }

  private HealthServer start(HealthSettings settings) {
    return HealthServer.start(settings, () -> Health.of("p", state), () -> "some_metric 1\n");
  }

  private HttpResponse<String> get(HealthServer server, String path) throws Exception {
    return send(request(server, path));
  }

  private static HttpRequest.Builder request(HealthServer server, String path) {
    URI address = server.address().resolve(path);
    return HttpRequest.newBuilder(address);
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
