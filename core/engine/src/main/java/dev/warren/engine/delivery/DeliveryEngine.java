package dev.warren.engine.delivery;

import dev.warren.api.ConfigurationException;
import dev.warren.api.Lane;
import dev.warren.api.TaskId;
import dev.warren.engine.advice.AdviceReport;
import dev.warren.engine.cancel.CancellationFeed;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.limit.PrefetchRule;
import dev.warren.engine.publish.EventPublisher;
import dev.warren.engine.publish.Notices;
import dev.warren.engine.publish.Publisher;
import dev.warren.engine.settle.CrashNote;
import dev.warren.engine.undertake.Undertaker;
import dev.warren.engine.wire.TaskReader;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;

/**
 * Consumes task queues, runs their tasks in lanes, and settles them: consume → dispatch → lane →
 * settle. What follows from an attempt is confirmed by the broker before its delivery is
 * acknowledged, so a crash at any moment makes a duplicate, never a loss. One connection consumes,
 * one publishes.
 *
 * <p>Build, {@link #start}, and end with {@link #drain} and {@link #close}. The lanes and the
 * journal belong to whoever made them and are closed by them, after the engine.
 */
public final class DeliveryEngine implements AutoCloseable {
  /** Unconfirmed messages at most; far more than the prefetch lets happen. */
  private static final int PUBLISH_WINDOW = 2_000;

  /** Before it is known how long tasks take, unless the lanes have more places. */
  private static final int USUAL_PREFETCH = 16;

  /** Of tasks that are over at once; more only where there are more places. */
  private static final int MOST_DELIVERIES = 2_000;

  /** This part of the heap at most is for the deliveries of a queue. */
  private static final int SHARE_OF_MEMORY = 16;

  private static final Duration SETTLE_LIMIT = Duration.ofSeconds(10);
  private static final Duration RESULTS_LIMIT = Duration.ofSeconds(10);

  /** Nothing is lost with them, so a stop does not wait for a broker that is away. */
  private static final Duration NOTICES_LIMIT = Duration.ofSeconds(1);

  private final LiveDeliveries live = new LiveDeliveries();
  private final StuckAttempts stuck = new StuckAttempts();
  private final Deadlines deadlines = new Deadlines();
  private final ConsumeConnection consumeConnection;
  private final Publisher publisher;
  private final EventPublisher results;
  private final Notices notices;
  private final OutcomesWatch outcomes;
  private final CancellationFeed cancellations;
  private final SuspectTurns turns;
  private final HeldWork held;
  private final Undertaker undertaker;
  private final Map<String, ServedType> types = new LinkedHashMap<>();
  private final List<LaneExecutor> lanes;
  private final TypeLimits limits;
  private final List<Consumer> consumers = new ArrayList<>();
  private volatile boolean draining;
  private volatile boolean hurried;

  private DeliveryEngine(Builder builder) {
    EngineSettings settings = builder.settings;
    lanes = List.copyOf(builder.lanes.values());
    AttemptSpan span = builder.span();
    builder.registrations.forEach(
        (name, registration) -> types.put(name, new ServedType(registration, builder.lanes)));
    consumeConnection =
        new ConsumeConnection(
            builder.connections, opened -> span.tell(opened, builder.registrations.values()));
    outcomes = new OutcomesWatch(consumeConnection);
    publisher =
        new Publisher(
            "warren-publisher", () -> builder.connections.open("publish"), PUBLISH_WINDOW);
    String appId = "warren-" + settings.process().role();
    results =
        new EventPublisher(
            new EventPublisher.Settings(
                "warren-results", appId, settings.settleDeadline(), RESULTS_LIMIT),
            publisher,
            outcomes::aggregated);
    notices =
        new Notices(
            new EventPublisher.Settings(
                "warren-notices", appId, settings.settleDeadline(), NOTICES_LIMIT),
            publisher);
    cancellations =
        new CancellationFeed(
            builder.connections, builder.clock, builder.patience, this::cancellationsChanged);
    undertaker =
        new Undertaker(
            consumeConnection::channel,
            publisher,
            results,
            new Undertaker.Settings(settings.process(), settings.settleDeadline(), builder.clock));
    Settler settler =
        new Settler(
            publisher, new Settler.Events(results, notices), deadlines, builder.listener, settings);
    turns = new SuspectTurns(builder.isolation, deadlines, () -> consumers.forEach(Consumer::look));
    held = new HeldWork(live, turns, settler);
    Workshop workshop =
        new Workshop(
            settler,
            live,
            stuck,
            deadlines,
            settings.stopGrace(),
            new KnownExecutions(builder.suspects),
            turns,
            builder.journal,
            builder.listener,
            cancellations.known()::cover,
            settings.process().text(),
            builder.clock);
    limits =
        new TypeLimits(
            settings.pacing(),
            builder.registrations.values(),
            queue -> consumer(queue).map(Consumer::mostTasks).orElse(0),
            (queue, type) -> consumer(queue).map(one -> one.bringsOnly(type)).orElse(false));
    List<Admission> admissions = new ArrayList<>();
    admissions.add(limits);
    admissions.addAll(builder.admissions);
    Dispatcher dispatcher =
        new Dispatcher(new TaskReader(builder.clock), types, admissions, workshop);
    Consumer.Approach approach =
        new Consumer.Approach(
            consumeConnection, builder.preparation, cancellations, turns::standsAside);
    for (String queue : settings.queues()) {
      consumers.add(
          new Consumer(
              builder.subscription(queue, this::place, held),
              approach,
              dispatcher::dispatch,
              builder.listener,
              held));
    }
  }

  public static Builder builder(Connections connections, EngineSettings settings) {
    return new Builder(connections, settings);
  }

  /** Begins to consume; returns at once and keeps trying while the broker is away. */
  public void start() {
    publisher.start();
    outcomes.start();
    cancellations.start();
    undertaker.start();
    consumers.forEach(Consumer::start);
  }

  /** What the engine is doing now. */
  public EngineState state() {
    List<EngineState.QueueState> queues = consumers.stream().map(Consumer::state).toList();
    String trouble = stuck.overwhelmed().or(this::troubleOfLanes).orElse("");
    boolean ready =
        !draining && trouble.isEmpty() && queues.stream().allMatch(EngineState.QueueState::inOrder);
    return new EngineState(
        ready,
        draining,
        live.running(),
        live.waiting(),
        queues,
        stuck.all(),
        trouble,
        limits.state());
  }

  /** Where attempts of a type run now: in its lane, or as many of them as its limit says. */
  private QueuePace.Place place(String type) {
    LaneExecutor lane = Objects.requireNonNull(types.get(type), type).lane();
    OptionalInt limit = limits.of(type);
    return limit.isPresent()
        ? new QueuePace.Place(type, Math.min(limit.getAsInt(), lane.concurrency()))
        : new QueuePace.Place(lane.lane().word(), lane.concurrency());
  }

  private Optional<Consumer> consumer(String queue) {
    return consumers.stream().filter(one -> one.queue().equals(queue)).findFirst();
  }

  private Optional<String> troubleOfLanes() {
    return lanes.stream().flatMap(lane -> lane.trouble().stream()).findFirst();
  }

  /** What of the cancellations this process knows. */
  public CancellationFeed cancellations() {
    return cancellations;
  }

  /** What is known of types that this process runs, of all if none is named. */
  public AdviceReport advice(List<String> asked) {
    int cores = Runtime.getRuntime().availableProcessors();
    return AdviceReport.of(
        cores, types.values().stream().map(type -> type.report(cores)).toList(), asked);
  }

  /** How many messages that the broker gave up this process has told the end of. */
  public long undertaken() {
    return undertaker.buried();
  }

  /** Whether, and how, this process holds a task now. Looks through all that it holds. */
  public Optional<HeldTask> find(TaskId task) {
    return held.find(task)
        .or(() -> stuck.all().stream().filter(each -> each.task().equals(task)).findFirst());
  }

  /**
   * Stops consuming, gives back what has not started, and waits until what runs is done and
   * settled. What still runs after the grace is told to stop and given back. Call once.
   */
  public DrainReport drain(Duration grace) throws InterruptedException {
    long begun = System.nanoTime();
    draining = true;
    undertaker.stop();
    for (Consumer consumer : consumers) {
      consumer.stopConsuming();
    }
    int returned = held.returnUnstarted();
    boolean done = live.awaitNone(grace.toNanos(), () -> hurried);
    int interrupted = done ? 0 : held.interrupt();
    publisher.awaitSettled(SETTLE_LIMIT);
    return new DrainReport(returned, interrupted, Duration.ofNanos(System.nanoTime() - begun));
  }

  /** Ends the grace of a drain that is under way. */
  public void hurry() {
    hurried = true;
    live.signal();
  }

  /** Ends everything. Without a drain before, what is held goes back to its queue unfinished. */
  @Override
  public void close() {
    draining = true;
    consumers.forEach(Consumer::close);
    cancellations.close();
    undertaker.close();
    results.close();
    notices.close();
    publisher.close();
    outcomes.close();
    consumeConnection.close();
    deadlines.close();
  }

  /** Ends and stops what is cancelled among what is held, and lets consumers look again. */
  private void cancellationsChanged() {
    held.cancelWhatIsAsked();
    consumers.forEach(Consumer::look);
  }

  /** Gathers what an engine is made of. */
  public static final class Builder {
    private final Connections connections;
    private final EngineSettings settings;
    private final Map<String, Registration<?, ?>> registrations = new LinkedHashMap<>();
    private final Map<Lane, LaneExecutor> lanes = new EnumMap<>(Lane.class);
    private final List<Admission> admissions = new ArrayList<>();
    private QueuePreparation preparation = QueuePreparation.NONE;
    private AttemptJournal journal = AttemptJournal.NONE;
    private Set<CrashNote> suspects = Set.of();
    private Isolation isolation = Isolation.NONE;
    private EngineListener listener = EngineListener.NONE;
    private Duration patience = CancellationFeed.DEFAULT_PATIENCE;
    private Duration quiet = Watchdog.DEFAULT_QUIET;
    private Clock clock = Clock.systemUTC();

    private Builder(Connections connections, EngineSettings settings) {
      this.connections = connections;
      this.settings = settings;
    }

    /** Adds a type that this process runs. */
    public Builder register(Registration<?, ?> registration) {
      if (registrations.putIfAbsent(registration.type().name(), registration) != null) {
        throw new ConfigurationException(
            "task type '" + registration.type().name() + "' is registered twice");
      }
      return this;
    }

    /** Adds a lane. */
    public Builder lane(LaneExecutor executor) {
      lanes.put(executor.lane(), executor);
      return this;
    }

    /** Adds something to ask before an attempt is handed to its lane, after those added before. */
    public Builder admission(Admission asked) {
      admissions.add(asked);
      return this;
    }

    /** Makes queues ready at each connection. Default is {@link QueuePreparation#NONE}. */
    public Builder preparation(QueuePreparation hook) {
      preparation = hook;
      return this;
    }

    /** Keeps note of running attempts. Default is {@link AttemptJournal#NONE}. */
    public Builder journal(AttemptJournal kept) {
      journal = kept;
      return this;
    }

    /**
     * What ran when a worker before this one crashed: should it come again, it runs with nothing
     * beside it. Default is nothing.
     */
    public Builder suspects(Set<CrashNote> notes) {
      suspects = Set.copyOf(notes);
      return this;
    }

    /** Runs suspects apart from this process. Default is {@link Isolation#NONE}. */
    public Builder isolation(Isolation elsewhere) {
      isolation = elsewhere;
      return this;
    }

    /** Hears what happens. Default is {@link EngineListener#NONE}. */
    public Builder listener(EngineListener heard) {
      listener = heard;
      return this;
    }

    /**
     * How long tasks are still taken when cancellations are not heard any more. Default is {@link
     * CancellationFeed#DEFAULT_PATIENCE}.
     */
    public Builder patience(Duration limit) {
      patience = limit;
      return this;
    }

    /**
     * How long a consumer may get nothing while tasks wait in its queue, before its channel is
     * opened anew. Default is 30 s.
     */
    Builder quiet(Duration limit) {
      quiet = limit;
      return this;
    }

    /** The time. Default is the system's clock. */
    public Builder clock(Clock time) {
      clock = time;
      return this;
    }

    /** Checks that every type has its lane, and makes the engine. */
    public DeliveryEngine build() {
      registrations.values().forEach(registration -> ServedType.possible(registration, lanes));
      return new DeliveryEngine(this);
    }

    /** The registrations whose tasks a queue may bring: those at home there, or else all. */
    public List<Registration<?, ?>> servedFrom(String queue) {
      List<Registration<?, ?>> atHome =
          registrations.values().stream()
              .filter(registration -> registration.type().options().queue().equals(queue))
              .toList();
      return atHome.isEmpty() ? List.copyOf(registrations.values()) : atHome;
    }

    private AttemptSpan span() {
      return new AttemptSpan(settings.consumerTimeout(), settings.stopGrace());
    }

    private Consumer.Subscription subscription(
        String queue, Function<String, QueuePace.Place> placeOfType, Pacer.Unstarted unstarted) {
      List<Registration<?, ?>> served = servedFrom(queue);
      return new Consumer.Subscription(
          queue,
          served.stream()
              .map(registration -> registration.type().name())
              .sorted(Comparator.naturalOrder())
              .toList(),
          pacer(queue, served, placeOfType, unstarted),
          span().timeout(served),
          quiet);
    }

    private Pacer pacer(
        String queue,
        List<Registration<?, ?>> served,
        Function<String, QueuePace.Place> placeOfType,
        Pacer.Unstarted unstarted) {
      QueuePace pace =
          new QueuePace(served.stream().map(one -> one.type().name()).toList(), placeOfType);
      Integer given = settings.prefetch().get(queue);
      if (given != null) {
        return new Pacer(queue, pace, given, unstarted);
      }
      List<LaneExecutor> used =
          served.stream()
              .flatMap(registration -> ServedType.possible(registration, lanes).stream())
              .distinct()
              .toList();
      long concurrency = used.stream().mapToInt(LaneExecutor::concurrency).sum();
      long most = used.stream().mapToInt(LaneExecutor::mostConcurrency).sum();
      return new Pacer(
          queue,
          pace,
          new PrefetchRule(
              settings.pacing().prefetchTime(),
              Math.clamp(concurrency + 1, USUAL_PREFETCH, PrefetchRule.LARGEST),
              Math.clamp(2 * most, MOST_DELIVERIES, PrefetchRule.LARGEST),
              Runtime.getRuntime().maxMemory() / SHARE_OF_MEMORY),
          unstarted);
    }
  }
}
