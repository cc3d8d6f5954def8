package dev.warren.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.api.TaskId;
import dev.warren.api.TaskType;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.wire.Lineage;
import dev.warren.gateway.Gateway;
import dev.warren.gateway.GatewaySettings;
import dev.warren.gateway.aggregate.TaskRecord;
import dev.warren.gateway.aggregate.TaskState;
import dev.warren.producer.WarrenClient;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Single tasks over HTTP, to a real broker. */
@RabbitMq
class TaskResourceTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final TaskType<String, String> SAY =
      TaskType.of("test.say", String.class, String.class)
          .with(options -> options.withQueue("async"));

  private final VirtualHost host;
  @TempDir Path folder;
  private final MemoryResults results = new MemoryResults();
  private Gateway gateway;
  private HttpApi api;
  private Caller caller;

  TaskResourceTest(VirtualHost host) {
    this.host = host;
  }

  @BeforeEach
  void start() throws Exception {
    gateway =
        new Gateway(
            GatewaySettings.of(BrokerSettings.of(host.uri())),
            List.of(
                registry ->
                    registry.register(
                        SAY, (argument, context) -> Future.succeededFuture(argument))));
    gateway.member().start();
    api =
        new HttpApi(
            HttpSettings.ANY_PORT,
            new HttpApi.Parts(
                results,
                () -> WarrenClient.builder().broker(host.uri()).typeCache(folder).connect(),
                () -> gateway.member().health(),
                gateway::metrics,
                new SimpleMeterRegistry()));
    api.start();
    caller = new Caller(api.address());
    await().atMost(LIMIT).until(() -> gateway.member().health().ready());
  }

  @AfterEach
  void stop() {
    caller.close();
    api.close();
    gateway.close();
  }

  @Test
  void aTaskIsSubmittedAndLeadsToWhereItCanBeSeen() throws Exception {
    HttpResponse<String> accepted =
        caller.post("/v1/tasks", "{\"type\":\"test.say\",\"arguments\":\"hi\"}");

    assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
    String id = Caller.json(accepted).path("id").asText();
    assertThat(accepted.headers().firstValue("Location")).hasValue("/v1/tasks/" + id);
    assertThat(Caller.json(accepted).path("queue").asText()).isEqualTo("async");
    assertThat(Caller.json(accepted).path("state").asText()).isEqualTo("submitted");
    assertProblem(
        caller.get("/v1/tasks/" + id), 404, "unknown-task", "known here once it has ended");

    results.record(record(id, TaskState.SUCCEEDED, 7, "\"hi\""));
    JsonNode task = Caller.json(caller.get("/v1/tasks/" + id));
    assertThat(task.path("state").asText()).isEqualTo("succeeded");
    assertThat(task.path("result").asText()).isEqualTo("hi");
    assertThat(task.path("sequence").asLong()).isEqualTo(7);
    assertThat(task.has("failure")).isFalse();
  }

  @Test
  void aLookThatWaitsAnswersWhenTheTaskEnds() throws Exception {
    String id = TaskId.next().toString();
    CompletableFuture<HttpResponse<String>> waiting =
        caller.getAsync("/v1/tasks/" + id + "?wait=30");
    await().atMost(LIMIT).until(() -> results.watching() == 1);

    results.record(record(id, TaskState.RETRYING, 1, null));
    results.record(record(id, TaskState.SUCCEEDED, 2, "[1]"));

    HttpResponse<String> answer = waiting.get(60, TimeUnit.SECONDS);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(Caller.json(answer).path("state").asText()).isEqualTo("succeeded");
    assertThat(results.watching()).isZero();
  }

  @Test
  void aWaitEndsWithItsTimeAndSaysWhatIsKnown() throws Exception {
    String id = TaskId.next().toString();
    results.record(record(id, TaskState.RETRYING, 1, null));

    HttpResponse<String> answer = caller.get("/v1/tasks/" + id + "?wait=1");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(Caller.json(answer).path("state").asText()).isEqualTo("retrying");
    assertThat(results.watching()).isZero();
  }

  @Test
  void aWaitFreesEverythingWhenTheCallerGoesAway() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), api.address().getPort())) {
      String request =
          "GET /v1/tasks/" + TaskId.next() + "?wait=60 HTTP/1.1\r\nHost: localhost\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      await().atMost(LIMIT).until(() -> results.watching() == 1);
    }
    await().atMost(LIMIT).until(() -> results.watching() == 0);
  }

  @Test
  void whoPrefersToWaitGetsTheEndedTask() throws Exception {
    String id = TaskId.next().toString();
    CompletableFuture<HttpResponse<String>> waiting =
        caller.sendAsync(
            caller
                .request("/v1/tasks")
                .header("Content-Type", "application/json")
                .header("Prefer", "wait=30")
                .POST(
                    Caller.body(
                        "{\"type\":\"test.say\",\"arguments\":\"x\",\"id\":\"" + id + "\"}")));
    await().atMost(LIMIT).until(() -> results.watching() == 1);
    results.record(record(id, TaskState.SUCCEEDED, 1, "\"done\""));

    HttpResponse<String> answer = waiting.get(60, TimeUnit.SECONDS);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Preference-Applied")).hasValue("wait=30");
    assertThat(Caller.json(answer).path("result").asText()).isEqualTo("done");
  }

  @Test
  void theSameIdempotencyKeyIsTheSameTask() throws Exception {
    String body = "{\"type\":\"test.say\",\"arguments\":\"once\"}";
    String first = Caller.json(submitWithKey("order-17", body)).path("id").asText();
    String second = Caller.json(submitWithKey("order-17", body)).path("id").asText();
    String other = Caller.json(submitWithKey("order-18", body)).path("id").asText();

    assertThat(second).isEqualTo(first);
    assertThat(other).isNotEqualTo(first);
    results.record(record(first, TaskState.SUCCEEDED, 1, "\"once\""));
    HttpResponse<String> again = submitWithKey("order-17", "{\"type\":\"test.other\"}");
    assertProblem(again, 409, "id-in-use", "choose another id or Idempotency-Key");
  }

  @Test
  void problemsSayWhatToDo() throws Exception {
    assertProblem(
        caller.post("/v1/tasks", "{\"type\":\"test.sya\"}"), 422, "unknown-type", "no task type");
    assertProblem(caller.post("/v1/tasks", "{\"type\": oops}"), 400, "malformed", "line 1, column");
    assertProblem(caller.post("/v1/tasks", "[1]"), 400, "malformed", "not a JSON object");
    assertProblem(caller.post("/v1/tasks", ""), 400, "malformed", "the body is empty");
    assertProblem(
        caller.post("/v1/tasks", "{\"tpye\":\"test.say\"}"),
        422,
        "invalid",
        "did you mean 'type'?");
    assertProblem(
        caller.post("/v1/tasks", "{\"type\":\"test.say\",\"in\":\"10\"}"), 422, "invalid", "500ms");
    assertProblem(
        caller.post("/v1/tasks", "{\"type\":\"test.say\",\"id\":\"7\"}"), 400, "malformed", "UUID");
    assertProblem(
        caller.post("/v1/tasks", "{\"type\":\"test.say\",\"priority\":\"hi\"}"),
        422,
        "invalid",
        "high, normal or low");
    assertProblem(
        caller.send(
            caller
                .request("/v1/tasks")
                .header("Content-Type", "text/plain")
                .POST(Caller.body("{}"))),
        415,
        "unsupported-media-type",
        "Content-Type: application/json");
    assertProblem(caller.get("/v1/nothing"), 404, "no-such-resource", "/openapi.json");
    HttpResponse<String> wrongMethod = caller.send(caller.request("/v1/tasks").DELETE());
    assertProblem(wrongMethod, 405, "method-not-allowed", "POST");
    assertThat(wrongMethod.headers().firstValue("Allow")).hasValue("POST");
    String large = "{\"type\":\"test.say\",\"arguments\":\"" + "x".repeat(1 << 20) + "\"}";
    assertProblem(caller.post("/v1/tasks", large), 413, "too-large", "store the data elsewhere");
    assertProblem(
        caller.post("/v1/tasks", "{\"arguments\":\"" + "x".repeat(2 << 20) + "\"}"),
        413,
        "too-large",
        "the body takes more than");
  }

  @Test
  void argumentsTravelExactlyAsTheyWereSent() {
    String arguments = "{\"price\": 1.10, \"big\": 12345678901234567890.123456789, \"t\":\"é\"}";
    TaskRequest task =
        TaskRequest.read(
            ("{\"arguments\": " + arguments + " , \"type\":\"a.b\"}")
                .getBytes(StandardCharsets.UTF_8),
            java.time.Clock.systemUTC());

    assertThat(task.arguments()).hasToString(arguments);
    assertThat(
            TaskRequest.read(
                    "{\"type\":\"a\",\"arguments\":17}".getBytes(StandardCharsets.UTF_8),
                    java.time.Clock.systemUTC())
                .arguments())
        .hasToString("17");
  }

  private HttpResponse<String> submitWithKey(String key, String body) throws Exception {
    return caller.send(
        caller
            .request("/v1/tasks")
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", key)
            .POST(Caller.body(body)));
  }

  static void assertProblem(HttpResponse<String> answer, int status, String word, String detail)
      throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    JsonNode problem = Caller.json(answer);
    assertThat(problem.path("type").asText()).isEqualTo("urn:warren:problem:" + word);
    assertThat(problem.path("status").asInt()).isEqualTo(status);
    assertThat(problem.path("detail").asText()).contains(detail);
  }

  static TaskRecord record(String id, TaskState state, long sequence, @Nullable String result) {
    TaskId task = TaskId.of(id);
    return new TaskRecord(
        sequence,
        task,
        1,
        "test.say",
        "async",
        state,
        1,
        "worker",
        "async",
        Instant.now(),
        null,
        null,
        null,
        result == null ? null : JsonText.of(result),
        null,
        Lineage.of(task));
  }
}
