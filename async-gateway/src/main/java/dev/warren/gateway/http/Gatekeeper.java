package dev.warren.gateway.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Lets in who may use the API. With a token: who shows it. Without one the API is on loopback,
 * where every local user may use it, but not a page in a local browser: a request that is addressed
 * to another name than a loopback one (a name that an attacker's DNS has moved here), or that
 * another site's page sends, is refused.
 */
final class Gatekeeper {
  private static final String BEARER = "bearer ";
  private static final Pattern LOOPBACK_IPV4 = Pattern.compile("127(\\.\\d{1,3}){3}");

  private final Optional<TokenFile> token;

  Gatekeeper(Optional<TokenFile> token) {
    this.token = token;
  }

  /** Goes on to the next handler, or ends the request. */
  void check(RoutingContext exchange) {
    Optional<Problem> objection = objection(exchange.request());
    if (objection.isEmpty()) {
      exchange.next();
      return;
    }
    if (objection.get().status() == 401) {
      exchange.response().putHeader("WWW-Authenticate", "Bearer");
    }
    Answers.problem(exchange, objection.get());
  }

  /** Whether it may learn what only users of the API may. */
  boolean lets(HttpServerRequest request) {
    return objection(request).isEmpty();
  }

  private Optional<Problem> objection(HttpServerRequest request) {
    return token.isPresent() ? withToken(request, token.get()) : local(request);
  }

  private static Optional<Problem> withToken(HttpServerRequest request, TokenFile token) {
    String shown = request.getHeader(HttpHeaders.AUTHORIZATION);
    if (shown == null) {
      return refuse(
          401,
          "token-needed",
          "A token is needed",
          "send the header 'Authorization: Bearer TOKEN' with the token of the gateway's token file");
    }
    boolean right =
        shown.toLowerCase(Locale.ROOT).startsWith(BEARER)
            && token.matches(shown.substring(BEARER.length()).strip());
    return right
        ? Optional.empty()
        : refuse(
            401,
            "wrong-token",
            "Not the right token",
            "the token is not the one in the gateway's token file; it is read again when it changes");
  }

  private static Optional<Problem> local(HttpServerRequest request) {
    HostAndPort addressed = request.authority();
    if (addressed == null || !isLoopback(addressed.host())) {
      return refuse(
          403,
          "host-refused",
          "Addressed to another host",
          "without a token file the gateway answers only requests to localhost, 127.0.0.1 or [::1],"
              + " and this one is to '"
              + (addressed == null ? "" : addressed.host())
              + "': use one of those names, or start the gateway with --gateway-http-token-file");
    }
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    if ((origin != null && !isSame(origin, addressed))
        || "cross-site".equals(request.getHeader("Sec-Fetch-Site"))) {
      return refuse(
          403,
          "origin-refused",
          "Sent by another site",
          "pages of other sites may not use this gateway; let a server of your own call it");
    }
    return Optional.empty();
  }

  private static Optional<Problem> refuse(int status, String word, String title, String detail) {
    return Optional.of(Problem.of(word, status, title, detail));
  }

  private static boolean isLoopback(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    return name.equals("localhost")
        || name.equals("::1")
        || name.equals("[::1]")
        || LOOPBACK_IPV4.matcher(name).matches();
  }

  private static boolean isSame(String origin, HostAndPort addressed) {
    try {
      URI site = new URI(origin);
      int defaultPort = "https".equals(site.getScheme()) ? 443 : 80;
      int port = site.getPort() < 0 ? defaultPort : site.getPort();
      int own = addressed.port() < 0 ? 80 : addressed.port();
      return site.getHost() != null
          && site.getHost().equalsIgnoreCase(addressed.host())
          && port == own;
    } catch (URISyntaxException unreadable) {
      return false;
    }
  }
}
