package dev.warren.gateway.http;

import static dev.warren.gateway.http.Caller.assertProblem;
import static dev.warren.gateway.http.ServedGateway.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.wire.Lineage;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Batches over HTTP, on a real broker. */
@RabbitMq
class BatchResourceTest {
  private static final int MANY = 20_000;

  private final VirtualHost host;
  @TempDir Path folder;
  private ServedGateway gateway;
  private Caller caller;

  BatchResourceTest(VirtualHost host) {
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
  void twentyThousandLinesAreOneBatchWhoseResultsAreAllThere() throws Exception {
    String lines =
        IntStream.range(0, MANY).mapToObj(i -> "\"" + i + "\"\n").collect(Collectors.joining());

    HttpResponse<String> created =
        caller.postLines("/v1/batches?type=test.say&description=many", lines);
    assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
    JsonNode batch = Caller.json(created);
    assertThat(batch.path("members").asLong()).isEqualTo(MANY);
    assertThat(batch.path("description").asText()).isEqualTo("many");
    String location = created.headers().firstValue("Location").orElseThrow();

    HttpResponse<String> followed = caller.get(location + "/results?follow=true");
    Set<Long> members =
        followed
            .body()
            .lines()
            .map(line -> JsonCodec.tree(JsonText.of(line), "a line"))
            .peek(
                task ->
                    assertThat(task.path("result").asText())
                        .isEqualTo(task.path("batchIndex").asText()))
            .map(task -> task.path("batchIndex").asLong())
            .collect(Collectors.toSet());
    assertThat(members).hasSize(MANY);
    JsonNode after = Caller.json(caller.get(location + "?wait=60"));
    assertThat(after.path("state").asText()).isEqualTo("completed");
    assertThat(after.path("succeeded").asLong()).isEqualTo(MANY);
    assertThat(Caller.json(caller.get("/v1/batches?limit=1")).path("batches")).hasSize(1);
  }

  @Test
  void aWholeBatchThatIsSentAgainIsTheSameBatch() throws Exception {
    String lines = "{\"type\":\"test.say\",\"arguments\":\"a\"}\n".repeat(3);

    HttpResponse<String> first =
        caller.postLines("/v1/batches", lines, "Idempotency-Key", "import-7");
    HttpResponse<String> again =
        caller.postLines("/v1/batches", lines, "Idempotency-Key", "import-7");

    assertThat(again.statusCode()).as(again.body()).isEqualTo(201);
    String location = first.headers().firstValue("Location").orElseThrow();
    assertThat(again.headers().firstValue("Location")).contains(location);
    JsonNode batch = Caller.json(caller.get(location + "?wait=60"));
    assertThat(batch.path("members").asInt()).isEqualTo(3);
    assertThat(batch.path("succeeded").asInt()).isEqualTo(3);
  }

  @Test
  void aBatchThatIsCancelledCompletesWithItsMembersCancelled() throws Exception {
    HttpResponse<String> created =
        caller.postLines(
            "/v1/batches",
            """
            {"type":"test.hold","arguments":"runs"}
            {"type":"test.hold","arguments":"runs too"}
            {"type":"test.hold","arguments":"waits","in":"2s"}
            """);
    String location = created.headers().firstValue("Location").orElseThrow();

    HttpResponse<String> cancelled = caller.post(location + "/cancel", "");

    assertThat(cancelled.statusCode()).as(cancelled.body()).isEqualTo(202);
    JsonNode batch = Caller.json(caller.get(location + "?wait=60"));
    assertThat(batch.path("state").asText()).isEqualTo("completed");
    assertThat(batch.path("cancelled").asLong()).isEqualTo(3);
    assertThat(batch.has("cancelRequestedAt")).isTrue();
  }

  @Test
  void aBatchIsOpenedFilledInPartsAndClosed() throws Exception {
    String location =
        caller
            .post("/v1/batches", "{\"description\":\"parts\"}")
            .headers()
            .firstValue("Location")
            .orElseThrow();

    HttpResponse<String> first =
        caller.postLines(location + "/tasks?type=test.say", "\"a\"\n\"b\"");
    HttpResponse<String> second =
        caller.postLines(
            location + "/tasks",
            """
            {"type":"test.say","arguments":"c"}

            {"type":"test.refuse","arguments":"d","priority":"high"}
            """);

    assertThat(first.body()).isEqualTo("{\"added\":2,\"next\":2}");
    assertThat(second.body()).isEqualTo("{\"added\":2,\"next\":4}");
    assertThat(Caller.json(caller.get(location)).path("state").asText()).isEqualTo("open");
    JsonNode closed = Caller.json(caller.send(caller.request(location + "/close").POST(none())));
    assertThat(closed.path("members").asInt()).isEqualTo(4);
    JsonNode done = Caller.json(caller.get(location + "?wait=60"));
    assertThat(done.path("state").asText()).isEqualTo("completed");
    assertThat(done.path("succeeded").asInt()).isEqualTo(3);
    assertThat(done.path("dead").asInt()).isEqualTo(1);
    assertProblem(
        caller.postLines(location + "/tasks?type=test.say", "\"e\""),
        409,
        "batch-closed",
        "open another one");
    assertProblem(
        caller.post(location + "/close", "{\"members\":5}"), 409, "batch-closed", "with 4 members");
  }

  @Test
  void aBadLineIsToldAndTheRestCanBeSentAgainFromThere() throws Exception {
    HttpResponse<String> bad =
        caller.postLines(
            "/v1/batches",
            """
            {"type":"test.say","arguments":"0"}
            {"type":"test.say","arguments":"1"}
            {"type":"test.say","arguments":
            {"type":"test.say","arguments":"3"}
            """);
    assertProblem(bad, 400, "malformed", "line 3: ");
    JsonNode problem = Caller.json(bad);
    assertThat(problem.path("line").asInt()).isEqualTo(3);
    assertThat(problem.path("added").asInt()).isEqualTo(2);
    assertThat(problem.path("next").asInt()).isEqualTo(2);
    String location = "/v1/batches/" + problem.path("batch").asText();

    HttpResponse<String> unknown =
        caller.postLines(
            location + "/tasks?from=2",
            """
            {"type":"test.say","arguments":"2"}
            {"type":"test.sya","arguments":"3"}
            {"type":"test.say","arguments":"4"}
            """);
    assertProblem(unknown, 422, "unknown-type", "line 2: ");
    assertThat(Caller.json(unknown).path("next").asInt()).isEqualTo(3);

    caller.postLines(location + "/tasks?type=test.say", "\"3\"\n\"4\"\n");
    HttpResponse<String> tooLong =
        caller.postLines(
            location + "/tasks?type=test.say", "\"5\"\n\"" + "x".repeat(2 << 20) + "\"\n");
    assertProblem(tooLong, 413, "too-large", "line 2");
    caller.post(location + "/close", "{}");
    assertThat(results(location)).containsExactlyInAnyOrder("0", "1", "2", "3", "4", "5");
  }

  @Test
  void sendingLinesAgainConverges() throws Exception {
    String location =
        caller.post("/v1/batches", "{}").headers().firstValue("Location").orElseThrow();
    caller.postLines(location + "/tasks?from=0&type=test.say", "\"a\"\n\"b\"\n");
    caller.postLines(location + "/tasks?from=0&type=test.say", "\"a\"\n\"b\"\n\"c\"\n");

    JsonNode closed = Caller.json(caller.post(location + "/close", "{}"));
    assertThat(closed.path("members").asInt()).isEqualTo(3);
    JsonNode done = Caller.json(caller.get(location + "?wait=60"));
    assertThat(done.path("state").asText()).isEqualTo("completed");
    assertThat(done.path("succeeded").asInt()).isEqualTo(3);
    assertThat(results(location)).containsExactlyInAnyOrder("a", "b", "c");
  }

  @Test
  void theEventsOfABatchAreResumedWithoutGapOrDoubling() throws Exception {
    String id = "0197f0aa-0000-7000-8000-000000000001";
    caller.post("/v1/batches", "{\"id\":\"" + id + "\"}");
    String path = "/v1/batches/" + id + "/events";
    for (int index = 0; index < 40; index++) {
      end(id, index);
    }
    List<Long> seen = new ArrayList<>();
    String last;
    try (EventReader events = caller.events(path, null)) {
      EventReader.Event event = events.next();
      while (seen.size() < 25) {
        if (event.name().equals("task")) {
          seen.add(event.json().path("batchIndex").asLong());
        }
        if (seen.size() < 25) {
          event = events.next();
        }
      }
      last = event.id();
    }
    await().atMost(LIMIT).until(() -> gateway.held("stream") == 0);

    List<String> names = new ArrayList<>();
    try (EventReader events = caller.events(path, last)) {
      for (int index = 40; index < 60; index++) {
        end(id, index);
      }
      caller.post("/v1/batches/" + id + "/close", "{\"members\":60}");
      EventReader.Event event = events.next();
      while (!event.name().equals("completed")) {
        names.add(event.name());
        if (event.name().equals("task")) {
          seen.add(event.json().path("batchIndex").asLong());
        }
        event = events.next();
      }
      assertThat(event.json().path("succeeded").asInt()).isEqualTo(60);
      assertThat(events.ended()).isTrue();
      last = event.id();
    }
    assertThat(seen).hasSize(60).doesNotHaveDuplicates();
    assertThat(names).contains("batch");
    // Also when the closing has come back through the broker.
    String end = last;
    await().during(Duration.ofSeconds(1)).atMost(LIMIT).until(() -> nothingMore(path, end));
  }

  private boolean nothingMore(String path, String from) throws Exception {
    try (EventReader again = caller.events(path, from)) {
      return again.status() == 204;
    }
  }

  @Test
  void everythingThatEndsIsOnTheLiveFeedOfThoseWhoWantIt() throws Exception {
    try (EventReader all = caller.events("/v1/events", null);
        EventReader none = caller.events("/v1/events?type=other", "0");
        EventReader dead = caller.events("/v1/events?state=dead&queue=async", null)) {
      caller.post("/v1/tasks", "{\"type\":\"test.say\",\"arguments\":\"x\"}", "Prefer", "wait=60");
      caller.post(
          "/v1/tasks", "{\"type\":\"test.refuse\",\"arguments\":\"x\"}", "Prefer", "wait=60");

      assertThat(all.next().json().path("state").asText()).isEqualTo("succeeded");
      assertThat(all.next().json().path("state").asText()).isEqualTo("dead");
      assertThat(dead.next().json().path("type").asText()).isEqualTo("test.refuse");
      gateway.beginStop();
      assertThat(none.ended()).isTrue();
    }
  }

  @Test
  void aCancelledBatchSaysSo() throws Exception {
    HttpResponse<String> created =
        caller.postLines(
            "/v1/batches", "{\"type\":\"test.say\",\"arguments\":\"x\",\"in\":\"1h\"}\n");
    String location = created.headers().firstValue("Location").orElseThrow();

    HttpResponse<String> cancelled = caller.send(caller.request(location + "/cancel").POST(none()));

    assertThat(cancelled.statusCode()).as(cancelled.body()).isEqualTo(202);
    assertThat(Caller.json(cancelled).has("cancelRequestedAt")).isTrue();
    String task =
        Caller.json(
                caller.post(
                    "/v1/tasks", "{\"type\":\"test.say\",\"arguments\":\"x\",\"in\":\"1h\"}"))
            .path("id")
            .asText();
    HttpResponse<String> one =
        caller.send(caller.request("/v1/tasks/" + task + "/cancel").POST(none()));
    assertThat(one.statusCode()).as(one.body()).isEqualTo(202);
    assertThat(Caller.json(one).path("state").asText()).isEqualTo("delayed");
    assertProblem(
        caller.send(caller.request("/v1/batches/nothing/cancel").POST(none())),
        404,
        "unknown-batch",
        "GET /v1/batches");
  }

  private void end(String batch, long index) {
    TaskId id = TaskId.next();
    gateway.ended(id, Lineage.of(id).withBatch(batch, index), "1");
  }

  private List<String> results(String location) throws Exception {
    return caller
        .get(location + "/results?follow=true")
        .body()
        .lines()
        .map(line -> JsonCodec.tree(JsonText.of(line), "a line").path("result").asText())
        .toList();
  }

  private static java.net.http.HttpRequest.BodyPublisher none() {
    return java.net.http.HttpRequest.BodyPublishers.noBody();
  }
}
