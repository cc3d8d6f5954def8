package dev.warren.gateway.tasks;

import dev.warren.api.FilesRoot;
import dev.warren.api.RejectedTask;
import dev.warren.api.TaskContext;
import dev.warren.api.TaskType;
import dev.warren.api.Verdict;
import dev.warren.gateway.lane.AsyncVerdictHandler;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** {@code http.download}: what a URL leads to, as a file. */
public final class HttpDownload
    implements AsyncVerdictHandler<HttpDownload.Arguments, HttpDownload.Result> {
  public static final TaskType<Arguments, Result> TYPE =
      TaskType.of("http.download", Arguments.class, Result.class)
          .with(options -> options.withQueue(BuiltInAsyncTasks.QUEUE))
          .describedAs("Downloads a URL to a file below the output root, with its SHA-256 digest");

  /** Any 2xx with a body. */
  private static final List<Integer> SUCCESS = IntStream.range(200, 300).boxed().toList();

  private final HttpCall.Outside outside;
  private final FilesRoot root;

  HttpDownload(HttpCall.Outside outside, FilesRoot root) {
    this.outside = outside;
    this.root = root;
  }

  /**
   * What to download, and where to.
   *
   * @param url {@code http} or {@code https}. A login before the host is sent as {@code
   *     Authorization}.
   * @param path of the file, below the gateway's output root; one that exists is replaced, once the
   *     new one is complete
   * @param headers by name
   * @param timeout for all of it. Default is 10 min, which is also the time limit of an attempt
   *     unless the task is submitted with another.
   * @param redirects how many to follow; credentials do not go along to another origin. Default is
   *     5, at most 20.
   * @param maxBytes the largest file to accept. Default is 1 GiB.
   * @param sha256 what the digest must be, in hexadecimal; otherwise the attempt fails and writes
   *     nothing
   */
  public record Arguments(
      String url,
      String path,
      @Nullable Map<String, String> headers,
      @Nullable Duration timeout,
      @Nullable Integer redirects,
      @Nullable Long maxBytes,
      @Nullable String sha256) {
    public static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(10);
    public static final long DEFAULT_MAX_BYTES = 1L << 30;

    public Arguments {
      HttpArguments.requireUrl(url);
      HttpArguments.requireHeaders(headers);
      HttpArguments.requireTimeout(timeout);
      HttpArguments.requireRange(
          redirects == null ? null : redirects.longValue(),
          "redirects",
          0,
          HttpArguments.MOST_REDIRECTS);
      HttpArguments.requireRange(maxBytes, "maxBytes", 0, Long.MAX_VALUE);
      if (path == null || path.isBlank()) {
        throw new RejectedTask("'path' is missing: name a file below the gateway's output root");
      }
      if (sha256 != null && !sha256.matches("[0-9a-fA-F]{64}")) {
        throw new RejectedTask("'sha256' is a digest of 64 hexadecimal digits");
      }
    }

    /** A URL to a path, with the defaults. */
    public static Arguments of(String url, String path) {
      return new Arguments(url, path, null, null, null, null, null);
    }
  }

  /**
   * A file that was written.
   *
   * @param path below the gateway's output root
   * @param bytes size of the file
   * @param sha256 its digest in lower-case hexadecimal
   * @param contentType as the server says; null if it does not
   * @param url where it came from in the end
   * @param redirects how many were followed
   */
  public record Result(
      String path,
      long bytes,
      String sha256,
      @Nullable String contentType,
      String url,
      int redirects,
      long millis) {}

  @Override
  public Future<Verdict<Result>> handle(Arguments arguments, TaskContext context) {
    long began = System.nanoTime();
    Abort abort =
        new Abort(
            outside.vertx(),
            context,
            Objects.requireNonNullElse(arguments.timeout(), Arguments.DEFAULT_TIMEOUT));
    HttpCall call = new HttpCall(outside, abort, false);
    return outside
        .vertx()
        // The file system may be slow; the event loop must not wait for it.
        .executeBlocking(() -> root.newFile(arguments.path()), false)
        .compose(
            file ->
                abort
                    .guard(call.send(plan(arguments)))
                    .compose(answer -> save(arguments, answer, file, abort, began)))
        .onComplete(
            any -> {
              call.over();
              abort.over();
            })
        .recover(HttpArguments::verdict);
  }

  private static HttpCall.Plan plan(Arguments arguments) {
    Target target = Target.of(arguments.url());
    return new HttpCall.Plan(
        HttpMethod.GET,
        target,
        HttpArguments.headers(arguments.headers(), target),
        null,
        Objects.requireNonNullElse(arguments.redirects(), HttpArguments.DEFAULT_REDIRECTS));
  }

  private Future<Verdict<Result>> save(
      Arguments arguments, HttpCall.Answer answer, Path file, Abort abort, long began) {
    var failed =
        new Statuses(SUCCESS, Statuses.PASSING)
            .<Result>verdict(
                answer.response(), "GET " + answer.target().shortName(), Instant.now());
    if (failed.isPresent()) {
      // Its body is of no interest, and this connection serves nobody else.
      answer.response().request().reset();
      return Future.succeededFuture(failed.get());
    }
    String expected =
        arguments.sha256() == null ? null : arguments.sha256().toLowerCase(Locale.ROOT);
    long limit = Objects.requireNonNullElse(arguments.maxBytes(), Arguments.DEFAULT_MAX_BYTES);
    String contentType = answer.response().getHeader("Content-Type");
    return new FileSaving(outside.vertx(), answer.response(), file, limit, expected)
        .run(abort)
        .map(
            saved ->
                Verdict.done(
                    new Result(
                        root.name(file),
                        saved.bytes(),
                        saved.sha256(),
                        contentType,
                        answer.target().url(),
                        answer.redirects(),
                        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began))));
  }
}
