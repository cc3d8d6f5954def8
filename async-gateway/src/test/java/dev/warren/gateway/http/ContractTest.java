package dev.warren.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.api.LoginRefusedException;
import dev.warren.api.SendDeadlineException;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.wire.BatchOpened;
import dev.warren.engine.wire.Lineage;
import dev.warren.gateway.aggregate.ResultStore;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the OpenAPI document says, and what the API does: the same. */
@RabbitMq
class ContractTest {
  private static final String JSON = "application/json";
  private static final String NDJSON = "application/x-ndjson";
  private static final String TASK = "{\"type\":\"test.say\",\"arguments\":\"x\"}";
  private static final String LATER = "{\"type\":\"test.say\",\"arguments\":\"x\",\"in\":\"1h\"}";

  private final VirtualHost host;
  @TempDir Path folder;
  private final Contract contract = new Contract(document());

  ContractTest(VirtualHost host) {
    this.host = host;
  }

  @Test
  void everyRouteIsDescribedAndEveryDescriptionIsARoute() {
    try (LocalApi api = new LocalApi(folder, HttpSettings.ANY_PORT)) {
      assertThat(
              api.api().operations().stream()
                  .map(one -> one.method().name() + " " + one.path())
                  .collect(Collectors.toSet()))
          .isEqualTo(contract.operations());
    }
  }

  @Test
  void everyOperationAnswersWithEachOfItsStatusesAsItIsDescribed() throws Exception {
    withoutToken();
    fromAnotherSite();
    whileItStops();
    brokerRefuses();
    try (ServedGateway gateway = new ServedGateway(host, folder, HttpSettings.ANY_PORT)) {
      Calls calls = new Calls(gateway.caller());
      tasks(calls, gateway);
      batches(calls);
      members(calls, gateway.store());
      others(calls);
    }
    assertThat(contract.checked()).isEqualTo(contract.statuses());
  }

  private void tasks(Calls calls, ServedGateway gateway) throws Exception {
    String done = id(calls.call("POST /v1/tasks", "", JSON, TASK, "Prefer", "wait=60"));
    String id = id(calls.call("POST /v1/tasks", "", JSON, LATER));
    calls.call("POST /v1/tasks", "", JSON, "{");
    calls.call("POST /v1/tasks", "", JSON, "{\"type\":\"a.b\",\"id\":\"" + id + "\"}");
    calls.call("POST /v1/tasks", "", JSON, "x".repeat(2 << 20));
    calls.call("POST /v1/tasks", "", "text/plain", TASK);
    calls.call("POST /v1/tasks", "", JSON, "{\"type\":\"nobody.has.it\"}");
    String show = "GET /v1/tasks/{id}";
    for (String each : List.of(done, id, "x", TaskId.next().toString(), id + "?wait=soon")) {
      calls.call(show, each, "", "");
    }
    calls.call("POST /v1/tasks/{id}/cancel", id, "", "");
    calls.call("POST /v1/tasks/{id}/cancel", "x", "", "");
    String watch = "GET /v1/tasks/{id}/events";
    calls.call(watch, done, "", "");
    calls.call(watch, done, "", "", "Last-Event-ID", String.valueOf(Long.MAX_VALUE));
    calls.call(watch, done, "", "", "Last-Event-ID", "x");
    calls.call(watch, "x", "", "");
    calls.call(watch, TaskId.next().toString(), "", "");
    TaskId dead = TaskId.next();
    gateway.ended(dead, Lineage.of(dead), "{\"a\":[1,null]}");
    calls.call(show, dead.toString(), "", "");
  }

  private void batches(Calls calls) throws Exception {
    String create = "POST /v1/batches";
    String whole = id(calls.call(create + "?type=test.say", "", NDJSON, "\"a\"\n\"b\"\n"));
    calls.call(create + "?id=" + whole, "", NDJSON, TASK);
    String open = id(calls.call(create, "", JSON, "{\"description\":\"open\"}"));
    calls.call(create, "", JSON, "{");
    calls.call(create, "", JSON, "x".repeat(2 << 20));
    calls.call(create, "", "text/plain", "{}");
    calls.call(create, "", JSON, "{\"name\":\"x\"}");
    calls.call("GET /v1/batches", "", "", "");
    calls.call("GET /v1/batches?limit=x", "", "", "");
    String show = "GET /v1/batches/{id}";
    for (String each : List.of(whole + "?wait=60", open, "%20", "nothing", open + "?wait=x")) {
      calls.call(show, each, "", "");
    }
    String results = "GET /v1/batches/{id}/results";
    calls.call(results, whole, "", "");
    calls.call(results + "?limit=x", whole, "", "");
    calls.call(results, "%20", "", "");
    calls.call(results, "nothing", "", "");
    String events = "GET /v1/batches/{id}/events";
    calls.call(events, whole, "", "");
    calls.call(events, whole, "", "", "Last-Event-ID", String.valueOf(Long.MAX_VALUE));
    calls.call(events, whole, "", "", "Last-Event-ID", "x");
    calls.call(events, "%20", "", "");
    calls.call(events, "nothing", "", "");
    String cancel = "POST /v1/batches/{id}/cancel";
    calls.call(cancel, open, "", "");
    calls.call(cancel, "%20", "", "");
    calls.call(cancel, "nothing", "", "");
  }

  private void members(Calls calls, ResultStore store) throws Exception {
    String open = id(calls.call("POST /v1/batches", "", JSON, "{}"));
    String unseen = TaskId.next().toString();
    open(store, unseen);
    String add = "POST /v1/batches/{id}/tasks";
    calls.call(add, open, NDJSON, TASK);
    calls.call(add, open, NDJSON, "{");
    calls.call(add, "nothing", NDJSON, TASK);
    calls.call(add, unseen, NDJSON, TASK);
    calls.call(add, open, NDJSON, "x".repeat(2 << 20));
    calls.call(add, open, JSON, TASK);
    calls.call(add, open, NDJSON, "{\"type\":\"nobody.has.it\"}");
    String close = "POST /v1/batches/{id}/close";
    calls.call(close, open, "", "");
    calls.call(close, open, JSON, "{");
    calls.call(close, "nothing", "", "");
    calls.call(close, unseen, "", "");
    calls.call(close, open, JSON, "x".repeat(2 << 20));
    calls.call(close, open, "text/plain", "{}");
    calls.call(close, open, JSON, "{\"members\":-1}");
  }

  private void others(Calls calls) throws Exception {
    calls.call("GET /health/live", "", "", "");
    calls.call("GET /health/ready", "", "", "");
    calls.call("GET /metrics", "", "", "");
    calls.call("GET /openapi.json", "", "", "");
    calls.call("GET /v1/events?state=odd", "", "", "");
  }

  private void withoutToken() throws Exception {
    Path token = Files.writeString(folder.resolve("token"), "a-token-that-is-long-enough");
    try (LocalApi api =
        new LocalApi(folder.resolve("a"), HttpSettings.ANY_PORT.withTokenFile(token))) {
      all(new Calls(api.caller()), "401");
    }
  }

  private void fromAnotherSite() throws Exception {
    try (LocalApi api = new LocalApi(folder.resolve("b"), HttpSettings.ANY_PORT)) {
      all(new Calls(api.caller()), "403", "Origin", "https://site.example");
    }
  }

  private void whileItStops() throws Exception {
    try (LocalApi api = new LocalApi(folder.resolve("c"), HttpSettings.ANY_PORT)) {
      api.becomeUnready();
      Calls calls = new Calls(api.caller());
      // A stream that has begun ends in order.
      HttpRequest.Builder live = api.caller().request("/v1/events").GET();
      java.util.concurrent.CompletableFuture<HttpResponse<String>> stream =
          api.caller().sendAsync(live);
      org.awaitility.Awaitility.await()
          .atMost(ServedGateway.LIMIT)
          .until(() -> api.held("stream") == 1);
      api.api().beginStop();
      contract.check("GET /v1/events", stream.get(60, java.util.concurrent.TimeUnit.SECONDS));
      all(calls, "503");
    }
  }

  private void brokerRefuses() throws Exception {
    String batch = TaskId.next().toString();
    try (LocalApi api =
        new LocalApi(
            folder.resolve("d"),
            HttpSettings.ANY_PORT,
            () -> {
              throw new LoginRefusedException("the broker refuses user 'x'");
            })) {
      open(api.store(), batch);
      writing(new Calls(api.caller()), batch);
    }
    try (LocalApi api =
        new LocalApi(
            folder.resolve("e"),
            HttpSettings.ANY_PORT,
            () -> {
              throw new SendDeadlineException("no confirm came within 10 s: submit it again");
            })) {
      open(api.store(), batch);
      writing(new Calls(api.caller()), batch);
    }
  }

  private static void writing(Calls calls, String batch) throws Exception {
    calls.call("POST /v1/tasks", "", JSON, TASK);
    calls.call("POST /v1/tasks/{id}/cancel", TaskId.next().toString(), "", "");
    calls.call("POST /v1/batches", "", JSON, "{}");
    calls.call("POST /v1/batches/{id}/tasks?from=0", batch, NDJSON, TASK);
    calls.call("POST /v1/batches/{id}/close", batch, JSON, "{\"members\":1}");
    calls.call("POST /v1/batches/{id}/cancel", batch, "", "");
  }

  /** Every operation that has the status. */
  private void all(Calls calls, String status, String... headers) throws Exception {
    List<String> with = new ArrayList<>();
    for (String each : contract.statuses()) {
      if (each.endsWith(" " + status)) {
        with.add(each.substring(0, each.length() - 4));
      }
    }
    assertThat(with).hasSizeGreaterThan(10);
    for (String operation : with) {
      HttpResponse<String> answer =
          calls.call(operation, TaskId.next().toString(), "", "", headers);
      assertThat(answer.statusCode()).as(operation).isEqualTo(Integer.parseInt(status));
    }
  }

  private static void open(ResultStore store, String batch) {
    store.note(new BatchOpened(batch, "", Instant.now(), null)).toCompletableFuture().join();
  }

  private static String id(HttpResponse<String> answer) {
    return Caller.json(answer).path("id").asText();
  }

  private static JsonNode document() {
    try (var in = HttpApi.class.getResourceAsStream("openapi.json")) {
      return JsonCodec.tree(
          JsonText.of(
              new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)),
          "openapi.json");
    } catch (java.io.IOException impossible) {
      throw new java.io.UncheckedIOException(impossible);
    }
  }

  /** Calls that are checked against the document. */
  private final class Calls {
    private final Caller caller;

    Calls(Caller caller) {
      this.caller = caller;
    }

    /**
     * @param operation as in the document, and a query
     * @param id for the path, and a query
     */
    HttpResponse<String> call(
        String operation, String id, String type, String body, String... headers) throws Exception {
      String[] parts = operation.split(" ", 2);
      HttpRequest.Builder request =
          caller
              .request(parts[1].replace("{id}", id))
              .method(
                  parts[0],
                  body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
      if (!type.isEmpty()) {
        request.header("Content-Type", type);
      }
      if (headers.length > 0) {
        request.headers(headers);
      }
      HttpResponse<String> answer = caller.send(request);
      contract.check(operation.replaceAll("\\?.*", ""), answer);
      return answer;
    }
  }
}
