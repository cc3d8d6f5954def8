package dev.warren.gateway.aggregate;

import dev.warren.api.TaskId;
import dev.warren.engine.wire.Event;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What became of tasks and batches, in an SQLite file. Whatever is recorded is on the disk when its
 * stage completes, on the store's writer: whoever has more to do than a note goes elsewhere. Stages
 * fail with a {@link dev.warren.api.WarrenException}. Safe for concurrent use; one process per
 * folder.
 */
public final class ResultStore implements Results, AutoCloseable {
  private static final Duration FOLDER_LIMIT = Duration.ofSeconds(10);

  private final DataFolder folder;
  private final StoreWriter writer;
  private final StoreReaders readers;
  private final Subscriptions subscriptions = new Subscriptions();
  private final Janitor janitor;

  private ResultStore(StoreSettings settings, MeterRegistry registry, Clock clock) {
    AggregateMetrics metrics = new AggregateMetrics(registry);
    folder = DataFolder.claim(settings.folder(), FOLDER_LIMIT);
    Database database = Database.in(folder.path());
    try {
      writer = new StoreWriter(database, metrics, subscriptions, clock);
    } catch (RuntimeException failed) {
      folder.close();
      throw failed;
    }
    readers = new StoreReaders(database);
    janitor = new Janitor(writer, settings, metrics, clock);
  }

  /**
   * Opens the store of a folder and brings it up to date.
   *
   * @throws dev.warren.api.AlreadyRunningException if another process has it
   * @throws dev.warren.api.ConfigurationException if the folder cannot be used, or is of another
   *     version
   * @throws StoreException if its file cannot be opened
   */
  public static ResultStore open(StoreSettings settings, MeterRegistry registry) {
    return open(settings, registry, Clock.systemUTC());
  }

  static ResultStore open(StoreSettings settings, MeterRegistry registry, Clock clock) {
    ResultStore store = new ResultStore(settings, registry, clock);
    store.janitor.start();
    return store;
  }

  /** Notes a task that was submitted here. What is known of it already is left as it is. */
  public CompletionStage<Void> accepted(Accepted task) {
    return record(new Entry.Waiting(task.record()));
  }

  /** Notes that somebody cancelled a batch; the first time counts. */
  public CompletionStage<Void> cancelRequested(String batch, Instant at) {
    return record(new Entry.CancelRequested(batch, at));
  }

  /**
   * Notes an event that was published here, before it comes back from the queue: whoever opens a
   * batch can read it at once.
   *
   * @throws dev.warren.api.CodecException if the event makes no sense
   */
  public CompletionStage<Void> note(Event event) {
    return EventEntries.entry(event)
        .map(this::record)
        .orElseGet(() -> CompletableFuture.completedFuture(null));
  }

  /** Records an event message; parcels are recorded in the order in which they come. */
  void record(Parcel parcel) {
    writer.submit(parcel);
  }

  private CompletableFuture<Void> record(Entry entry) {
    CompletableFuture<Void> recorded = new CompletableFuture<>();
    writer.submit(
        Parcel.of(
            entry,
            failure -> {
              if (failure == null) {
                recorded.complete(null);
              } else {
                recorded.completeExceptionally(failure);
              }
            }));
    return recorded;
  }

  /** One round of the janitor, now. */
  void tidy() {
    janitor.tidy();
  }

  /** Why nothing can be recorded at present; empty if all is well. */
  public Optional<String> trouble() {
    return writer.trouble();
  }

  @Override
  public CompletionStage<Optional<TaskRecord>> task(TaskId id) {
    return readers.read(connection -> TaskQueries.task(connection, id));
  }

  @Override
  public CompletionStage<Optional<BatchRecord>> batch(String id) {
    return readers
        .read(Rows.BATCHES + " WHERE id = ?", query -> query.setString(1, id), Rows::batch)
        .thenApply(ResultStore::only);
  }

  @Override
  public CompletionStage<List<BatchRecord>> batches(int limit) {
    return readers.read(
        Rows.BATCHES + " ORDER BY opened_at DESC, number DESC LIMIT ?",
        query -> query.setInt(1, limit),
        Rows::batch);
  }

  @Override
  public CompletionStage<List<TaskRecord>> members(String batch, long after, int limit) {
    return readers.read(connection -> TaskQueries.members(connection, batch, after, limit));
  }

  @Override
  public CompletionStage<List<TaskRecord>> tasks(long after, int limit) {
    return readers.read(connection -> TaskQueries.ended(connection, after, limit));
  }

  @Override
  public CompletionStage<Long> lastSequence() {
    return readers
        .read("SELECT sequence FROM counter", query -> {}, row -> row.getLong(1))
        .thenApply(List::getFirst);
  }

  @Override
  public Subscription watchTask(TaskId id, Runnable changed) {
    return subscriptions.task(id, changed);
  }

  @Override
  public Subscription watchBatch(String id, Runnable changed) {
    return subscriptions.batch(id, changed);
  }

  @Override
  public Subscription watchAll(Runnable changed) {
    return subscriptions.all(changed);
  }

  /** Records what waits, and gives the folder free. */
  @Override
  public void close() {
    janitor.close();
    writer.close();
    readers.close();
    folder.close();
  }

  private static <T> Optional<T> only(List<T> rows) {
    return rows.stream().findFirst();
  }
}
