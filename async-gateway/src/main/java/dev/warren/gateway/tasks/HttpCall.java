package dev.warren.gateway.tasks;

import dev.warren.api.RejectedTask;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request and the redirects that follow, on the context of one attempt. Each hop has its
 * host resolved and checked anew, and connects to an address that was checked; name and
 * certificates stay those of the host.
 */
final class HttpCall {
  /** After so long without a place the task is better off in its queue. */
  private static final Duration PLACE_PATIENCE = Duration.ofSeconds(30);

  private static final int MOST_ADDRESSES = 3;
  private static final long REDIRECT_BODY_LIMIT = 1 << 20;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  /** What goes along to another origin; credentials under any name do not. */
  private static final Set<String> HARMLESS =
      Set.of(
          "accept",
          "accept-charset",
          "accept-encoding",
          "accept-language",
          "cache-control",
          "content-type",
          "idempotency-key",
          "range",
          "user-agent");

  /** What all calls of a gateway share. */
  record Outside(
      Vertx vertx, Destinations destinations, ConnectionLimits limits, HttpClients clients) {}

  /**
   * What to send.
   *
   * @param redirects how many may still follow; none are followed if it is 0 from the start
   */
  record Plan(
      HttpMethod method, Target target, MultiMap headers, @Nullable Buffer body, int redirects) {}

  /**
   * What came back.
   *
   * @param response its body waits to be read; paused
   */
  record Answer(HttpClientResponse response, Target target, int redirects) {}

  /** There is no place for another exchange at the moment. */
  static final class Busy extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Busy() {
      super("the gateway's limit of connections is used up", null, false, false);
    }
  }

  private final Outside outside;
  private final Abort abort;
  private final boolean keepAlive;
  private final Context own;
  private ConnectionLimits.@Nullable Place place;

  /**
   * @param keepAlive whether the connection may be used again afterwards
   */
  HttpCall(Outside outside, Abort abort, boolean keepAlive) {
    this.outside = outside;
    this.abort = abort;
    this.keepAlive = keepAlive;
    this.own = outside.vertx().getOrCreateContext();
  }

  /** Sends it and follows redirects; the answer's body must be read or the call aborted. */
  Future<Answer> send(Plan plan) {
    return send(plan, 0);
  }

  /** The exchange is over, one way or the other. */
  void over() {
    abort.closed();
    freePlace();
  }

  private Future<Answer> send(Plan plan, int followed) {
    return takePlace(plan.target().host())
        .compose(had -> outside.destinations().of(plan.target().host()))
        .compose(addresses -> connect(plan, addresses, 0))
        .compose(request -> exchange(plan, request))
        .compose(
            response -> {
              String location = response.getHeader("Location");
              if (location == null
                  || !REDIRECTS.contains(response.statusCode())
                  || (plan.redirects() == 0 && followed == 0)) {
                return Future.succeededFuture(new Answer(response, plan.target(), followed));
              }
              if (plan.redirects() == 0) {
                throw new RejectedTask(
                    "%s redirects more than %d times"
                        .formatted(plan.target().shortName(), followed));
              }
              Plan next = redirected(plan, response.statusCode(), location);
              return read(response, REDIRECT_BODY_LIMIT)
                  .compose(
                      body -> {
                        over();
                        return send(next, followed + 1);
                      });
            });
  }

  private Future<Void> takePlace(String host) {
    Promise<Void> had = Promise.promise();
    place = outside.limits().ask(host, own, () -> had.tryComplete());
    long timer =
        outside.vertx().setTimer(PLACE_PATIENCE.toMillis(), fired -> had.tryFail(new Busy()));
    return had.future().onComplete(any -> outside.vertx().cancelTimer(timer));
  }

  private void freePlace() {
    if (place != null) {
      place.free();
      place = null;
    }
  }

  private Future<HttpClientRequest> connect(Plan plan, List<InetAddress> addresses, int number) {
    Target target = plan.target();
    InetSocketAddress address = new InetSocketAddress(addresses.get(number), target.port());
    RequestOptions options =
        new RequestOptions()
            .setMethod(plan.method())
            .setSsl(target.secure())
            .setHost(target.host())
            .setPort(target.port())
            .setURI(target.path())
            .setServer(SocketAddress.inetSocketAddress(address));
    HttpClient client = keepAlive ? outside.clients().pooled() : outside.clients().single();
    return client
        .request(options)
        .recover(
            failed ->
                number + 1 < Math.min(addresses.size(), MOST_ADDRESSES)
                    ? connect(plan, addresses, number + 1)
                    : Future.failedFuture(
                        new UnreachableException(
                            "cannot connect to %s at %s: %s"
                                .formatted(
                                    target.origin(),
                                    address.getAddress().getHostAddress(),
                                    failed.getMessage()),
                            failed)));
  }

  private Future<HttpClientResponse> exchange(Plan plan, HttpClientRequest request) {
    abort.closing(why -> request.reset());
    try {
      plan.headers().forEach(header -> request.putHeader(header.getKey(), header.getValue()));
      request.putHeader("Host", plan.target().authority());
    } catch (IllegalArgumentException malformed) {
      request.reset();
      throw new RejectedTask("a header is not valid: " + malformed.getMessage(), malformed);
    }
    Buffer body = plan.body();
    return (body == null ? request.send() : request.send(body))
        .onSuccess(HttpClientResponse::pause)
        .recover(
            broken ->
                Future.failedFuture(
                    new UnreachableException(
                        plan.target().origin() + " did not answer: " + broken.getMessage(),
                        broken)));
  }

  /** The body, if it is no longer than allowed. */
  static Future<Buffer> read(HttpClientResponse response, long limit) {
    Promise<Buffer> whole = Promise.promise();
    Buffer body = Buffer.buffer();
    response.exceptionHandler(
        broken ->
            whole.tryFail(
                new UnreachableException(
                    "the answer broke off after %d bytes: %s"
                        .formatted(body.length(), broken.getMessage()),
                    broken)));
    response.handler(
        chunk -> {
          if (body.length() + (long) chunk.length() > limit) {
            // Before the end of the answer, so the connection still is this request's.
            if (whole.tryFail(tooLarge(limit))) {
              response.request().reset();
            }
          } else {
            body.appendBuffer(chunk);
          }
        });
    response.endHandler(end -> whole.tryComplete(body));
    response.resume();
    return whole.future();
  }

  static RejectedTask tooLarge(long limit) {
    return new RejectedTask("the answer is larger than " + limit + " bytes ('maxBytes')");
  }

  private static Plan redirected(Plan plan, int status, String location) {
    Target next;
    try {
      next = plan.target().redirected(location);
    } catch (RejectedTask | IllegalArgumentException nowhere) {
      throw new RejectedTask(
          "%s redirects to where no request can go: %s"
              .formatted(plan.target().shortName(), nowhere.getMessage()),
          nowhere);
    }
    boolean get =
        status == 303
            ? !plan.method().equals(HttpMethod.HEAD)
            : status < 307 && plan.method().equals(HttpMethod.POST);
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    boolean sameOrigin = next.origin().equals(plan.target().origin());
    for (var header : plan.headers()) {
      String name = header.getKey().toLowerCase(java.util.Locale.ROOT);
      if ((sameOrigin || HARMLESS.contains(name)) && !(get && name.startsWith("content-"))) {
        headers.add(header.getKey(), header.getValue());
      }
    }
    return new Plan(
        get ? HttpMethod.GET : plan.method(),
        next,
        headers,
        get ? null : plan.body(),
        plan.redirects() - 1);
  }
}
