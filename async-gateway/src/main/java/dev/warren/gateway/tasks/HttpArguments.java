package dev.warren.gateway.tasks;

import dev.warren.api.Failure;
import dev.warren.api.RejectedTask;
import dev.warren.api.Verdict;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** What the tasks over HTTP have in common. */
final class HttpArguments {
  static final int DEFAULT_REDIRECTS = 5;
  static final int MOST_REDIRECTS = 20;

  /** Said by the client itself; a second opinion in a header would confuse servers. */
  private static final Set<String> OWN =
      Set.of("host", "connection", "content-length", "transfer-encoding", "upgrade", "te");

  private HttpArguments() {}

  static void requireUrl(@Nullable String url) {
    if (url == null || url.isBlank()) {
      throw new RejectedTask("'url' is missing: give one that begins with http:// or https://");
    }
    Target.of(url);
  }

  static void requireRange(@Nullable Long number, String name, long least, long most) {
    if (number != null && (number < least || number > most)) {
      throw new RejectedTask("'%s' is from %d to %d, not %d".formatted(name, least, most, number));
    }
  }

  static void requireTimeout(@Nullable Duration timeout) {
    if (timeout != null && !timeout.isPositive()) {
      throw new RejectedTask("'timeout' is a positive time such as PT10S");
    }
  }

  static void requireHeaders(@Nullable Map<String, String> headers) {
    if (headers == null) {
      return;
    }
    for (Map.Entry<String, String> header : headers.entrySet()) {
      if (header.getValue() == null || OWN.contains(header.getKey().toLowerCase(Locale.ROOT))) {
        throw new RejectedTask("the header '" + header.getKey() + "' cannot be given");
      }
    }
  }

  /** The headers of a first request; a login in the URL is one of them. */
  static MultiMap headers(@Nullable Map<String, String> given, Target target) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    if (given != null) {
      given.forEach(headers::add);
    }
    String login = target.login();
    if (login != null && !headers.contains("Authorization")) {
      // A + stays a +: this is no form.
      String plain = URLDecoder.decode(login.replace("+", "%2B"), StandardCharsets.UTF_8);
      headers.add(
          "Authorization",
          "Basic " + Base64.getEncoder().encodeToString(plain.getBytes(StandardCharsets.UTF_8)));
    }
    if (!headers.contains("User-Agent")) {
      headers.add("User-Agent", "warren");
    }
    if (!headers.contains("Accept")) {
      headers.add("Accept", "*/*");
    }
    return headers;
  }

  /** What follows from an error: no stack traces for what the network does. */
  static <R> Future<Verdict<R>> verdict(Throwable error) {
    if (error instanceof HttpCall.Busy) {
      return Future.succeededFuture(
          Verdict.snooze(Duration.ofMillis(ThreadLocalRandom.current().nextLong(2_000, 8_000))));
    }
    if (error instanceof UnreachableException unreachable) {
      return Future.succeededFuture(
          Verdict.retry(Failure.of("Unreachable", unreachable.getMessage() + "")));
    }
    if (error instanceof CancellationException stopped) {
      return Future.succeededFuture(
          Verdict.retry(Failure.of("Stopped", stopped.getMessage() + "")));
    }
    return Future.failedFuture(error);
  }
}
