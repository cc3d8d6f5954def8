package dev.warren.producer;

import com.rabbitmq.client.Connection;
import dev.warren.api.SendDeadlineException;
import dev.warren.api.SubmitOptions;
import dev.warren.api.TaskClient;
import dev.warren.api.TaskHandle;
import dev.warren.api.TaskId;
import dev.warren.api.TaskType;
import dev.warren.api.WarrenException;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.connection.ProcessName;
import dev.warren.engine.publish.EventPublisher;
import dev.warren.engine.publish.Notices;
import dev.warren.engine.publish.Publisher;
import dev.warren.engine.publish.TwinPublisher;
import dev.warren.engine.registry.TypeCatalog;
import dev.warren.engine.wire.BatchClosed;
import dev.warren.engine.wire.BatchOpened;
import dev.warren.engine.wire.Cancellation;
import dev.warren.engine.wire.Event;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.engine.wire.Pong;
import dev.warren.engine.wire.QueuePause;
import dev.warren.engine.wire.QueuePauseCodec;
import dev.warren.engine.wire.TaskDelayed;
import dev.warren.engine.wire.TaskProgress;
import dev.warren.engine.wire.TaskRetrying;
import dev.warren.producer.dead.DeadLetters;
import dev.warren.producer.dead.WorkQueues;
import dev.warren.producer.gateway.GatewayClient;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Submits tasks to a fleet and waits for their outcomes. One per program is enough: it is safe for
 * concurrent use and publishes on one connection, with a second one for outcomes once somebody
 * waits for them. Both come back by themselves after a loss; a submission that was not confirmed is
 * sent again under the same id until its send deadline, so a task may arrive twice but is not lost
 * unnoticed.
 *
 * <p>Stages of submissions complete on a thread {@code warren-client-callbacks}, outcomes on {@code
 * warren-client-outcomes}: what depends on them must not block for long. The client keeps a task
 * whose outcome is wanted until the outcome comes; see {@link ClientBuilder#waiting}.
 *
 * <p>Delivery is at least once on both ways: workers may run a task twice, and a duplicate of an
 * outcome is dropped.
 */
public final class WarrenClient implements TaskClient {
  private static final Logger LOG = LoggerFactory.getLogger(WarrenClient.class);

  /** Nothing is lost with them, so closing does not wait for a broker that is away. */
  private static final Duration NOTICES_LIMIT = Duration.ofSeconds(1);

  private final ClientSettings settings;
  private final Connections connections;
  private final Publisher publisher;
  private final TwinPublisher twin;
  private final OutcomeListener listener;
  private final Expectations expectations = new Expectations();
  private final TaskDurations durations = new TaskDurations();
  private final Notices notices;
  private final Submitter submitter;
  private final BatchEvents batchEvents;
  private final StreamEntries entries;
  private final Canceller canceller;
  private final FleetQueries fleet;
  private final GatewayFinder gateway;
  private final TypeCatalog types;
  private final OwnThread callbacks = new OwnThread("warren-client-callbacks");
  private final OwnThread secondTries = new OwnThread("warren-client-registry");
  private final AtomicBoolean closed = new AtomicBoolean();

  private WarrenClient(
      ClientSettings settings,
      Connections connections,
      AtomicReference<@Nullable Connection> opened) {
    this.settings = settings;
    this.connections = connections;
    this.publisher =
        new Publisher(
            "warren-client-publish",
            () -> {
              Connection ready = opened.getAndSet(null);
              return ready != null && ready.isOpen() ? ready : connections.open("publish");
            },
            settings.window());
    this.twin =
        new TwinPublisher(
            publisher,
            "warren-client-publish-2",
            () -> connections.open("publish-2"),
            settings.window());
    this.listener = new OutcomeListener(connections, WaitToken.next(), this::heard);
    this.types = new TypeCatalog(connections, settings.typeCache());
    this.fleet = new FleetQueries(connections, publisher, listener);
    this.gateway = new GatewayFinder(settings.gateway(), fleet);
    this.batchEvents = new BatchEvents(publisher, settings.sendDeadline(), settings.appId());
    this.entries = new StreamEntries(settings, publisher);
    this.canceller = new Canceller(settings.appId(), entries, callbacks);
    this.notices =
        new Notices(
            new EventPublisher.Settings(
                "warren-client-notices", settings.appId(), settings.sendDeadline(), NOTICES_LIMIT),
            publisher);
    this.submitter =
        new Submitter(
            settings,
            new Submitter.Sending(
                settings.secondConnection() ? twin::publish : publisher::publish,
                publisher,
                notices),
            new TypeDirectory(types),
            new Submitter.Handling(listener, expectations, canceller, durations),
            secondTries);
  }

  /** Connects to the broker at an AMQP URI, with the default options. */
  public static WarrenClient connect(URI broker) {
    return builder().broker(broker).connect();
  }

  /** Connects with the default options. */
  public static WarrenClient connect(BrokerSettings broker) {
    return builder().broker(broker).connect();
  }

  public static ClientBuilder builder() {
    return new ClientBuilder();
  }

  static WarrenClient connect(ClientSettings settings) {
    Connections connections = new Connections(settings.broker(), ProcessName.of(settings.role()));
    AtomicReference<@Nullable Connection> first = new AtomicReference<>();
    WarrenClient client = new WarrenClient(settings, connections, first);
    if (settings.listenAtOnce()) {
      client.listener.startAhead();
    }
    try {
      first.set(connections.open("publish"));
    } catch (WarrenException refused) {
      client.listener.close();
      throw refused;
    }
    client.publisher.start();
    return client;
  }

  @Override
  public <A, R extends @Nullable Object> TaskHandle<R> submit(
      TaskType<A, R> type, A arguments, SubmitOptions options) {
    return new TypedHandle<>(submit(raw(type, arguments, options)), type, listener);
  }

  @Override
  public <A, R extends @Nullable Object> CompletionStage<TaskHandle<R>> submitAsync(
      TaskType<A, R> type, A arguments, SubmitOptions options) {
    RawTask task;
    try {
      task = raw(type, arguments, options);
    } catch (WarrenException unfit) {
      return CompletableFuture.failedStage(unfit);
    }
    return submitAsync(task).thenApply(handle -> new TypedHandle<>(handle, type, listener));
  }

  @Override
  public <A, R extends @Nullable Object> Stream<TaskHandle<R>> submitAll(
      TaskType<A, R> type, Stream<A> arguments, SubmitOptions options) {
    return submitAll(arguments.map(each -> raw(type, each, options)))
        .map(handle -> new TypedHandle<>(handle, type, listener));
  }

  /** Like {@link #submit(TaskType, Object, SubmitOptions)}, with JSON. */
  public RawHandle submit(RawTask task) {
    return await(start(task));
  }

  /** Like {@link #submitAsync(TaskType, Object, SubmitOptions)}, with JSON. */
  public CompletionStage<RawHandle> submitAsync(RawTask task) {
    try {
      return onCallbacks(start(task));
    } catch (WarrenException refused) {
      return CompletableFuture.failedStage(refused);
    }
  }

  /**
   * Like {@link #submitAsync(RawTask)}, for who has many: small tasks of one type may share
   * messages; see {@link ClientBuilder#chunks}. One that comes alone is sent at once.
   */
  public CompletionStage<RawHandle> submitInBulk(RawTask task) {
    try {
      return onCallbacks(startInBulk(task));
    } catch (WarrenException refused) {
      return CompletableFuture.failedStage(refused);
    }
  }

  /** Like {@link #submitAll(TaskType, Stream, SubmitOptions)}, with JSON. */
  public Stream<RawHandle> submitAll(Stream<RawTask> tasks) {
    return SubmitStream.of(tasks, this::startInOrder, this::await, settings.window());
  }

  /**
   * Opens a batch, and returns when the broker has told the gateways' queue of it.
   *
   * @param description for people; may be empty
   * @throws dev.warren.api.GatewayRequiredException if no gateway has ever run on this virtual host
   */
  public Batch openBatch(String description) {
    return openBatch(TaskId.next().toString(), description);
  }

  /** Like {@link #openBatch(String)}, under a chosen id; to open a batch again changes nothing. */
  public Batch openBatch(String id, String description) {
    batchEvents.publish(
        BatchOpened.NAME,
        new BatchOpened(id, description, Instant.now(), null),
        "the batch was not opened");
    return new Batch(this, id, 0);
  }

  /**
   * Goes on with a batch that was not sealed.
   *
   * @param from the index of the next member; all below count as confirmed. If some are not, start
   *     from 0 and say which are: {@link Batch#count}.
   */
  public Batch resumeBatch(String id, long from) {
    return new Batch(this, id, from);
  }

  /**
   * Cancels a task, wherever it is: what waits is not run any more, what runs is told to stop. Ends
   * when the broker has confirmed it, at most after the send deadline; workers hear of it then. All
   * generations that were submitted or replayed by now are meant. A task that has ended, and an id
   * that nobody knows, are left alone; to cancel twice does no harm.
   *
   * @throws SendDeadlineException if no confirm came in time: cancel again
   * @throws dev.warren.api.TopologyMismatchException if the virtual host has no cancellations
   */
  @Override
  public void cancel(TaskId task) {
    canceller.cancel(canceller.task(task, Cancellation.EVERY_GENERATION));
  }

  /** Like {@link #cancel(TaskId)}, for one generation of a task, now or when it is replayed. */
  public void cancel(TaskId task, int generation) {
    canceller.cancel(canceller.task(task, generation));
  }

  /**
   * Like {@link #cancel(TaskId)}, without waiting: the stage completes when the broker has
   * confirmed it.
   */
  @Override
  public CompletionStage<Void> cancelAsync(TaskId task) {
    return canceller.cancelAsync(canceller.task(task, Cancellation.EVERY_GENERATION));
  }

  /** Like {@link #cancel(TaskId, int)}, without waiting. */
  public CompletionStage<Void> cancelAsync(TaskId task, int generation) {
    return canceller.cancelAsync(canceller.task(task, generation));
  }

  /**
   * Cancels all members of a batch with one entry, those that are submitted later included. Ends
   * and fails as {@link #cancel(TaskId)}.
   */
  public void cancelBatch(String batch) {
    canceller.cancel(canceller.batch(batch));
  }

  /** Like {@link #cancelBatch}, without waiting. */
  public CompletionStage<Void> cancelBatchAsync(String batch) {
    return canceller.cancelAsync(canceller.batch(batch));
  }

  /**
   * Pauses a queue in the whole fleet, for processes that start later, too: they take no more of
   * its tasks, give back what they have not started, and end what they run. Its tasks wait until
   * the queue is {@link #resumeQueue resumed}, or 15 days have passed. Ends when the broker has
   * confirmed it; workers hear of it then. To pause a queue again does no harm.
   *
   * @param by who asks, for people; may be empty
   * @throws SendDeadlineException if no confirm came in time: pause it again
   * @throws dev.warren.api.TopologyMismatchException if the virtual host has no cancellations,
   *     where pauses are kept
   */
  public void pauseQueue(String queue, String by) {
    pause(new QueuePause(queue, true, Instant.now(), by));
  }

  /** Ends the pause of a queue. Ends and fails as {@link #pauseQueue}. */
  public void resumeQueue(String queue, String by) {
    pause(new QueuePause(queue, false, Instant.now(), by));
  }

  private void pause(QueuePause pause) {
    String done = pause.paused() ? "paused" : "resumed";
    entries.addAndAwait(
        new StreamEntries.Entry(
            QueuePauseCodec.properties(pause, settings.appId()),
            QueuePauseCodec.write(pause),
            "that queue " + pause.queue() + " is " + done,
            "queue " + pause.queue() + " was not " + done,
            "say it again"));
  }

  /** A batch that this client or another one has opened. */
  public BatchHandle batch(String id) {
    return new BatchHandle(this, id);
  }

  /**
   * The gateway that tells what became of tasks and batches; found at the first call, which asks
   * the fleet if no address was configured. Closed with this client.
   */
  public GatewayClient gateway() {
    return gateway.client();
  }

  /** Questions to the fleet. */
  public FleetQuery fleet() {
    return fleet;
  }

  /** The fleet's dead letters: to look at, replay, change and remove. Needs no gateway. */
  public DeadLetters deadLetters() {
    requireOpen();
    return new DeadLetters(parts());
  }

  /** The fleet's work queues: to look into, and to empty. Needs no gateway. */
  public WorkQueues workQueues() {
    requireOpen();
    return new WorkQueues(parts());
  }

  private LibraryParts parts() {
    return new LibraryParts(
        settings,
        connections,
        publisher,
        types,
        new LibraryParts.Answers(listener, expectations, fleet));
  }

  /** The task types that the fleet has announced, as this client knows them. */
  public TypeCatalog types() {
    return types;
  }

  /** Why the broker has blocked publishers, if it has: an alarm of memory or disk. */
  public Optional<String> blocked() {
    return publisher.blocked();
  }

  /** Whether the publishing connection is open now. */
  public boolean connected() {
    return publisher.connected();
  }

  /** Opens further connections of this process, for topology and registry. */
  public Connections connections() {
    return connections;
  }

  /**
   * Waits for unconfirmed submissions, at most the send deadline, deletes the waiting queue and
   * ends the client's threads. Outcomes that have not come will not: their stages fail. A second
   * call does nothing.
   */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try {
      // First what still waits for company, then what is told beside tasks.
      boolean settled =
          submitter.awaitSettled(settings.sendDeadline())
              && publisher.awaitSettled(settings.sendDeadline());
      if (!settled) {
        LOG.debug("closing with submissions that the broker has not answered");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    secondTries.close();
    // Its goodbye takes as long as the publisher's: both at the same time.
    listener.end();
    notices.close();
    gateway.close();
    twin.close();
    publisher.close();
    listener.close();
    expectations.close();
    callbacks.close();
  }

  <A> RawTask raw(TaskType<A, ?> type, A arguments, SubmitOptions options) {
    return new RawTask(
        type.name(),
        JsonCodec.writePart(arguments, new Named.Arguments(type.name())),
        options,
        type.options(),
        settings.waiting(),
        null);
  }

  <R extends @Nullable Object> TaskHandle<R> typed(RawHandle handle, TaskType<?, R> type) {
    return new TypedHandle<>(handle, type, listener);
  }

  /** Off the publisher's threads: a callback that blocks there would block what it waits for. */
  CompletionStage<RawHandle> onCallbacks(CompletableFuture<RawHandle> submission) {
    return submission.thenApplyAsync(handle -> handle, callbacks).minimalCompletionStage();
  }

  /** Tells the gateways that a batch has all its members. */
  void batchClosed(String id, long members) {
    requireOpen();
    batchEvents.publish(
        BatchClosed.NAME,
        new BatchClosed(id, members, Instant.now(), null),
        "batch " + id + " was not sealed");
  }

  /** Unconfirmed submissions at most. */
  int window() {
    return settings.window();
  }

  /** After so long the publisher has certainly answered for what it was given. */
  Duration settleLimit() {
    return Confirms.limit(settings.sendDeadline());
  }

  CompletableFuture<RawHandle> start(RawTask task) {
    requireOpen();
    return submitter.submit(task);
  }

  CompletableFuture<RawHandle> startInBulk(RawTask task) {
    requireOpen();
    return submitter.submitInBulk(task);
  }

  private void requireOpen() {
    if (closed.get()) {
      throw new IllegalStateException("this client is closed");
    }
  }

  /** A refusal before sending becomes known when its turn comes, not before those ahead of it. */
  private CompletableFuture<RawHandle> startInOrder(RawTask task) {
    try {
      return startInBulk(task);
    } catch (WarrenException refused) {
      return CompletableFuture.failedFuture(refused);
    }
  }

  RawHandle await(CompletableFuture<RawHandle> submission) {
    return Confirms.await(submission, settings.sendDeadline(), "the task");
  }

  private void heard(Event event) {
    switch (event) {
      case OutcomeEvent outcome -> {
        durations.heard(outcome);
        expectations.arrived(outcome);
      }
      case Pong pong -> fleet.heard(pong);
      // Told for the gateways; this client waits for ends.
      case TaskDelayed delayed -> {}
      case TaskRetrying retrying -> {}
      case TaskProgress progress -> {}
      case BatchOpened opened -> {}
      case BatchClosed closedBatch -> {}
    }
  }
}
