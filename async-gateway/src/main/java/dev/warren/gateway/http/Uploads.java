package dev.warren.gateway.http;

import io.micrometer.core.instrument.Counter;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.util.OptionalLong;

/** Takes the members of batches as NDJSON. */
final class Uploads {
  private final Submissions submissions;
  private final Traffic traffic;
  private final HttpLimits limits;
  private final Counter confirmed;
  private final MemberCounts counts = new MemberCounts();

  Uploads(Submissions submissions, Traffic traffic, HttpLimits limits, Counter confirmed) {
    this.submissions = submissions;
    this.traffic = traffic;
    this.limits = limits;
    this.confirmed = confirmed;
  }

  /**
   * How an upload ended.
   *
   * @param added members that the broker has confirmed
   * @param next the index of the member that would follow
   */
  record Added(long added, long next) {}

  MemberCounts counts() {
    return counts;
  }

  /**
   * Reads the body, which must be paused, and submits each line. Fails with a {@link
   * ProblemException} that tells the line and how many are in.
   *
   * @param from the index of the first line; if absent, it goes on after the last upload
   */
  Future<Added> receive(RoutingContext exchange, String batch, OptionalLong from) {
    long first = counts.begin(batch, from);
    UploadFeed feed =
        new UploadFeed(
            submissions,
            new UploadFeed.Target(batch, first, exchange.request().getParam("type")),
            limits.uploadWindow());
    Upload upload = new Upload(limits, feed);
    try {
      // One that is under way may come to its end when the gateway stops.
      Runnable _ = traffic.hold(exchange, Traffic.Kind.UPLOAD, Loops.here(), () -> {});
    } catch (RuntimeException refused) {
      counts.end(batch, from.isPresent(), first);
      throw refused;
    }
    exchange.addEndHandler(ended -> upload.abandon());
    return upload
        .receive(exchange.request())
        .onComplete(
            ended -> {
              counts.end(batch, from.isPresent(), first + feed.added());
              confirmed.increment((double) feed.added());
            });
  }
}
