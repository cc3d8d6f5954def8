package dev.warren.gateway.http;

import static dev.warren.gateway.http.Caller.assertProblem;
import static dev.warren.gateway.http.ServedGateway.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.api.TaskId;
import dev.warren.engine.wire.Lineage;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Single tasks over HTTP, on a real broker. */
@RabbitMq
class TaskResourceTest {
  private final VirtualHost host;
  @TempDir Path folder;
  private ServedGateway gateway;
  private Caller caller;

  TaskResourceTest(VirtualHost host) {
    this.host = host;
  }

  @BeforeEach
  void start() {
    gateway = new ServedGateway(host, folder, HttpSettings.ANY_PORT);
    caller = gateway.caller();
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  @Test
  void aTaskIsSubmittedAndWaitedForWhereItCanBeSeen() throws Exception {
    HttpResponse<String> accepted =
        caller.post("/v1/tasks", "{\"type\":\"test.say\",\"arguments\":\"hi\"}");

    assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
    String id = Caller.json(accepted).path("id").asText();
    String location = accepted.headers().firstValue("Location").orElseThrow();
    assertThat(location).isEqualTo("/v1/tasks/" + id);
    assertThat(Caller.json(accepted).path("queue").asText()).isEqualTo("async");
    assertThat(Caller.json(accepted).path("state").asText()).isEqualTo("submitted");

    JsonNode task = Caller.json(caller.get(location + "?wait=60"));
    assertThat(task.path("state").asText()).isEqualTo("succeeded");
    assertThat(task.path("result").asText()).isEqualTo("hi");
    assertThat(task.path("lane").asText()).isEqualTo("async");
    assertThat(task.has("failure")).isFalse();
  }

  @Test
  void whoPrefersToWaitGetsTheEndedTask() throws Exception {
    HttpResponse<String> done =
        caller.post(
            "/v1/tasks",
            "{\"type\":\"test.say\",\"arguments\":\"now\"}",
            "Prefer",
            "respond-async, wait=90");
    HttpResponse<String> refused =
        caller.post(
            "/v1/tasks", "{\"type\":\"test.refuse\",\"arguments\":\"x\"}", "Prefer", "wait=60");

    assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
    assertThat(done.headers().firstValue("Preference-Applied")).hasValue("wait=60");
    assertThat(Caller.json(done).path("result").asText()).isEqualTo("now");
    assertThat(Caller.json(refused).path("state").asText()).isEqualTo("dead");
    assertThat(Caller.json(refused).path("failure").path("message").asText()).contains("not this");
  }

  @Test
  void aRunningTaskThatIsCancelledEndsSo() throws Exception {
    HttpResponse<String> accepted =
        caller.post("/v1/tasks", "{\"type\":\"test.hold\",\"arguments\":\"x\"}");
    String location = accepted.headers().firstValue("Location").orElseThrow();

    HttpResponse<String> cancelled = caller.post(location + "/cancel", "");

    assertThat(cancelled.statusCode()).as(cancelled.body()).isEqualTo(202);
    JsonNode task = Caller.json(caller.get(location + "?wait=60"));
    assertThat(task.path("state").asText()).isEqualTo("cancelled");
    assertThat(task.has("result")).isFalse();
  }

  @Test
  void aWaitEndsWithItsTimeAndSaysWhatIsKnown() throws Exception {
    HttpResponse<String> accepted =
        caller.post(
            "/v1/tasks",
            "{\"type\":\"test.say\",\"arguments\":\"x\",\"in\":\"1h\"}",
            "Prefer",
            "wait=1");
    assertThat(accepted.statusCode()).isEqualTo(202);
    assertThat(Caller.json(accepted).path("state").asText()).isEqualTo("delayed");

    JsonNode task =
        Caller.json(
            caller.get("/v1/tasks/" + Caller.json(accepted).path("id").asText() + "?wait=1"));
    assertThat(task.path("state").asText()).isEqualTo("delayed");
    assertThat(task.path("dueAt").asText()).contains("T");
    String unknown = TaskId.next().toString();
    assertProblem(
        caller.get("/v1/tasks/" + unknown), 404, "unknown-task", "known here once it has ended");
  }

  @Test
  void aTaskThatIsInIsNotRefusedBecauseTooManyWait() throws Exception {
    gateway.close();
    gateway =
        new ServedGateway(
            host,
            folder,
            HttpSettings.ANY_PORT.withLimits(
                HttpLimits.DEFAULT.withWaits(0, HttpLimits.DEFAULT.longestWait())));
    caller = gateway.caller();

    HttpResponse<String> accepted =
        caller.post(
            "/v1/tasks", "{\"type\":\"test.say\",\"arguments\":\"hi\"}", "Prefer", "wait=10");

    assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
    assertThat(accepted.headers().firstValue("Location")).isPresent();
    assertProblem(caller.get("/v1/tasks/" + TaskId.next() + "?wait=1"), 503, "too-many", "waiting");
  }

  @Test
  void aTaskOfSomebodyElseIsWaitedForToo() throws Exception {
    TaskId id = TaskId.next();
    CompletableFuture<HttpResponse<String>> waiting =
        caller.getAsync("/v1/tasks/" + id + "?wait=60");
    await().atMost(LIMIT).until(() -> gateway.held("wait") == 1);

    gateway.ended(id, Lineage.of(id), "[1]");

    HttpResponse<String> answer = waiting.get(60, TimeUnit.SECONDS);
    assertThat(Caller.json(answer).path("state").asText()).isEqualTo("succeeded");
    await().atMost(LIMIT).until(() -> gateway.held("wait") == 0);
  }

  @Test
  void aWaitFreesEverythingWhenTheCallerGoesAway() throws Exception {
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), gateway.address().getPort())) {
      String request =
          "GET /v1/tasks/" + TaskId.next() + "?wait=60 HTTP/1.1\r\nHost: localhost\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      await().atMost(LIMIT).until(() -> gateway.held("wait") == 1);
    }
    await().atMost(LIMIT).until(() -> gateway.held("wait") == 0);
  }

  @Test
  void theEventsOfATaskEndWithItAndCanBeResumed() throws Exception {
    String id =
        Caller.json(
                caller.post(
                    "/v1/tasks", "{\"type\":\"test.say\",\"arguments\":\"x\",\"in\":\"1h\"}"))
            .path("id")
            .asText();
    EventReader events = caller.events("/v1/tasks/" + id + "/events", null);
    EventReader.Event first = events.next();
    assertThat(first.json().path("state").asText()).isEqualTo("delayed");

    gateway.ended(TaskId.of(id), Lineage.of(TaskId.of(id)), "7");

    EventReader.Event last = events.next();
    assertThat(last.json().path("result").asInt()).isEqualTo(7);
    assertThat(Long.parseLong(last.id())).isGreaterThan(Long.parseLong(first.id()));
    assertThat(events.ended()).isTrue();

    EventReader again = caller.events("/v1/tasks/" + id + "/events", first.id());
    assertThat(again.next().id()).isEqualTo(last.id());
    assertThat(caller.events("/v1/tasks/" + id + "/events", last.id()).status()).isEqualTo(204);
  }

  @Test
  void theSameIdempotencyKeyIsTheSameTask() throws Exception {
    String body = "{\"type\":\"test.say\",\"arguments\":\"once\"}";
    HttpResponse<String> first = caller.post("/v1/tasks", body, "Idempotency-Key", "order-17");
    HttpResponse<String> second = caller.post("/v1/tasks", body, "Idempotency-Key", "order-17");
    HttpResponse<String> other = caller.post("/v1/tasks", body, "Idempotency-Key", "order-18");

    String id = Caller.json(first).path("id").asText();
    assertThat(Caller.json(second).path("id").asText()).isEqualTo(id);
    assertThat(Caller.json(other).path("id").asText()).isNotEqualTo(id);
    caller.get("/v1/tasks/" + id + "?wait=60");
    HttpResponse<String> ended = caller.post("/v1/tasks", body, "Idempotency-Key", "order-17");
    assertThat(ended.statusCode()).isEqualTo(200);
    assertProblem(
        caller.post("/v1/tasks", "{\"type\":\"test.hold\"}", "Idempotency-Key", "order-17"),
        409,
        "id-in-use",
        "choose another id or Idempotency-Key");
  }

  @Test
  void problemsSayWhatToDo() throws Exception {
    assertProblem(task("{\"type\":\"test.sya\"}"), 422, "unknown-type", "did you mean 'test.say'");
    assertProblem(
        task("{\"type\":\"test.say\",\"arguments\":17}"), 422, "invalid-arguments", "do not fit");
    assertProblem(task("{\"type\": oops}"), 400, "malformed", "line 1, column");
    assertProblem(task("[1]"), 400, "malformed", "not a JSON object");
    assertProblem(task(""), 400, "malformed", "the body is empty");
    assertProblem(task("{\"tpye\":\"test.say\"}"), 422, "invalid", "did you mean 'type'?");
    assertProblem(task("{\"type\":\"test.say\",\"in\":\"10\"}"), 422, "invalid", "500ms");
    assertProblem(task("{\"type\":\"test.say\",\"id\":\"7\"}"), 400, "malformed", "UUID");
    assertProblem(
        task("{\"type\":\"test.say\",\"priority\":\"hi\"}"), 422, "invalid", "high, normal or low");
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
    assertProblem(
        task("{\"type\":\"test.say\",\"arguments\":\"" + "x".repeat(1 << 20) + "\"}"),
        413,
        "too-large",
        "store the data elsewhere");
    assertProblem(
        task("{\"arguments\":\"" + "x".repeat(2 << 20) + "\"}"),
        413,
        "too-large",
        "the body takes more than");
  }

  @Test
  void argumentsTravelExactlyAsTheyWereSent() {
    String arguments = "{\"price\": 1.10, \"big\": 12345678901234567890.123456789, \"t\":\"é\"}";
    String whole = "{\"arguments\": " + arguments + " , \"type\":\"a.b\"}";

    assertThat(read(whole).arguments()).hasToString(arguments);
    assertThat(read("{\"type\":\"a\",\"arguments\":17}").arguments()).hasToString("17");
    assertThat(read("{\"type\":\"a\",\"arguments\":-1.5e3 }").arguments()).hasToString("-1.5e3");
    assertThat(read("{\"type\":\"a\",\"arguments\":\"\\u00e9\"}").arguments())
        .hasToString("\"\\u00e9\"");
  }

  private static TaskRequest read(String json) {
    return TaskRequest.read(json.getBytes(StandardCharsets.UTF_8), Clock.systemUTC());
  }

  private HttpResponse<String> task(String body) throws Exception {
    return caller.post("/v1/tasks", body);
  }
}
