package dev.warren.gateway.http;

import static dev.warren.gateway.http.Caller.assertProblem;
import static dev.warren.gateway.http.ServedGateway.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.api.Outcome;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.wire.BatchOpened;
import dev.warren.engine.wire.Lineage;
import dev.warren.engine.wire.OutcomeEvent;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stays open: how it is bounded, and how it ends. */
class StreamsTest {
  private static final String BATCH = "0197f0aa-0000-7000-8000-000000000002";

  @TempDir Path folder;

  @Test
  void aReaderThatTakesNothingIsCutOffAndHoldsNothing() throws Exception {
    HttpSettings settings =
        HttpSettings.ANY_PORT.withLimits(
            HttpLimits.DEFAULT.withStreamTimes(Duration.ofSeconds(15), Duration.ofSeconds(1)));
    try (LocalApi api = new LocalApi(folder, settings);
        Socket socket = new Socket()) {
      open(api);
      String large = "\"" + "x".repeat(500_000) + "\"";
      for (int index = 0; index < 60; index++) {
        end(api, index, large);
      }
      socket.setReceiveBufferSize(4_096);
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), api.api().address().getPort()));
      ask(socket, "/v1/batches/" + BATCH + "/results");
      await().atMost(LIMIT).until(() -> api.held("stream") == 1);

      await().atMost(LIMIT).until(() -> api.held("stream") == 0);

      long got = drained(socket.getInputStream());
      assertThat(got).isLessThan(30_000_000);
    }
  }

  @Test
  void aSlowReaderGetsEverything() throws Exception {
    try (LocalApi api = new LocalApi(folder, HttpSettings.ANY_PORT)) {
      open(api);
      String large = "\"" + "x".repeat(200_000) + "\"";
      for (int index = 0; index < 60; index++) {
        end(api, index, large);
      }
      HttpResponse<InputStream> answer =
          api.caller()
              .sendForStream(api.caller().request("/v1/batches/" + BATCH + "/results").GET());
      long bytes = 0;
      int lines = 0;
      byte[] small = new byte[1_000];
      try (InputStream body = answer.body()) {
        for (int read = body.read(small); read >= 0; read = body.read(small)) {
          bytes += read;
          for (int i = 0; i < read; i++) {
            lines += small[i] == '\n' ? 1 : 0;
          }
        }
      }
      assertThat(lines).isEqualTo(60);
      assertThat(bytes).isGreaterThan(60 * 200_000L);
    }
  }

  @Test
  void streamsAreBoundedAndAQuietOneBeats() throws Exception {
    HttpSettings settings =
        HttpSettings.ANY_PORT.withLimits(
            HttpLimits.DEFAULT
                .withStreams(1)
                .withStreamTimes(Duration.ofMillis(100), Duration.ofSeconds(60)));
    try (LocalApi api = new LocalApi(folder, settings)) {
      try (EventReader first = api.caller().events("/v1/events", null)) {
        HttpResponse<String> second = api.caller().get("/v1/events");
        assertProblem(second, 503, "too-many", "1 streams already");
        assertThat(second.headers().firstValue("Retry-After")).hasValue("1");
        await()
            .pollDelay(Duration.ofMillis(400))
            .atMost(LIMIT)
            .until(() -> api.held("stream") == 1);
        end(api, 0, "1");
        assertThat(first.next().name()).isEqualTo("task");
        assertThat(first.comments()).isPositive();
      }
      await().atMost(LIMIT).until(() -> api.held("stream") == 0);
      try (EventReader free = api.caller().events("/v1/events", null)) {
        assertThat(free.status()).isEqualTo(200);
      }
    }
  }

  @Test
  void whatEndedBeforeNowIsToldAndNoMoreIfNobodyFollows() throws Exception {
    try (LocalApi api = new LocalApi(folder, HttpSettings.ANY_PORT)) {
      open(api);
      end(api, 0, "1");
      end(api, 1, "2");
      String all = api.caller().get("/v1/events?last=1000&follow=false").body();
      assertThat(all.lines().filter("event: task"::equals)).hasSize(2);
      String none = api.caller().get("/v1/events?follow=false").body();
      assertThat(none.lines().filter("event: task"::equals)).isEmpty();
      assertProblem(api.caller().get("/v1/events?last=-1"), 422, "invalid", "'last'");
    }
  }

  @Test
  void aReaderThatGoesAwayHoldsNothing() throws Exception {
    try (LocalApi api = new LocalApi(folder, HttpSettings.ANY_PORT)) {
      open(api);
      try (Socket socket =
          new Socket(InetAddress.getLoopbackAddress(), api.api().address().getPort())) {
        ask(socket, "/v1/batches/" + BATCH + "/events");
        await().atMost(LIMIT).until(() -> api.held("stream") == 1);
      }
      await().atMost(LIMIT).until(() -> api.held("stream") == 0);
    }
  }

  @Test
  void stoppingEndsStreamsAndWaitsInOrderAndRefusesWhatComes() throws Exception {
    try (LocalApi api = new LocalApi(folder, HttpSettings.ANY_PORT);
        Socket idle = new Socket(InetAddress.getLoopbackAddress(), api.api().address().getPort())) {
      open(api);
      idle.setSoTimeout(60_000);
      EventReader stream = api.caller().events("/v1/batches/" + BATCH + "/events", null);
      assertThat(stream.next().name()).isEqualTo("batch");
      CompletableFuture<HttpResponse<String>> waiting =
          api.caller().getAsync("/v1/batches/" + BATCH + "?wait=60");
      await().atMost(LIMIT).until(() -> api.held("wait") == 1);

      api.api().stop(Duration.ofSeconds(30));

      assertThat(stream.ended()).isTrue();
      assertThat(waiting.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
      ask(idle, "/v1/batches");
      String answer = new String(idle.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer)
          .startsWith("HTTP/1.1 503")
          .containsIgnoringCase("connection: close")
          .contains("urn:warren:problem:stopping");
    }
  }

  @Test
  void aBrokerThatIsAwayIsToldWithATimeToComeBack() throws Exception {
    try (LocalApi api = new LocalApi(folder, HttpSettings.ANY_PORT)) {
      HttpResponse<String> answer = api.caller().post("/v1/tasks", "{\"type\":\"echo\"}");
      assertProblem(answer, 503, "broker-unreachable", "send the request again later");
      assertThat(answer.headers().firstValue("Retry-After")).hasValue("5");
      // The answer is on its way before it is counted.
      await()
          .atMost(LIMIT)
          .until(
              () ->
                  api.registry()
                          .find("warren.http.requests")
                          .tags("method", "POST", "resource", "/v1/tasks", "status", "503")
                          .timer()
                      != null);
    }
  }

  private static void open(LocalApi api) {
    api.store().note(new BatchOpened(BATCH, "", Instant.now(), null)).toCompletableFuture().join();
  }

  private static void end(LocalApi api, long index, String result) {
    TaskId id = TaskId.next();
    Instant now = Instant.now();
    api.store()
        .note(
            new OutcomeEvent(
                id,
                1,
                "test.say",
                "async",
                1,
                "worker",
                "async",
                now,
                now,
                now,
                Outcome.Status.SUCCEEDED,
                JsonText.of(result),
                null,
                Lineage.of(id).withBatch(BATCH, index),
                false))
        .toCompletableFuture()
        .join();
  }

  private static void ask(Socket socket, String path) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(
        ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  private static long drained(InputStream in) {
    long sum = 0;
    byte[] part = new byte[64 * 1024];
    try {
      for (int read = in.read(part); read >= 0; read = in.read(part)) {
        sum += read;
      }
    } catch (IOException reset) {
      // As good as an end: the other side has cut the connection.
    }
    return sum;
  }
}
