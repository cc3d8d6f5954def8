package dev.warren.gateway.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.warren.api.RejectedTask;
import dev.warren.api.Verdict;
import dev.warren.gateway.lane.AttemptInTest;
import dev.warren.gateway.tasks.HttpDownload.Arguments;
import dev.warren.gateway.tasks.HttpDownload.Result;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpDownloadTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir Path folder;
  private final AtomicInteger open = new AtomicInteger();
  private TasksInTest tasks;

  @BeforeEach
  void start() {
    tasks = new TasksInTest(Map.of("http.allow", "127.0.0.1", "files-root", folder.toString()));
  }

  @AfterEach
  void close() {
    tasks.close();
  }

  private int serve(Consumer<HttpServerRequest> handler) {
    return tasks
        .vertx
        .createHttpServer()
        .connectionHandler(
            connection -> {
              open.incrementAndGet();
              connection.closeHandler(closed -> open.decrementAndGet());
            })
        .requestHandler(handler::accept)
        .listen(0, "127.0.0.1")
        .await()
        .actualPort();
  }

  private static Arguments from(int port, String path) {
    return Arguments.of("http://127.0.0.1:" + port + "/", path);
  }

  private List<String> files() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void itWritesTheFileAndItsDigest() throws Exception {
    byte[] content = new byte[5_000_000];
    new Random(1).nextBytes(content);
    String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    int port =
        serve(
            request ->
                request
                    .response()
                    .putHeader("Content-Type", "application/x-test")
                    .end(Buffer.buffer(content)));
    Files.createDirectory(folder.resolve("deep"));
    Files.writeString(folder.resolve("deep/file.bin"), "older");

    Result result = tasks.done(HttpDownload.TYPE, from(port, "deep/file.bin"));

    assertThat(Files.readAllBytes(folder.resolve("deep/file.bin"))).isEqualTo(content);
    assertThat(result.path()).isEqualTo("deep/file.bin");
    assertThat(result.bytes()).isEqualTo(content.length);
    assertThat(result.sha256()).isEqualTo(digest);
    assertThat(result.contentType()).isEqualTo("application/x-test");
    assertThat(files()).containsExactly("deep/file.bin");
    await().atMost(LIMIT).until(() -> open.get() == 0);
  }

  @Test
  void aDigestThatIsNotTheExpectedOneLeavesTheOldFile() throws Exception {
    int port = serve(request -> request.response().end("something else"));
    Files.writeString(folder.resolve("file"), "older");

    Verdict<Result> verdict =
        tasks.run(
            HttpDownload.TYPE,
            new Arguments(
                "http://127.0.0.1:" + port + "/", "file", null, null, null, null, "0".repeat(64)));

    assertThat(verdict).isInstanceOf(Verdict.Retry.class).asString().contains("digest");
    assertThat(folder.resolve("file")).hasContent("older");
    assertThat(files()).containsExactly("file");
  }

  @Test
  void nothingIsLeftOfOneThatIsTooLarge() throws Exception {
    int port = serve(request -> request.response().end("x".repeat(100_000)));

    assertThatThrownBy(
            () ->
                tasks.run(
                    HttpDownload.TYPE,
                    new Arguments(
                        "http://127.0.0.1:" + port + "/", "file", null, null, null, 99_999L, null)))
        .isInstanceOf(RejectedTask.class)
        .hasMessageContaining("larger than 99999 bytes");
    assertThat(files()).isEmpty();
    await().atMost(LIMIT).until(() -> open.get() == 0);
  }

  @Test
  void nothingIsLeftOfOneThatIsToldToStopOrTimesOutOrBreaksOff() throws Exception {
    int port =
        serve(
            request ->
                request
                    .response()
                    .putHeader("Content-Length", "1000000")
                    .write("x".repeat(100_000)));

    AttemptInTest<Arguments, Result> stopped =
        tasks.start(HttpDownload.TYPE, from(port, "stopped"));
    await().atMost(LIMIT).until(() -> files().size() == 1);
    stopped.cancel();
    assertThat(stopped.verdict())
        .succeedsWithin(LIMIT)
        .isInstanceOf(Verdict.Retry.class)
        .asString()
        .contains("told to stop");
    assertThat(files()).isEmpty();
    await().atMost(LIMIT).until(() -> open.get() == 0);

    Verdict<Result> late =
        tasks.run(
            HttpDownload.TYPE,
            new Arguments(
                "http://127.0.0.1:" + port + "/",
                "late",
                null,
                Duration.ofMillis(300),
                null,
                null,
                null));
    assertThat(late).isInstanceOf(Verdict.Retry.class).asString().contains("300 ms");
    assertThat(files()).isEmpty();
    await().atMost(LIMIT).until(() -> open.get() == 0);

    CompletableFuture<HttpServerRequest> request = new CompletableFuture<>();
    int breaking =
        serve(
            asked -> {
              asked.response().putHeader("Content-Length", "1000000").write("x".repeat(100_000));
              request.complete(asked);
            });
    AttemptInTest<Arguments, Result> broken =
        tasks.start(HttpDownload.TYPE, from(breaking, "broken"));
    await().atMost(LIMIT).until(() -> files().size() == 1);
    request.join().connection().close();
    assertThat(broken.verdict())
        .succeedsWithin(LIMIT)
        .isInstanceOf(Verdict.Retry.class)
        .asString()
        .contains("broke off");
    assertThat(files()).isEmpty();
  }

  @Test
  void oneThatCannotBeWrittenLeavesNoConnectionOpen() throws Exception {
    Path gone = Files.createDirectory(folder.resolve("gone"));
    int port =
        serve(
            request -> {
              assertThat(gone.toFile().delete()).isTrue();
              request.response().putHeader("Content-Length", "1000000").write("x".repeat(100_000));
            });

    assertThatThrownBy(() -> tasks.run(HttpDownload.TYPE, from(port, "gone/file")))
        .hasMessageContaining("gone");
    await().atMost(LIMIT).until(() -> open.get() == 0);
  }

  @Test
  void onlySuccessIsSaved() throws Exception {
    int port =
        serve(
            request ->
                request
                    .response()
                    .setStatusCode(
                        Integer.parseInt(Objects.requireNonNull(request.path()).substring(1)))
                    .end("an error page"));

    assertThat(
            tasks.run(HttpDownload.TYPE, Arguments.of("http://127.0.0.1:" + port + "/404", "file")))
        .isInstanceOf(Verdict.Reject.class)
        .asString()
        .contains("404 Not Found");
    assertThat(
            tasks.run(HttpDownload.TYPE, Arguments.of("http://127.0.0.1:" + port + "/503", "file")))
        .isInstanceOf(Verdict.Retry.class);
    assertThat(files()).isEmpty();
  }

  @Test
  void itWritesOnlyBelowTheOutputRootAndNowhereWithoutOne() {
    AtomicInteger asked = new AtomicInteger();
    int port =
        serve(
            request -> {
              asked.incrementAndGet();
              request.response().end("x");
            });
    assertThatThrownBy(() -> tasks.run(HttpDownload.TYPE, from(port, "../outside")))
        .isInstanceOf(RejectedTask.class)
        .hasMessageContaining("leads out of the files root");
    try (TasksInTest closed = new TasksInTest(Map.of("http.allow", "127.0.0.1"))) {
      assertThatThrownBy(() -> closed.run(HttpDownload.TYPE, from(port, "file")))
          .isInstanceOf(RejectedTask.class)
          .hasMessageContaining("--files-root");
    }
    assertThat(asked).hasValue(0);
  }

  @Test
  void aClosedAddressIsRefusedHereToo() {
    int port = serve(request -> request.response().end("secret"));
    try (TasksInTest closed = new TasksInTest(Map.of("files-root", folder.toString()))) {
      assertThatThrownBy(() -> closed.run(HttpDownload.TYPE, from(port, "file")))
          .isInstanceOf(RejectedTask.class)
          .hasMessageContaining("127.0.0.1 is loopback");
    }
  }
}
