package dev.warren.gateway.http;

import dev.warren.gateway.aggregate.BatchRecord;
import dev.warren.gateway.aggregate.BatchState;
import dev.warren.gateway.aggregate.ResultStore;
import dev.warren.gateway.aggregate.TaskRecord;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The events of a batch for one reader: each member that ends, the counts now and then, and its
 * end. Only members and the end carry an id, so a reader that comes back misses none of them.
 */
final class BatchEvents {
  /** The counts change with each member; people and progress bars need them less often. */
  private static final Duration COUNTS_EVERY = Duration.ofMillis(250);

  private final ResultStore store;
  private final Context context = Loops.here();
  private final PageSize size = new PageSize();
  private final String id;
  private long after;
  private long toldSequence = -1;
  private long toldNanos = System.nanoTime() - COUNTS_EVERY.toNanos();

  BatchEvents(ResultStore store, String id, long after) {
    this.store = store;
    this.id = id;
    this.after = after;
  }

  /** The batch is read first: what has ended by its completion is there when the page is read. */
  Future<Pump.Page> next() {
    return Loops.back(context, store.batch(id))
        .compose(
            batch -> {
              int limit = size.records();
              return Loops.back(context, store.members(id, after, limit))
                  .map(found -> page(batch, found, limit));
            });
  }

  private Pump.Page page(Optional<BatchRecord> known, List<TaskRecord> found, int limit) {
    Buffer bytes = Buffer.buffer();
    for (TaskRecord task : found) {
      after = task.sequence();
      ServerSentEvents.append(bytes, "task", after, Documents.task(task));
    }
    size.seen(found.size(), bytes.length());
    if (known.isEmpty()) {
      return Pump.Page.of(bytes, Pump.Then.END);
    }
    BatchRecord batch = known.get();
    boolean behind = found.size() == limit;
    if (!behind && BatchResource.isOver(batch.state())) {
      String name = batch.state() == BatchState.COMPLETED ? "completed" : "abandoned";
      ServerSentEvents.append(
          bytes, name, Math.max(after, batch.sequence()), Documents.batch(batch));
      return Pump.Page.of(bytes, Pump.Then.END);
    }
    Duration left = counts(bytes, batch);
    return behind
        ? Pump.Page.of(bytes, Pump.Then.MORE)
        : new Pump.Page(bytes, Pump.Then.WAIT, left);
  }

  /** Tells the counts if they are new and it is time; else says how long not. */
  private Duration counts(Buffer bytes, BatchRecord batch) {
    if (batch.sequence() == toldSequence) {
      return Duration.ZERO;
    }
    Duration since = Duration.ofNanos(System.nanoTime() - toldNanos);
    if (since.compareTo(COUNTS_EVERY) < 0) {
      return COUNTS_EVERY.minus(since).plusMillis(1);
    }
    toldSequence = batch.sequence();
    toldNanos = System.nanoTime();
    ServerSentEvents.append(bytes, "batch", Documents.batch(batch));
    return Duration.ZERO;
  }
}
