package dev.warren.gateway.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.warren.api.RejectedTask;
import dev.warren.api.Verdict;
import dev.warren.gateway.lane.AttemptInTest;
import dev.warren.gateway.tasks.HttpRequest.Arguments;
import dev.warren.gateway.tasks.HttpRequest.Result;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpRequestTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final TasksInTest tasks = new TasksInTest(Map.of("http.allow", "127.0.0.1"));
  private final List<TasksInTest> others = new ArrayList<>();
  private final Queue<HttpServerRequest> seen = new ConcurrentLinkedQueue<>();
  private final AtomicInteger open = new AtomicInteger();

  @AfterEach
  void close() {
    others.forEach(TasksInTest::close);
    tasks.close();
  }

  private TasksInTest with(Map<String, String> settings) {
    TasksInTest other = new TasksInTest(settings);
    others.add(other);
    return other;
  }

  private static String path(HttpServerRequest request) {
    return Objects.requireNonNull(request.path());
  }

  /** A server on loopback; returns its port. */
  private int serve(Consumer<HttpServerRequest> handler) {
    HttpServer server =
        tasks
            .vertx
            .createHttpServer(new HttpServerOptions().setAcceptBacklog(4_096))
            .connectionHandler(
                connection -> {
                  open.incrementAndGet();
                  connection.closeHandler(closed -> open.decrementAndGet());
                })
            .requestHandler(
                request -> {
                  seen.add(request);
                  handler.accept(request);
                });
    return server.listen(0, "127.0.0.1").await().actualPort();
  }

  private static Arguments get(int port, String path) {
    return Arguments.get("http://127.0.0.1:" + port + path);
  }

  /** The arguments that some test needs, by name. */
  private record Given(
      String url,
      @Nullable Duration timeout,
      @Nullable Integer redirects,
      @Nullable Long maxBytes,
      @Nullable List<Integer> ok) {
    Arguments arguments() {
      return new Arguments(url, null, null, null, null, timeout, redirects, maxBytes, ok, null);
    }
  }

  private static Arguments within(int port, String path, Duration timeout) {
    return new Given("http://127.0.0.1:" + port + path, timeout, null, null, null).arguments();
  }

  private static Verdict.Retry<Result> retry(Verdict<Result> verdict) {
    assertThat(verdict).isInstanceOf(Verdict.Retry.class);
    return (Verdict.Retry<Result>) verdict;
  }

  @Test
  void itReturnsStatusHeadersAndText() throws Exception {
    int port =
        serve(
            request ->
                request
                    .response()
                    .setStatusCode(404)
                    .putHeader("X-One", (Iterable<String>) List.of("a", "b"))
                    .putHeader("Content-Type", "text/plain; charset=iso-8859-1")
                    .end(Buffer.buffer(new byte[] {'s', 'c', 'h', (byte) 0xf6, 'n'})));

    Result result = tasks.done(HttpRequest.TYPE, get(port, "/a?b=c"));

    assertThat(result.status()).isEqualTo(404);
    assertThat(result.headers())
        .containsEntry("x-one", "a, b")
        .containsEntry("content-length", "5");
    assertThat(result.body()).isEqualTo("schön");
    assertThat(result.encoding()).isEqualTo("text");
    assertThat(result.url()).isEqualTo("http://127.0.0.1:" + port + "/a?b=c");
    assertThat(result.redirects()).isZero();
    assertThat(seen.element().method().name()).isEqualTo("GET");
    assertThat(seen.element().getHeader("Host")).isEqualTo("127.0.0.1:" + port);
    assertThat(seen.element().getHeader("User-Agent")).isEqualTo("warren");
  }

  @Test
  void whatIsNoTextComesInBase64() throws Exception {
    int port =
        serve(request -> request.response().end(Buffer.buffer(new byte[] {(byte) 0xff, 0, 1})));

    Result result = tasks.done(HttpRequest.TYPE, get(port, "/"));

    assertThat(result.encoding()).isEqualTo("base64");
    assertThat(result.body()).isEqualTo("/wAB");
  }

  @Test
  void jsonIsPostedWithAKeyThatIsTheSameForEveryAttempt() throws Exception {
    int port =
        serve(request -> request.body().onSuccess(body -> request.response().end("got " + body)));
    Arguments arguments =
        new Arguments(
            "http://me:se%40cret@127.0.0.1:" + port + "/",
            null,
            Map.of("X-Mine", "1"),
            null,
            Map.of("number", 1),
            null,
            null,
            null,
            null,
            null);

    AttemptInTest<Arguments, Result> attempt = tasks.start(HttpRequest.TYPE, arguments);

    assertThat(attempt.verdict())
        .succeedsWithin(LIMIT)
        .satisfies(
            verdict -> {
              Result result = ((Verdict.Done<Result>) verdict).result();
              assertThat(result.body()).isEqualTo("got {\"number\":1}");
              assertThat(result.url()).isEqualTo("http://127.0.0.1:" + port + "/");
            });
    HttpServerRequest request = seen.element();
    assertThat(request.method().name()).isEqualTo("POST");
    assertThat(request.getHeader("Content-Type")).isEqualTo("application/json");
    assertThat(request.getHeader("Idempotency-Key")).isEqualTo(attempt.idempotencyKey());
    assertThat(request.getHeader("X-Mine")).isEqualTo("1");
    // me:se@cret
    assertThat(request.getHeader("Authorization")).isEqualTo("Basic bWU6c2VAY3JldA==");
  }

  @Test
  void addressesThatAreNotAllowedAreRefusedHoweverTheyAreNamed() {
    int port = serve(request -> request.response().end("secret"));
    TasksInTest closed = with(Map.of());
    closed.name("inside.test", "127.0.0.1", "10.0.0.1");
    for (String host :
        new String[] {"127.0.0.1", "inside.test", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"}) {
      assertThatThrownBy(
              () -> closed.run(HttpRequest.TYPE, Arguments.get("http://" + host + ":" + port)))
          .as(host)
          .isInstanceOf(RejectedTask.class)
          .hasMessageContaining("does not connect to")
          .hasMessageContaining("--set http.allow=");
    }
    assertThat(seen).isEmpty();
  }

  @Test
  void theRealResolverIsCheckedToo() {
    int port = serve(request -> request.response().end("secret"));
    TasksInTest closed = with(Map.of());
    Destinations destinations =
        new Destinations(
            HostLookup.ofSystem(closed.vertx), AddressRules.of(name -> java.util.Optional.empty()));

    assertThatThrownBy(() -> destinations.of("localhost").await())
        .isInstanceOf(RejectedTask.class)
        .hasMessageContaining("loopback");
    assertThatThrownBy(() -> destinations.of("127.0.0.1").await()).isInstanceOf(RejectedTask.class);
    assertThat(port).isPositive();
    assertThat(seen).isEmpty();
  }

  @Test
  void ofAHostWithSeveralAddressesOnlyTheOpenOnesAreUsed() throws Exception {
    int port = serve(request -> request.response().end("fine"));
    tasks.name("mixed.test", "10.255.255.1", "127.0.0.1");

    assertThat(
            tasks.done(HttpRequest.TYPE, Arguments.get("http://mixed.test:" + port + "/")).body())
        .isEqualTo("fine");
    assertThat(seen.element().getHeader("Host")).isEqualTo("mixed.test:" + port);
  }

  @Test
  void aNameThatChangesItsAddressAfterTheCheckLeadsNowhereElse() throws Exception {
    int port = serve(request -> request.response().end("checked"));
    tasks.names.put("rebinding.test", List.of(List.of("127.0.0.1"), List.of("10.0.0.1")));

    // Were the name resolved again on the way to the connection, it would be 10.0.0.1.
    Result first =
        tasks.done(HttpRequest.TYPE, Arguments.get("http://rebinding.test:" + port + "/"));
    assertThat(first.body()).isEqualTo("checked");
    assertThatThrownBy(
            () -> tasks.run(HttpRequest.TYPE, Arguments.get("http://rebinding.test:" + port + "/")))
        .isInstanceOf(RejectedTask.class)
        .hasMessageContaining("10.0.0.1 is private");
  }

  @Test
  void aRedirectToAClosedAddressIsRefused() {
    TasksInTest closed = with(Map.of("http.allow", "outside.test"));
    int secret = serve(request -> request.response().end("secret"));
    closed.name("outside.test", "127.0.0.1");
    closed.name("inside.test", "127.0.0.1");
    for (String location :
        new String[] {
          "http://127.0.0.1:" + secret + "/", "http://inside.test:" + secret + "/", "//[::1]/",
        }) {
      int port =
          serve(
              request ->
                  request.response().setStatusCode(302).putHeader("Location", location).end());
      seen.clear();
      assertThatThrownBy(
              () ->
                  closed.run(HttpRequest.TYPE, Arguments.get("http://outside.test:" + port + "/")))
          .as(location)
          .isInstanceOf(RejectedTask.class)
          .hasMessageContaining("loopback");
      assertThat(seen).hasSize(1);
    }
  }

  @Test
  void redirectsAreFollowedAndCredentialsStayWithTheirOrigin() throws Exception {
    tasks.name("other.test", "127.0.0.1");
    tasks.name("first.test", "127.0.0.1");
    TasksInTest allowed = with(Map.of("http.allow", "first.test,other.test"));
    allowed.names.putAll(tasks.names);
    int last = serve(request -> request.response().end("arrived"));
    int first =
        serve(
            request ->
                request
                    .response()
                    .setStatusCode(302)
                    .putHeader(
                        "Location",
                        path(request).equals("/")
                            ? "/second"
                            : "http://user:pw@other.test:" + last + "/third?x=1")
                    .end("moved"));
    Map<String, String> headers =
        Map.of(
            "Cookie", "session=1", "Authorization", "Bearer t", "X-Api-Key", "k", "Accept", "a/b");

    Result result =
        allowed.done(
            HttpRequest.TYPE,
            new Arguments(
                "http://first.test:" + first + "/",
                "POST",
                headers,
                "text",
                null,
                null,
                null,
                null,
                null,
                null));

    assertThat(result.body()).isEqualTo("arrived");
    assertThat(result.redirects()).isEqualTo(2);
    assertThat(result.url()).isEqualTo("http://other.test:" + last + "/third?x=1");
    List<HttpServerRequest> all = List.copyOf(seen);
    assertThat(all)
        .extracting(request -> request.method().name())
        .containsExactly("POST", "GET", "GET");
    assertThat(all.get(1).getHeader("Cookie")).isEqualTo("session=1");
    assertThat(all.get(1).getHeader("Authorization")).isEqualTo("Bearer t");
    assertThat(all.get(1).getHeader("Content-Type")).isNull();
    assertThat(all.get(2).getHeader("Cookie")).isNull();
    assertThat(all.get(2).getHeader("Authorization")).isNull();
    assertThat(all.get(2).getHeader("X-Api-Key")).isNull();
    assertThat(all.get(2).getHeader("Accept")).isEqualTo("a/b");
    assertThat(all.get(2).getHeader("Host")).isEqualTo("other.test:" + last);
  }

  @Test
  void redirectsHaveALimitAndCanBeLeftAlone() throws Exception {
    int port =
        serve(
            request -> request.response().setStatusCode(307).putHeader("Location", "/again").end());
    String url = "http://127.0.0.1:" + port + "/";

    assertThatThrownBy(
            () -> tasks.run(HttpRequest.TYPE, new Given(url, null, 3, null, null).arguments()))
        .isInstanceOf(RejectedTask.class)
        .hasMessageContaining("redirects more than 3 times");
    assertThat(seen).hasSize(4);
    Result left = tasks.done(HttpRequest.TYPE, new Given(url, null, 0, null, null).arguments());
    assertThat(left.status()).isEqualTo(307);
    assertThat(left.headers()).containsEntry("location", "/again");
  }

  @Test
  void aBodyThatIsTooLargeIsNotTakenInWhole() {
    int port =
        serve(
            request -> {
              request.response().setChunked(true);
              tasks.vertx.setPeriodic(
                  1,
                  timer -> {
                    if (request.response().closed()) {
                      tasks.vertx.cancelTimer(timer);
                    } else {
                      request.response().write("x".repeat(1_000));
                    }
                  });
            });

    assertThatThrownBy(
            () ->
                tasks.run(
                    HttpRequest.TYPE,
                    new Given("http://127.0.0.1:" + port + "/", null, null, 10_000L, null)
                        .arguments()))
        .isInstanceOf(RejectedTask.class)
        .hasMessageContaining("larger than 10000 bytes");
    await().atMost(LIMIT).until(() -> open.get() == 0);
  }

  @Test
  void aBodyThatComesTooSlowlyIsBrokenOffAtTheTimeout() throws Exception {
    int port =
        serve(
            request -> {
              request.response().setChunked(true).write("a little");
            });

    Verdict<Result> verdict =
        tasks.run(HttpRequest.TYPE, within(port, "/slow?token=s", Duration.ofMillis(300)));

    assertThat(verdict)
        .isInstanceOfSatisfying(
            Verdict.Retry.class,
            retry ->
                assertThat(retry.failure().toString())
                    .isEqualTo("Unreachable: no complete answer within 300 ms"));
    await().atMost(LIMIT).until(() -> open.get() == 0);
  }

  @Test
  void beingToldToStopClosesTheSocketWhetherTheAnswerHasBegunOrNot() throws Exception {
    int port =
        serve(
            request -> {
              if (path(request).equals("/begun")) {
                request.response().setChunked(true).write("a little");
              }
            });
    for (String path : new String[] {"/begun", "/silent"}) {
      seen.clear();
      AttemptInTest<Arguments, Result> attempt = tasks.start(HttpRequest.TYPE, get(port, path));
      await().atMost(LIMIT).until(() -> seen.size() == 1 && open.get() == 1);

      attempt.cancel();

      await().atMost(LIMIT).until(() -> open.get() == 0);
      assertThat(attempt.verdict())
          .succeedsWithin(LIMIT)
          .isInstanceOfSatisfying(
              Verdict.Retry.class,
              retry -> assertThat(retry.failure().type()).isEqualTo("Stopped"));
    }
    assertThat(tasks.lane.running()).isZero();
  }

  @Test
  void aServerThatIsBusyIsAskedAgainWhenItSaysSo() throws Exception {
    int port =
        serve(
            request ->
                request
                    .response()
                    .setStatusCode(Integer.parseInt(path(request).substring(1)))
                    .putHeader("Retry-After", "17")
                    .end());

    for (int status : new int[] {429, 502, 503, 504}) {
      Verdict.Retry<Result> retry = retry(tasks.run(HttpRequest.TYPE, get(port, "/" + status)));
      assertThat(retry.after()).contains(Duration.ofSeconds(17));
      assertThat(retry.failure().message()).contains("GET http://127.0.0.1", "" + status);
    }
    assertThat(tasks.done(HttpRequest.TYPE, get(port, "/500")).status()).isEqualTo(500);
  }

  @Test
  void whichStatusesAreResultsCanBeSaid() throws Exception {
    int port =
        serve(
            request ->
                request
                    .response()
                    .setStatusCode(Integer.parseInt(path(request).substring(1)))
                    .end());
    String url = "http://127.0.0.1:" + port + "/";
    List<Integer> ok = List.of(200, 503);

    assertThat(
            tasks
                .done(HttpRequest.TYPE, new Given(url + "503", null, null, null, ok).arguments())
                .status())
        .isEqualTo(503);
    assertThat(
            tasks.run(HttpRequest.TYPE, new Given(url + "404", null, null, null, ok).arguments()))
        .isInstanceOfSatisfying(
            Verdict.Reject.class,
            reject ->
                assertThat(reject.failure().message())
                    .isEqualTo("GET " + url + "404 answered 404 Not Found"));
    assertThat(
            tasks.run(HttpRequest.TYPE, new Given(url + "429", null, null, null, ok).arguments()))
        .isInstanceOf(Verdict.Retry.class);
  }

  @Test
  void retryAfterIsSecondsOrADate() {
    Instant now = Instant.parse("2026-01-02T03:04:05Z");
    String inAMinute =
        DateTimeFormatter.RFC_1123_DATE_TIME.format(
            ZonedDateTime.ofInstant(now.plusSeconds(60), ZoneOffset.UTC));

    assertThat(Statuses.wait("120", now)).contains(Duration.ofMinutes(2));
    assertThat(Statuses.wait(inAMinute, now)).contains(Duration.ofMinutes(1));
    assertThat(Statuses.wait("Fri, 02 Jan 1970 00:00:00 GMT", now)).contains(Duration.ZERO);
    assertThat(Statuses.wait("999999999", now)).contains(Duration.ofDays(1));
    assertThat(Statuses.wait("soon", now)).isEmpty();
    assertThat(Statuses.wait(null, now)).isEmpty();
  }

  @Test
  void whatCannotBeReachedIsTriedAgain() throws Exception {
    int port = serve(request -> request.connection().close());

    assertThat(tasks.run(HttpRequest.TYPE, get(port, "/")))
        .isInstanceOfSatisfying(
            Verdict.Retry.class,
            retry -> assertThat(retry.failure().message()).contains("did not answer"));
    assertThat(tasks.run(HttpRequest.TYPE, Arguments.get("http://127.0.0.1:1/")))
        .isInstanceOfSatisfying(
            Verdict.Retry.class,
            retry ->
                assertThat(retry.failure().message())
                    .contains("cannot connect to http://127.0.0.1:1 at 127.0.0.1"));
    assertThat(tasks.run(HttpRequest.TYPE, Arguments.get("http://nowhere.test/")))
        .isInstanceOfSatisfying(
            Verdict.Retry.class,
            retry -> assertThat(retry.failure().message()).contains("'nowhere.test' is not known"));
  }

  @Test
  void connectionsAreLimitedPerHostAndOverall() {
    TasksInTest limited =
        with(
            Map.of(
                "http.allow", "127.0.0.0/8",
                "http.connections", "5",
                "http.connections-per-host", "3"));
    Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
    AtomicInteger unanswered = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    int port =
        serve(
            request -> {
              most.accumulateAndGet(unanswered.incrementAndGet(), Math::max);
              held.add(request);
            });
    limited.name("one.test", "127.0.0.1");
    limited.name("two.test", "127.0.0.1");
    List<CompletableFuture<Verdict<Result>>> verdicts = new ArrayList<>();
    for (int number = 0; number < 20; number++) {
      String host = number < 10 ? "one.test" : "two.test";
      verdicts.add(
          limited
              .start(HttpRequest.TYPE, Arguments.get("http://" + host + ":" + port + "/"))
              .verdict());
    }

    await().atMost(LIMIT).until(() -> seen.size() == 5);
    assertThat(
            seen.stream().filter(one -> ("one.test:" + port).equals(one.getHeader("Host"))).count())
        .isBetween(2L, 3L);
    await()
        .atMost(LIMIT)
        .until(
            () -> {
              for (HttpServerRequest one = held.poll(); one != null; one = held.poll()) {
                unanswered.decrementAndGet();
                one.response().end();
              }
              return verdicts.stream().allMatch(CompletableFuture::isDone);
            });
    assertThat(most.get()).isLessThanOrEqualTo(5);
    assertThat(verdicts)
        .allSatisfy(verdict -> assertThat(verdict.join()).isInstanceOf(Verdict.Done.class));
  }

  @Test
  void argumentsThatMakeNoSenseAreRejectedBeforeAnythingIsSent() {
    assertThatThrownBy(() -> Arguments.get("ftp://example.org/")).isInstanceOf(RejectedTask.class);
    for (String header : new String[] {"Host", "content-length", "Transfer-Encoding"}) {
      assertThatThrownBy(
              () ->
                  new Arguments(
                      "http://example.org/",
                      null,
                      Map.of(header, "x"),
                      null,
                      null,
                      null,
                      null,
                      null,
                      null,
                      null))
          .hasMessageContaining(header);
    }
    assertThatThrownBy(() -> new Given("http://example.org/", null, 21, null, null).arguments())
        .hasMessage("'redirects' is from 0 to 20, not 21");
  }

  @Test
  void aHeaderThatWouldSmuggleALineIsRejected() {
    int port = serve(request -> request.response().end());

    assertThatThrownBy(
            () ->
                tasks.run(
                    HttpRequest.TYPE,
                    new Arguments(
                        "http://127.0.0.1:" + port + "/",
                        null,
                        Map.of("X-Evil", "a\r\nX-Other: b"),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null)))
        .isInstanceOf(RejectedTask.class)
        .hasMessageContaining("header");
    assertThat(seen).isEmpty();
  }
}
