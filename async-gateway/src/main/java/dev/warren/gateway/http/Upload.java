package dev.warren.gateway.http;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;

/**
 * One NDJSON upload, as its event loop sees it: cuts the body into lines and hands them on. While
 * too many of them are unconfirmed the request is paused, so that the sender waits and nothing
 * piles up here.
 */
final class Upload {
  private final HttpLimits limits;
  private final UploadFeed feed;
  private final Context context = Loops.here();
  private long lineNumber;
  private boolean paused;
  private boolean reading = true;

  Upload(HttpLimits limits, UploadFeed feed) {
    this.limits = limits;
    this.feed = feed;
  }

  /** Reads on from a paused request; the future completes when every line has its answer. */
  Future<Uploads.Added> receive(HttpServerRequest request) {
    LineSplitter splitter = new LineSplitter(limits.bodyBytes(), this::line);
    request.exceptionHandler(gone -> abandon());
    request.handler(
        part -> {
          if (reading && !splitter.add(part)) {
            tooLong();
          } else if (reading && feed.open() >= limits.uploadWindow()) {
            paused = true;
            request.pause();
          }
        });
    request.endHandler(
        nothing -> {
          if (reading && !splitter.end()) {
            tooLong();
          }
          reading = false;
          feed.end();
        });
    Future<Uploads.Added> done =
        feed.start(context, () -> context.runOnContext(nothing -> goOn(request)));
    Bodies.invite(request);
    request.resume();
    return done;
  }

  /** The sender is gone: what is submitted stays, nothing more follows. */
  void abandon() {
    reading = false;
    feed.abandon();
  }

  private void goOn(HttpServerRequest request) {
    if (paused && feed.open() <= limits.uploadWindow() / 2) {
      paused = false;
      request.resume();
    }
  }

  private void line(byte[] text) {
    lineNumber++;
    for (byte each : text) {
      if (each != ' ' && each != '\t') {
        feed.add(lineNumber, text);
        return;
      }
    }
  }

  private void tooLong() {
    reading = false;
    feed.fail(lineNumber + 1, Problems.tooLarge("line " + (lineNumber + 1), limits.bodyBytes()));
  }
}
