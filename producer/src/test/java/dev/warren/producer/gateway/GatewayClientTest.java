package dev.warren.producer.gateway;

import static dev.warren.producer.gateway.FakeGateway.Answer.events;
import static dev.warren.producer.gateway.FakeGateway.Answer.json;
import static dev.warren.producer.gateway.FakeGateway.Answer.lines;
import static dev.warren.producer.gateway.FakeGateway.Answer.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.api.AccessDeniedException;
import dev.warren.api.AwaitTimeoutException;
import dev.warren.api.GatewayRequiredException;
import dev.warren.api.TaskId;
import dev.warren.engine.connection.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GatewayClientTest {
  private static final TaskId TASK = TaskId.of("01999999-0000-7000-8000-000000000001");
  private static final String BATCH = "01999999-0000-7000-8000-0000000000b1";
  private static final String DEAD =
      """
      {"id":"01999999-0000-7000-8000-000000000001","generation":1,"type":"echo","queue":"default",\
      "state":"dead","attempt":3,"worker":"w","lane":"virtual","endedAt":"2026-11-22T10:00:01.5Z",\
      "failure":{"type":"java.io.IOException","message":"no route"},"batch":"b","batchIndex":7,\
      "newer":{"field":1},"sequence":12}""";

  private final FakeGateway gateway;
  private final GatewayClient client;

  GatewayClientTest() throws IOException {
    gateway = new FakeGateway();
    client = new GatewayClient(GatewaySettings.of(gateway.uri()));
  }

  @AfterEach
  void close() {
    client.close();
    gateway.close();
  }

  private static String batch(String state, long succeeded, String more) {
    return "{\"id\":\""
        + BATCH
        + "\",\"description\":\"d\",\"state\":\""
        + state
        + "\",\"succeeded\":"
        + succeeded
        + ",\"dead\":1,\"cancelled\":0,\"expired\":0,\"ended\":"
        + (succeeded + 1)
        + more
        + ",\"sequence\":9}";
  }

  private static String result(int sequence) {
    return "{\"id\":\"01999999-0000-7000-8000-00000000010"
        + sequence
        + "\",\"state\":\"succeeded\",\"result\":{\"n\":"
        + sequence
        + "},\"sequence\":"
        + sequence
        + "}\n";
  }

  @Test
  void aTaskIsReadWithWhatIsKnownOfIt() {
    gateway.on("/v1/tasks/" + TASK, json(DEAD));
    TaskStatus task = client.task(TASK).orElseThrow();
    assertThat(task.state()).isEqualTo(TaskStatus.State.DEAD);
    assertThat(task.state().ended()).isTrue();
    assertThat(task.attempt()).isEqualTo(3);
    assertThat(task.endedAt()).isEqualTo(Instant.parse("2026-11-22T10:00:01.5Z"));
    assertThat(task.startedAt()).isNull();
    assertThat(task.batchIndex()).isEqualTo(7);
    assertThat(task.failure()).isNotNull();
    assertThat(task.json().path("newer").path("field").asInt()).isEqualTo(1);
  }

  @Test
  void whatTheGatewayHasNotHeardOfIsEmptyAndNoFailure() {
    gateway.on("/v1/tasks/" + TASK, problem(404, "unknown-task", "not yet"));
    gateway.on("/v1/batches/" + BATCH, problem(404, "unknown-batch", "never"));
    assertThat(client.task(TASK)).isEmpty();
    assertThat(client.batch(BATCH)).isEmpty();
  }

  @Test
  void aBatchIsAwaitedUntilItIsOver() {
    gateway.on(
        "/v1/batches/" + BATCH,
        problem(404, "unknown-batch", "not yet"),
        json(batch("open", 1, "")),
        json(batch("completed", 2, ",\"members\":3")));
    BatchStatus status = client.awaitBatch(BATCH, Duration.ofSeconds(20));
    assertThat(status.state()).isEqualTo(BatchStatus.State.COMPLETED);
    assertThat(status.total()).hasValue(3);
    assertThat(status.ended()).isEqualTo(3);
    assertThat(status.failed()).isEqualTo(1);
    assertThat(gateway.seen()).hasSize(3).allMatch(seen -> seen.target().contains("?wait="));
  }

  @Test
  void aWaitOutlivesAGatewayThatIsAwayForAMoment() {
    var open = json(batch("open", 1, ""));
    gateway.on(
        "/v1/batches/" + BATCH, open, open.cutOff(), json(batch("completed", 2, ",\"members\":3")));

    BatchStatus status = client.awaitBatch(BATCH, Duration.ofSeconds(20));

    assertThat(status.state()).isEqualTo(BatchStatus.State.COMPLETED);
  }

  @Test
  void aWaitForAGatewayThatNeverAnsweredFailsAtOnce() {
    gateway.on("/v1/batches/" + BATCH, json(batch("open", 1, "")).cutOff());

    assertThatThrownBy(() -> client.awaitBatch(BATCH, Duration.ofSeconds(20)))
        .isInstanceOf(GatewayRequiredException.class);
  }

  @Test
  void aWaitHasALimit() {
    gateway.on("/v1/batches/" + BATCH, json(batch("open", 1, "")));
    assertThatThrownBy(() -> client.awaitBatch(BATCH, Duration.ofMillis(50)))
        .isInstanceOf(AwaitTimeoutException.class)
        .hasMessageContaining("2 members have ended");
  }

  @Test
  void theLatestBatchesAreListed() {
    gateway.on("/v1/batches", json("{\"batches\":[" + batch("closed", 4, ",\"members\":9") + "]}"));
    assertThat(client.batches(5))
        .singleElement()
        .satisfies(each -> assertThat(each.members()).isEqualTo(9));
    assertThat(gateway.seen().getFirst().target()).isEqualTo("/v1/batches?limit=5");
  }

  @Test
  void resultsThatAreCutOffGoOnWhereTheyWere() {
    String path = "/v1/batches/" + BATCH + "/results";
    gateway.on(path, lines(result(1) + result(2)).cutOff(), lines(result(3)));
    gateway.on("/v1/batches/" + BATCH, json(batch("completed", 3, "")));
    List<Long> sequences = new ArrayList<>();
    try (Feed<TaskStatus> feed = client.results(BATCH, 0, true)) {
      for (Optional<TaskStatus> next = feed.next(); next.isPresent(); next = feed.next()) {
        sequences.add(next.get().sequence());
      }
    }
    assertThat(sequences).containsExactly(1L, 2L, 3L);
    assertThat(gateway.seen())
        .extracting(FakeGateway.Seen::target)
        .containsExactly(
            path + "?after=0&follow=true", path + "?after=2&follow=true", "/v1/batches/" + BATCH);
  }

  @Test
  void eventsGoOnAfterTheLastThatWasSeen() {
    gateway.on(
        "/v1/events",
        events(
            ": hello\n\nid: 5\nevent: task\ndata: {\"a\":\ndata: 1}\n\nid: 6\ndata: no json\n\n"),
        events("id: 7\nevent: task\ndata: {\"a\":2}\n\n"));
    EventFilter filter = new EventFilter("a.b", "default", TaskStatus.State.DEAD);
    try (Feed<ServerEvent> feed = client.events(filter, 3, true)) {
      ServerEvent first = feed.next().orElseThrow();
      assertThat(first.id()).isEqualTo("5");
      assertThat(first.name()).isEqualTo("task");
      assertThat(first.data().path("a").asInt()).isEqualTo(1);
      assertThat(feed.next().orElseThrow().data().path("a").asInt()).isEqualTo(2);
    }
    assertThat(gateway.seen().get(0).target())
        .isEqualTo("/v1/events?type=a.b&queue=default&state=dead&follow=true&last=3");
    assertThat(gateway.seen().get(1).target()).endsWith("last=0");
    assertThat(gateway.seen().get(1).header("Last-event-id")).isEqualTo("6");
  }

  @Test
  void nothingLeftIsTheEndOfAFeedAndNoLoss() {
    gateway.on(
        "/v1/events",
        events("id: 5\nevent: task\ndata: {\"a\":1}\n\n"),
        FakeGateway.Answer.nothingMore());
    try (Feed<ServerEvent> feed = client.events(EventFilter.ALL, 0, true)) {
      assertThat(feed.next()).isPresent();
      assertThat(feed.next()).isEmpty();
      assertThat(feed.next()).isEmpty();
    }
    assertThat(gateway.seen()).hasSize(2);
  }

  @Test
  void whatAStoppingGatewayLeavesOutComesFromTheNextOne() {
    gateway.on("/v1/batches/" + BATCH + "/results", lines(result(1)), lines(result(2)), lines(""));
    gateway.on(
        "/v1/batches/" + BATCH,
        json(batch("closed", 1, "")),
        problem(503, "stopping", "try again"),
        json(batch("completed", 2, "")));
    try (Feed<TaskStatus> feed = client.results(BATCH, 0, true)) {
      assertThat(feed.next().orElseThrow().sequence()).isEqualTo(1);
      assertThat(feed.next().orElseThrow().sequence()).isEqualTo(2);
      assertThat(feed.next()).isEmpty();
    }
    assertThat(gateway.seen().stream().map(FakeGateway.Seen::target))
        .contains("/v1/batches/" + BATCH + "/results?after=1&follow=true");
  }

  @Test
  void aResultIsPassedOnAsItStands() {
    String task =
        "{\"id\":\"" + TASK + "\",\"state\":\"succeeded\",\"result\":[1.50, 1e400],\"sequence\":1}";
    gateway.on("/v1/tasks/" + TASK, json(task));
    gateway.on("/v1/batches/" + BATCH + "/results", lines(task + "\n"));
    gateway.on("/v1/events", events("id: 1\nevent: task\ndata: " + task + "\n\n"));
    assertThat(client.task(TASK).orElseThrow().result()).hasToString("[1.50, 1e400]");
    assertThat(client.task(TASK).orElseThrow().json()).hasToString(task);
    try (Feed<TaskStatus> results = client.results(BATCH, 0, false);
        Feed<ServerEvent> told = client.events(EventFilter.ALL, 1, false)) {
      assertThat(results.next().orElseThrow().result()).hasToString("[1.50, 1e400]");
      assertThat(told.next().orElseThrow().data()).hasToString(task);
    }
  }

  @Test
  void aFeedThatIsClosedLetsItsReaderGo() {
    // Comments keep the connection; no event ever comes.
    gateway.on("/v1/events", events(": nothing\n\n"));
    Feed<ServerEvent> feed = client.events(EventFilter.ALL, 0, true);
    CompletableFuture<Optional<ServerEvent>> reader =
        CompletableFuture.supplyAsync(feed::next).orTimeout(20, TimeUnit.SECONDS);
    feed.close();
    assertThat(reader.join()).isEmpty();
  }

  @Test
  void anEmptyPortNeedsAGateway() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    try (GatewayClient nobody =
        new GatewayClient(GatewaySettings.of(URI.create("http://127.0.0.1:" + port)))) {
      assertThatThrownBy(() -> nobody.task(TASK))
          .isInstanceOf(GatewayRequiredException.class)
          .hasMessageContaining("no gateway answers at http://127.0.0.1:" + port)
          .hasMessageContaining("warren up");
      assertThatThrownBy(() -> nobody.events(EventFilter.ALL, 0, true).next())
          .isInstanceOf(GatewayRequiredException.class);
    }
  }

  @Test
  void anotherServerIsNotTakenForAGateway() {
    gateway.on("/v1/tasks/" + TASK, new FakeGateway.Answer(404, "text/html", "<h1>no</h1>", false));
    assertThatThrownBy(() -> client.task(TASK))
        .isInstanceOf(GatewayRequiredException.class)
        .hasMessageContaining("is no Warren gateway (status 404, text/html)");
  }

  @Test
  void aGatewayThatNeverAnswersHasADeadline() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        GatewayClient patient =
            new GatewayClient(
                GatewaySettings.of(URI.create("http://127.0.0.1:" + silent.getLocalPort()))
                    .withDeadline(Duration.ofSeconds(1)))) {
      assertThatThrownBy(() -> patient.task(TASK))
          .isInstanceOf(GatewayRequiredException.class)
          .hasMessageContaining("no answer within 1 s");
    }
  }

  @Test
  void aTokenIsSentAndItsRefusalTold() {
    gateway.on("/v1/batches", problem(401, "unauthorized", "no"));
    assertThatThrownBy(() -> client.batches(1))
        .isInstanceOf(AccessDeniedException.class)
        .hasMessageContaining("wants a token")
        .hasMessageContaining("gateway.token-file");
    try (GatewayClient known =
        new GatewayClient(GatewaySettings.of(gateway.uri()).withToken(Secret.of("t0ken")))) {
      assertThatThrownBy(() -> known.batches(1))
          .isInstanceOf(AccessDeniedException.class)
          .hasMessageContaining("refuses the token")
          .hasMessageNotContaining("t0ken");
    }
    assertThat(gateway.seen().get(1).header("Authorization")).isEqualTo("Bearer t0ken");
  }

  @Test
  void aRefusalTellsWhatTheGatewaySays() {
    gateway.on("/v1/batches/" + BATCH + "/close", problem(409, "conflict", "it is closed with 3"));
    assertThatThrownBy(() -> client.closeBatch(BATCH, 4))
        .isInstanceOfSatisfying(
            GatewayRefusedException.class,
            refused -> {
              assertThat(refused.problem()).isEqualTo("conflict");
              assertThat(refused).hasMessage("it is closed with 3");
            });
    assertThat(gateway.seen().getFirst().body()).isEqualTo("{\"members\":4}");
  }
}
