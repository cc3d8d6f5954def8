package dev.warren.gateway.tasks;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.http.HttpClientResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the body of an answer to a file that appears whole or not at all: into a hidden file
 * beside it, which is renamed at the end or removed. On the context of one attempt.
 */
final class FileSaving {
  private static final Logger LOG = LoggerFactory.getLogger(FileSaving.class);

  private final Vertx vertx;
  private final HttpClientResponse response;
  private final Path target;
  private final Path partial;
  private final long limit;
  private final @Nullable String expected;
  private final MessageDigest digest = sha256();
  private final Promise<Void> received = Promise.promise();
  private long bytes;

  /** What was written. */
  record Saved(long bytes, String sha256) {}

  FileSaving(
      Vertx vertx,
      HttpClientResponse response,
      Path target,
      long limit,
      @Nullable String expected) {
    this.vertx = vertx;
    this.response = response;
    this.target = target;
    this.limit = limit;
    this.expected = expected;
    this.partial = target.resolveSibling(".download-" + UUID.randomUUID() + ".part");
  }

  /** Completes when the file is there, or when nothing is left of it. */
  Future<Saved> run(Abort abort) {
    abort.closing(
        why -> {
          received.tryFail(why);
          response.request().reset();
        });
    response.exceptionHandler(
        broken ->
            received.tryFail(
                new UnreachableException(
                    "the answer broke off after %d bytes: %s".formatted(bytes, broken.getMessage()),
                    broken)));
    return vertx
        .fileSystem()
        .open(partial.toString(), new OpenOptions().setWrite(true).setCreateNew(true))
        .compose(this::receive)
        .compose(written -> blocking(this::moveIntoPlace))
        .recover(
            failed -> {
              // Nobody reads on: an answer that is not through would hold its connection.
              response.request().reset();
              return blocking(this::removePartial).transform(any -> Future.failedFuture(failed));
            });
  }

  private Future<Void> receive(AsyncFile file) {
    response.handler(chunk -> write(chunk, file));
    response.endHandler(end -> received.tryComplete());
    response.resume();
    return received
        .future()
        .compose(all -> file.flush())
        // Also after a failure: an open file could still be written to when it is removed.
        .eventually(file::close);
  }

  private void write(Buffer chunk, AsyncFile file) {
    if (received.future().isComplete()) {
      return;
    }
    bytes += chunk.length();
    if (bytes > limit) {
      received.tryFail(HttpCall.tooLarge(limit));
      response.request().reset();
      return;
    }
    digest.update(chunk.getBytes());
    file.write(chunk).onFailure(received::tryFail);
    if (file.writeQueueFull()) {
      response.pause();
      file.drainHandler(drained -> response.resume());
    }
  }

  private Saved moveIntoPlace() throws IOException {
    String found = HexFormat.of().formatHex(digest.digest());
    if (expected != null && !expected.equals(found)) {
      throw new UnreachableException(
          "the digest of what came is %s, not %s".formatted(found, expected));
    }
    Files.move(
        partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    return new Saved(bytes, found);
  }

  private boolean removePartial() {
    try {
      return Files.deleteIfExists(partial);
    } catch (IOException stuck) {
      LOG.warn("{} is left over from a download and cannot be removed", partial, stuck);
      return false;
    }
  }

  private <T> Future<T> blocking(java.util.concurrent.Callable<T> action) {
    return vertx.executeBlocking(action, false);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java has SHA-256", impossible);
    }
  }
}
