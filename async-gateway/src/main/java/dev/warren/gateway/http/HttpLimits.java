package dev.warren.gateway.http;

import dev.warren.engine.wire.WireLimits;
import java.time.Duration;

/**
 * What callers of the HTTP API may take.
 *
 * @param bodyBytes of a request, or of one line of an NDJSON upload. Default is 1 MiB, as large as
 *     arguments may be, and 64 kB around them.
 * @param headerBytes all headers of a request. Default is 16 kB.
 * @param connections open ones. Default is 4,000.
 * @param streams event streams and results that are read. Default is 1,000.
 * @param waits requests that wait for an end. Default is 2,000.
 * @param uploads NDJSON uploads at once. Default is 32.
 * @param uploadWindow unconfirmed submissions of one upload. Default is 500.
 * @param longestWait the most that a caller is let wait. Default is 60 s.
 * @param heartbeat the silence on an event stream before a comment is sent. Default is 15 s.
 * @param slowReader how long a stream may be stuck before it is cut. Default is 60 s.
 */
public record HttpLimits(
    int bodyBytes,
    int headerBytes,
    int connections,
    int streams,
    int waits,
    int uploads,
    int uploadWindow,
    Duration longestWait,
    Duration heartbeat,
    Duration slowReader) {
  public static final HttpLimits DEFAULT =
      new HttpLimits(
          WireLimits.MAX_BODY_BYTES + 64 * 1024,
          16 * 1024,
          4_000,
          1_000,
          2_000,
          32,
          500,
          Duration.ofSeconds(60),
          Duration.ofSeconds(15),
          Duration.ofSeconds(60));

  public HttpLimits withStreams(int most) {
    return new HttpLimits(
        bodyBytes,
        headerBytes,
        connections,
        most,
        waits,
        uploads,
        uploadWindow,
        longestWait,
        heartbeat,
        slowReader);
  }

  public HttpLimits withWaits(int most, Duration longest) {
    return new HttpLimits(
        bodyBytes,
        headerBytes,
        connections,
        streams,
        most,
        uploads,
        uploadWindow,
        longest,
        heartbeat,
        slowReader);
  }

  public HttpLimits withConnections(int most) {
    return new HttpLimits(
        bodyBytes,
        headerBytes,
        most,
        streams,
        waits,
        uploads,
        uploadWindow,
        longestWait,
        heartbeat,
        slowReader);
  }

  public HttpLimits withStreamTimes(Duration silence, Duration stuck) {
    return new HttpLimits(
        bodyBytes,
        headerBytes,
        connections,
        streams,
        waits,
        uploads,
        uploadWindow,
        longestWait,
        silence,
        stuck);
  }
}
