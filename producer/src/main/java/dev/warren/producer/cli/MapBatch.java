package dev.warren.producer.cli;

import dev.warren.api.WarrenException;
import dev.warren.producer.Batch;
import dev.warren.producer.RawHandle;
import dev.warren.producer.RawTask;
import dev.warren.producer.WarrenClient;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The batch that a {@code map} runs under. It is sealed once every item is submitted, so that
 * whoever watches knows how many there are; a map that ends before leaves it open, for who resumes
 * it.
 */
final class MapBatch {
  private final Batch batch;
  private final @Nullable JobLog log;
  private @Nullable CompletableFuture<Void> sealing;

  private MapBatch(Batch batch, @Nullable JobLog log) {
    this.batch = batch;
    this.log = log;
  }

  /**
   * Opens a batch, or goes on with the one of an earlier run that was cut off.
   *
   * @param description of a new batch; null if none was asked for
   * @return null if the map runs without a batch
   */
  static @Nullable MapBatch of(
      WarrenClient client, @Nullable JobLog log, @Nullable String description) {
    String open = log == null ? null : log.openBatch();
    if (open != null && log != null) {
      Batch resumed = client.resumeBatch(open, 0);
      log.members().forEach(resumed::count);
      return new MapBatch(resumed, log);
    }
    if (description == null) {
      return null;
    }
    Batch opened = client.openBatch(description);
    if (log != null) {
      log.opened(opened.id());
    }
    return new MapBatch(opened, log);
  }

  String id() {
    return batch.id();
  }

  /** Submits an item as a member. An item that is tried again after a failure is a new member. */
  CompletionStage<RawHandle> submit(MapItem item, RawTask task) {
    return batch.addAsync(item.member(), task);
  }

  /** All items are submitted: seals the batch, on a thread of its own. */
  void seal() {
    if (sealing == null) {
      sealing =
          CompletableFuture.runAsync(
              batch::seal, work -> Thread.ofVirtual().name("warren-map-seal").start(work));
    }
  }

  /** Waits until the batch is sealed, if it is to be; returns what to tell if it is not. */
  @Nullable WarrenException sealed() {
    if (sealing == null) {
      return null;
    }
    try {
      sealing.join();
      if (log != null) {
        log.sealed(batch.id());
      }
      return null;
    } catch (CompletionException failed) {
      if (failed.getCause() instanceof WarrenException known) {
        return known;
      }
      throw failed;
    }
  }

  /** What somebody can do about the members that go on. */
  String hint(boolean resumable) {
    String rest =
        "'warren batch watch "
            + id()
            + "' shows the rest, 'warren batch cancel "
            + id()
            + "' cancels it";
    return sealing == null && !resumable
        ? rest
            + ", 'warren batch close "
            + id()
            + " --members "
            + batch.confirmed()
            + "' makes it complete without the lines that are left"
        : rest;
  }
}
