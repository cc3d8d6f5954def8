package dev.warren.producer;

import dev.warren.api.SendDeadlineException;
import dev.warren.api.SubmitOptions;
import dev.warren.api.TaskHandle;
import dev.warren.api.TaskId;
import dev.warren.api.TaskType;
import dev.warren.api.WarrenException;
import dev.warren.engine.wire.Lineage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Many tasks with one progress and one completion, which gateways gather. From {@link
 * WarrenClient#openBatch}; safe for concurrent use.
 *
 * <p>A batch is complete when it is sealed and every member that the broker confirmed has ended.
 * Sealing is a statement, never a side effect: a program that fails half-way must not leave a batch
 * behind that looks whole. So {@link #close} does not seal:
 *
 * <pre>{@code
 * try (Batch batch = client.openBatch("thumbnails of May")) {
 *   for (Path each : images) {
 *     batch.add(THUMBNAIL, new Image(each));
 *   }
 *   batch.seal(); // all are in; not reached if an image failed
 * }
 * }</pre>
 *
 * <p>A batch that is closed without being sealed stays open at the gateway. It can be gone on with,
 * by this program or another, through {@link WarrenClient#resumeBatch}; if nobody does, the gateway
 * declares it abandoned after an idle time. Its members run in any case.
 *
 * <p>Members have indexes from 0 in the order in which they are added; one that was refused leaves
 * a gap, which does no harm.
 */
public final class Batch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Batch.class);

  private final WarrenClient client;
  private final String id;
  private final BatchMembers members;

  Batch(WarrenClient client, String id, long from) {
    this.client = client;
    this.id = id;
    this.members = new BatchMembers(id, from);
  }

  /** A UUID, as a rule. */
  public String id() {
    return id;
  }

  /** How many members the broker has confirmed so far. */
  public long confirmed() {
    return members.confirmed();
  }

  /** The index that the next member gets: what to resume the batch from. */
  public long next() {
    return members.next();
  }

  /**
   * Adds a member with the options of its type; see {@link #add(TaskType, Object, SubmitOptions)}.
   */
  public <A, R extends @Nullable Object> TaskHandle<R> add(TaskType<A, R> type, A arguments) {
    return add(type, arguments, SubmitOptions.DEFAULT);
  }

  /**
   * Adds a member and returns when the broker has confirmed it. Fails as {@link
   * WarrenClient#submit} does; the batch then goes on without it. Of one whose fate is unknown
   * ({@link SendDeadlineException}) {@link #seal} makes sure.
   *
   * @throws IllegalStateException if the batch is sealed or closed
   */
  public <A, R extends @Nullable Object> TaskHandle<R> add(
      TaskType<A, R> type, A arguments, SubmitOptions options) {
    return client.typed(add(client.raw(type, arguments, options)), type);
  }

  /**
   * Adds a member; the stage completes when the broker has confirmed it. Waits for room, at most
   * the send deadline, while too many submissions of the client are unconfirmed.
   */
  public <A, R extends @Nullable Object> CompletionStage<TaskHandle<R>> addAsync(
      TaskType<A, R> type, A arguments, SubmitOptions options) {
    RawTask task;
    try {
      task = client.raw(type, arguments, options);
    } catch (WarrenException unfit) {
      return CompletableFuture.failedStage(unfit);
    }
    return addAsync(task).thenApply(handle -> client.typed(handle, type));
  }

  /**
   * Adds a member for each argument, as fast as the broker confirms, and returns the handles in
   * order. The stream is read as its results are: at most a window ahead; nothing is added before
   * somebody reads.
   */
  public <A, R extends @Nullable Object> Stream<TaskHandle<R>> addAll(
      TaskType<A, R> type, Stream<A> arguments, SubmitOptions options) {
    return addAll(arguments.map(each -> client.raw(type, each, options)))
        .map(handle -> client.typed(handle, type));
  }

  /** Like {@link #add(TaskType, Object, SubmitOptions)}, with JSON. */
  public RawHandle add(RawTask task) {
    return client.await(start(members.begin(), task));
  }

  /** Like {@link #addAsync(TaskType, Object, SubmitOptions)}, with JSON. */
  public CompletionStage<RawHandle> addAsync(RawTask task) {
    return called(members.begin(), task);
  }

  /** Like {@link #addAll(TaskType, Stream, SubmitOptions)}, with JSON. */
  public Stream<RawHandle> addAll(Stream<RawTask> tasks) {
    return SubmitStream.of(
        tasks, task -> inOrder(members.begin(), task), client::await, client.window());
  }

  /**
   * Adds the member with a chosen index: for who resumes a batch and may repeat what was added
   * before. The same index counts once; give a repeated member its id again, so that it is the same
   * task.
   */
  public CompletionStage<RawHandle> addAsync(long index, RawTask task) {
    members.begin(index);
    return called(index, task);
  }

  /** Counts a member of which is known that it was confirmed, to another program. */
  public void count(long index) {
    if (index < 0) {
      throw new IllegalArgumentException("members of a batch count from 0, not " + index);
    }
    members.count(index);
  }

  private CompletionStage<RawHandle> called(long index, RawTask task) {
    try {
      return client.onCallbacks(start(index, task));
    } catch (WarrenException refused) {
      return CompletableFuture.failedStage(refused);
    }
  }

  private CompletableFuture<RawHandle> inOrder(long index, RawTask task) {
    try {
      return start(index, task);
    } catch (WarrenException refused) {
      return CompletableFuture.failedFuture(refused);
    }
  }

  private CompletableFuture<RawHandle> start(long index, RawTask task) {
    RawTask member = member(index, task);
    CompletableFuture<RawHandle> submission;
    try {
      submission = client.startInBulk(member);
    } catch (RuntimeException refused) {
      members.refused();
      throw refused;
    }
    return submission.whenComplete((handle, failure) -> settled(index, member, failure));
  }

  private void settled(long index, RawTask member, @Nullable Throwable failure) {
    if (failure == null) {
      members.confirmed(index);
    } else if (plain(failure) instanceof SendDeadlineException) {
      members.undecided(index, member);
    } else {
      members.refused();
    }
  }

  private RawTask member(long index, RawTask task) {
    TaskId chosen = task.options().chosenId().orElseGet(TaskId::next);
    Lineage lineage = task.lineage() == null ? Lineage.of(chosen) : task.lineage();
    return task.withOptions(task.options().withId(chosen))
        .withLineage(lineage.withBatch(id, index));
  }

  /**
   * States that the batch has all its members: waits until the broker has answered for each, at
   * most the send deadline, submits those whose fate is unknown again under the same id, and tells
   * the gateways how many there are. A second call changes nothing.
   *
   * @throws SendDeadlineException if it is still unknown of some member whether it was accepted, or
   *     of the seal itself; the batch is as before, and this can be called again
   * @throws dev.warren.api.GatewayRequiredException if no gateway is there to gather the batch
   */
  public BatchHandle seal() {
    if (!members.beginSeal()) {
      return client.batch(id);
    }
    boolean done = false;
    try {
      settle();
      client.batchClosed(id, members.confirmed());
      done = true;
      members.sealed();
    } finally {
      if (!done) {
        members.reopen();
      }
    }
    return client.batch(id);
  }

  private void settle() {
    awaitSettled();
    Map<Long, RawTask> again = members.takeUndecided();
    List<CompletableFuture<RawHandle>> repeats = new ArrayList<>();
    again.forEach((index, task) -> repeats.add(inOrder(index, task.withOutcomeWanted(false))));
    awaitSettled();
    int unknown = members.undecided();
    if (unknown > 0) {
      String why =
          repeats.stream()
              .filter(CompletableFuture::isCompletedExceptionally)
              .findFirst()
              .map(failed -> plain(failed.exceptionNow()).getMessage())
              .orElse("no confirm came");
      throw new SendDeadlineException(
          "batch "
              + id
              + " is not sealed: of "
              + unknown
              + (unknown == 1 ? " member" : " members")
              + " it is unknown whether the broker has it ("
              + why
              + "); seal it again when the broker answers");
    }
  }

  private void awaitSettled() {
    Duration limit = client.settleLimit();
    try {
      if (!members.awaitSettled(limit)) {
        throw new SendDeadlineException(
            "batch "
                + id
                + " is not sealed: members of it were not confirmed within "
                + PublishFailures.text(limit));
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new SendDeadlineException(
          "interrupted before batch " + id + " was sealed; its members go on", interrupted);
    }
  }

  /**
   * Takes no more members here, without sealing the batch: what was added runs, and the batch can
   * be resumed. Does nothing after {@link #seal}.
   */
  @Override
  public void close() {
    if (members.leave()) {
      LOG.warn(
          "batch {} is left open with {} confirmed members: it completes only when somebody resumes"
              + " it (from index {}) and seals it",
          id,
          members.confirmed(),
          members.next());
    }
  }

  private static Throwable plain(Throwable failure) {
    return failure instanceof CompletionException
        ? Objects.requireNonNullElse(failure.getCause(), failure)
        : failure;
  }
}
