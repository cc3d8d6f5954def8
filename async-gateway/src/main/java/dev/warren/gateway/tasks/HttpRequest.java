package dev.warren.gateway.tasks;

import dev.warren.api.RejectedTask;
import dev.warren.api.TaskContext;
import dev.warren.api.TaskType;
import dev.warren.api.Verdict;
import dev.warren.gateway.lane.AsyncVerdictHandler;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.Json;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code http.request}: an HTTP request and its answer. */
public final class HttpRequest
    implements AsyncVerdictHandler<HttpRequest.Arguments, HttpRequest.Result> {
  public static final TaskType<Arguments, Result> TYPE =
      TaskType.of("http.request", Arguments.class, Result.class)
          .with(options -> options.withQueue(BuiltInAsyncTasks.QUEUE))
          .describedAs("Sends an HTTP request and returns status, headers and body of the answer");

  private static final Pattern CHARSET =
      Pattern.compile("charset\\s*=\\s*\"?([^\\s\";]+)", Pattern.CASE_INSENSITIVE);

  private final HttpCall.Outside outside;

  HttpRequest(HttpCall.Outside outside) {
    this.outside = outside;
  }

  /**
   * What to send, and what to make of the answer.
   *
   * @param url {@code http} or {@code https}. A login before the host is sent as {@code
   *     Authorization}.
   * @param method default is {@code GET}, or {@code POST} if there is a body
   * @param headers by name. {@code POST} and {@code PATCH} carry an {@code Idempotency-Key} unless
   *     one is given, the same for every attempt.
   * @param body a text to send
   * @param json any JSON to send instead, as {@code application/json}
   * @param timeout for all of it, redirects and body included. Default is 30 s.
   * @param redirects how many to follow; credentials do not go along to another origin. 0 returns
   *     the redirect itself. Default is 5, at most 20.
   * @param maxBytes the largest body to accept; a larger one fails for good. Default is 512 KiB, at
   *     most 700 KiB: {@code http.download} is for more.
   * @param ok the statuses that are results; others fail for good. Default: all but those of {@code
   *     retryOn}.
   * @param retryOn the statuses to try again, not before the time that the server asks for with
   *     {@code Retry-After}. Default is 429, 502, 503 and 504.
   */
  public record Arguments(
      String url,
      @Nullable String method,
      @Nullable Map<String, String> headers,
      @Nullable String body,
      @Nullable Object json,
      @Nullable Duration timeout,
      @Nullable Integer redirects,
      @Nullable Long maxBytes,
      @Nullable List<Integer> ok,
      @Nullable List<Integer> retryOn) {
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);
    public static final long DEFAULT_MAX_BYTES = 512 * 1024;
    private static final long MOST_BYTES = 700 * 1024;

    public Arguments {
      HttpArguments.requireUrl(url);
      HttpArguments.requireHeaders(headers);
      HttpArguments.requireTimeout(timeout);
      HttpArguments.requireRange(
          redirects == null ? null : redirects.longValue(),
          "redirects",
          0,
          HttpArguments.MOST_REDIRECTS);
      HttpArguments.requireRange(maxBytes, "maxBytes", 0, MOST_BYTES);
      Statuses.check(ok, "ok");
      Statuses.check(retryOn, "retryOn");
      if (method != null && !method.matches("[A-Za-z]{1,20}")) {
        throw new RejectedTask("'method' is a word such as GET");
      }
      if ("CONNECT".equalsIgnoreCase(method)) {
        throw new RejectedTask("'method' cannot be CONNECT");
      }
      if (body != null && json != null) {
        throw new RejectedTask("give either 'body' or 'json', not both");
      }
    }

    /** A plain {@code GET}. */
    public static Arguments get(String url) {
      return new Arguments(url, null, null, null, null, null, null, null, null, null);
    }

    private String methodName() {
      boolean sends = body != null || json != null;
      return method == null ? (sends ? "POST" : "GET") : method.toUpperCase(Locale.ROOT);
    }
  }

  /**
   * The answer.
   *
   * @param headers by name in lower case; several of a name are joined by commas, cookies by line
   *     ends
   * @param body as text, or in Base64 if it is none
   * @param encoding of the body: {@code text} or {@code base64}
   * @param url where it came from in the end
   * @param redirects how many were followed
   * @param millis from the start of the attempt to the end of the body
   */
  public record Result(
      int status,
      Map<String, String> headers,
      String body,
      String encoding,
      String url,
      int redirects,
      long millis) {}

  @Override
  public Future<Verdict<Result>> handle(Arguments arguments, TaskContext context) {
    long began = System.nanoTime();
    Duration timeout = Objects.requireNonNullElse(arguments.timeout(), Arguments.DEFAULT_TIMEOUT);
    long limit = Objects.requireNonNullElse(arguments.maxBytes(), Arguments.DEFAULT_MAX_BYTES);
    Abort abort = new Abort(outside.vertx(), context, timeout);
    HttpCall call = new HttpCall(outside, abort, true);
    Future<Verdict<Result>> work =
        call.send(plan(arguments, context))
            .compose(
                answer ->
                    HttpCall.read(answer.response(), limit)
                        .map(body -> verdict(arguments, answer, body, began)));
    return abort
        .guard(work)
        .onComplete(
            any -> {
              call.over();
              abort.over();
            })
        .recover(HttpArguments::verdict);
  }

  private static HttpCall.Plan plan(Arguments arguments, TaskContext context) {
    Target target = Target.of(arguments.url());
    MultiMap headers = HttpArguments.headers(arguments.headers(), target);
    HttpMethod method = HttpMethod.valueOf(arguments.methodName());
    Buffer body = null;
    if (arguments.json() != null) {
      body = Json.encodeToBuffer(arguments.json());
      if (!headers.contains("Content-Type")) {
        headers.add("Content-Type", "application/json");
      }
    } else if (arguments.body() != null) {
      body = Buffer.buffer(arguments.body());
      if (!headers.contains("Content-Type")) {
        headers.add("Content-Type", "text/plain; charset=utf-8");
      }
    }
    boolean notRepeatable = method.equals(HttpMethod.POST) || method.equals(HttpMethod.PATCH);
    if (notRepeatable && !headers.contains("Idempotency-Key")) {
      headers.add("Idempotency-Key", context.idempotencyKey());
    }
    return new HttpCall.Plan(
        method,
        target,
        headers,
        body,
        Objects.requireNonNullElse(arguments.redirects(), HttpArguments.DEFAULT_REDIRECTS));
  }

  private static Verdict<Result> verdict(
      Arguments arguments, HttpCall.Answer answer, Buffer body, long began) {
    HttpClientResponse response = answer.response();
    return new Statuses(
            arguments.ok(), Objects.requireNonNullElse(arguments.retryOn(), Statuses.PASSING))
        .<Result>verdict(
            response, arguments.methodName() + " " + answer.target().shortName(), Instant.now())
        .orElseGet(() -> Verdict.done(result(answer, body, began)));
  }

  private static Result result(HttpCall.Answer answer, Buffer body, long began) {
    HttpClientResponse response = answer.response();
    Map<String, String> headers = new TreeMap<>();
    for (Map.Entry<String, String> header : response.headers()) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      String joint = name.equals("set-cookie") ? "\n" : ", ";
      headers.merge(name, header.getValue(), (one, other) -> one + joint + other);
    }
    byte[] bytes = body.getBytes();
    String text = text(bytes, response.getHeader("Content-Type"));
    return new Result(
        response.statusCode(),
        headers,
        text == null ? Base64.getEncoder().encodeToString(bytes) : text,
        text == null ? "base64" : "text",
        answer.target().url(),
        answer.redirects(),
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
  }

  /** The bytes as text in the charset of the content type, if they are that. */
  private static @Nullable String text(byte[] bytes, @Nullable String contentType) {
    try {
      Matcher charset = CHARSET.matcher(contentType == null ? "" : contentType);
      String text =
          (charset.find() ? Charset.forName(charset.group(1)) : StandardCharsets.UTF_8)
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes))
              .toString();
      return text.indexOf('\0') < 0 ? text : null;
    } catch (CharacterCodingException
        | IllegalCharsetNameException
        | UnsupportedCharsetException binary) {
      return null;
    }
  }
}
