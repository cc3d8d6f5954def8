package dev.warren.gateway.http;

import dev.warren.engine.configuration.Durations;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How long a caller wants to wait: {@code Prefer: wait=10} (RFC 7240), or {@code ?wait=10}. */
final class Preference {
  private static final Pattern WAIT = Pattern.compile("(?:^|[,;\\s])wait\\s*=\\s*\"?(\\d{1,9})\"?");

  private Preference() {}

  /** From the header; what cannot be read is no wish, as the RFC has it. */
  static Optional<Duration> header(RoutingContext exchange, Duration longest) {
    String joined = String.join(",", exchange.request().headers().getAll("Prefer"));
    Matcher wish = WAIT.matcher(joined.toLowerCase(Locale.ROOT));
    return wish.find()
        ? Optional.of(shorter(Duration.ofSeconds(Long.parseLong(wish.group(1))), longest))
        : Optional.empty();
  }

  /** Tells the caller what was made of its wish. */
  static void applied(RoutingContext exchange, Duration wait) {
    exchange.response().putHeader("Preference-Applied", "wait=" + wait.toSeconds());
  }

  /** From the query: seconds, or a duration with a unit. */
  static Duration query(RoutingContext exchange, Duration longest) {
    @Nullable String text = exchange.request().getParam("wait");
    if (text == null) {
      return Duration.ZERO;
    }
    return text.matches("\\d{1,9}")
        ? shorter(Duration.ofSeconds(Long.parseLong(text)), longest)
        : shorter(Durations.parse(text), longest);
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
