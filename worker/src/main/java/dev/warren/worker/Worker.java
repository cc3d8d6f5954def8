package dev.warren.worker;

import dev.warren.api.BrokerUnreachableException;
import dev.warren.api.TaskProvider;
import dev.warren.engine.connection.BackOff;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.connection.ProcessName;
import dev.warren.engine.control.ControlListener;
import dev.warren.engine.control.ProcessReport;
import dev.warren.engine.delivery.AttemptJournal;
import dev.warren.engine.delivery.DeliveryEngine;
import dev.warren.engine.delivery.DrainReport;
import dev.warren.engine.delivery.EngineSettings;
import dev.warren.engine.delivery.EngineState;
import dev.warren.engine.delivery.LaneExecutor;
import dev.warren.engine.delivery.Registration;
import dev.warren.engine.health.Health;
import dev.warren.engine.metrics.EngineMetrics;
import dev.warren.engine.metrics.JvmMetrics;
import dev.warren.engine.registry.Announcer;
import dev.warren.engine.registry.TypeAnnouncement;
import dev.warren.engine.topology.Declarer;
import dev.warren.worker.lane.ThreadsLane;
import dev.warren.worker.lane.VirtualLane;
import dev.warren.worker.loading.LoadedTasks;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker in this JVM: consumes queues and runs the tasks of the providers on the class path, of
 * those given and of task jars. Build, {@link #start}, and end with {@link #drain} and {@link
 * #close}; without a drain, what runs goes back to its queue.
 */
public final class Worker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
  private static final Duration SETTLE_DEADLINE = Duration.ofSeconds(60);

  private final WorkerSettings settings;
  private final ProcessName process = ProcessName.of("worker");
  private final Instant since = Instant.now();
  private final Connections connections;
  private final LoadedTasks tasks;
  private final List<LaneExecutor> lanes;
  private final Declarer declarer;
  private final PrometheusMeterRegistry registry;
  private final EngineMetrics metrics;
  private final JvmMetrics jvm;
  private final DeliveryEngine engine;
  private final Map<String, Set<String>> typesByQueue = new LinkedHashMap<>();
  private final Announcer announcer;
  private final ControlListener control;
  private final CountDownLatch ending = new CountDownLatch(1);
  private volatile boolean started;
  private volatile String starting = "not started";

  private Worker(Builder builder) {
    settings = builder.settings;
    connections = new Connections(settings.broker(), process);
    declarer = new Declarer(connections);
    tasks = LoadedTasks.load(builder.providers, settings.taskJars(), settings.taskSettings());
    lanes = List.of(new ThreadsLane(settings.threads()), new VirtualLane(settings.virtual()));
    registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    registry.config().commonTags("process", builder.label);
    metrics =
        new EngineMetrics(
            registry, tasks.registrations().stream().map(one -> one.type().name()).toList());
    DeliveryEngine.Builder parts =
        DeliveryEngine.builder(connections, engineSettings())
            .journal(builder.journal)
            .listener(metrics)
            .preparation(new QueueBinding(declarer, settings.topology()));
    tasks.registrations().forEach(parts::register);
    lanes.forEach(parts::lane);
    List<TypeAnnouncement> announcements = new ArrayList<>();
    for (String queue : settings.queues()) {
      Set<String> types = new TreeSet<>();
      for (Registration<?, ?> served : parts.servedFrom(queue)) {
        types.add(served.type().name());
        announcements.add(announcement(served, queue));
      }
      typesByQueue.put(queue, types);
    }
    engine = parts.build();
    announcer = new Announcer(connections, announcements);
    control = new ControlListener(connections, () -> report().json());
    metrics.watch(this::state, settings.queues());
    lanes.forEach(metrics::watch);
    jvm = new JvmMetrics(registry);
  }

  /** A worker to be. */
  public static Builder builder(WorkerSettings settings) {
    return new Builder(settings);
  }

  /**
   * Declares or verifies the topology and begins to consume. Waits for the broker as long as it
   * takes, or until the worker is closed.
   *
   * @throws dev.warren.api.WarrenException if the broker can be reached but refuses the login or
   *     the topology
   */
  public void start() throws InterruptedException {
    LOG.info(
        "{} serves {} at {}, with {} threads and {} virtual threads",
        process.text(),
        typesByQueue,
        settings.broker().uri(),
        settings.threads(),
        settings.virtual());
    if (!establishTopology()) {
      return;
    }
    started = true;
    engine.start();
    announcer.start();
    control.start();
  }

  /** Ends a {@link #start} that waits for the broker; it returns without having started. */
  public void giveUpStart() {
    ending.countDown();
  }

  /** What it is doing now. */
  public EngineState state() {
    return engine.state();
  }

  /** What it is doing now, for health checks. */
  public Health health() {
    Health health = Health.of(process.text(), state());
    return started ? health : new Health(false, starting, health.about());
  }

  /** Its metrics as Prometheus text. */
  public String metrics() {
    return registry.scrape();
  }

  /** Who it is, in connections and outcomes. */
  public ProcessName process() {
    return process;
  }

  /** What it tells who asks the fleet. */
  public ProcessReport report() {
    return new ProcessReport(process, since, state(), lanes, metrics.done(), metrics.failed());
  }

  /**
   * Stops consuming, gives back what has not started, and waits until what runs is done. What still
   * runs after the grace is interrupted and given back. Call once, before {@link #close}.
   */
  public DrainReport drain(Duration grace) throws InterruptedException {
    ending.countDown();
    return started ? engine.drain(grace) : new DrainReport(0, 0, Duration.ZERO);
  }

  /** Ends the grace of a drain that is under way. */
  public void hurry() {
    ending.countDown();
    engine.hurry();
  }

  /** Ends everything, in the order in which the parts need each other. */
  @Override
  public void close() {
    ending.countDown();
    if (started) {
      engine.close();
      announcer.close();
      control.close();
    }
    lanes.forEach(LaneExecutor::close);
    tasks.close();
    jvm.close();
    registry.close();
  }

  /** False if the worker was closed before the broker answered. */
  private boolean establishTopology() throws InterruptedException {
    BackOff backOff = new BackOff();
    while (ending.getCount() > 0) {
      try {
        declarer.establish(settings.topology(), typesByQueue);
        return true;
      } catch (BrokerUnreachableException away) {
        starting = "waiting for the broker: " + away.getMessage();
        LOG.warn("{}; trying again until it answers", away.getMessage());
      }
      if (ending.await(backOff.next().toMillis(), TimeUnit.MILLISECONDS)) {
        return false;
      }
    }
    return false;
  }

  private EngineSettings engineSettings() {
    return new EngineSettings(
        process,
        settings.queues(),
        settings.prefetch(),
        settings.consumerTimeout(),
        SETTLE_DEADLINE);
  }

  private TypeAnnouncement announcement(Registration<?, ?> served, String queue) {
    return TypeAnnouncement.of(
        served.type().with(options -> options.withQueue(queue)),
        served.lane(),
        ProcessReport.version(),
        process.text(),
        since);
  }

  /** Gathers what a worker is made of. */
  public static final class Builder {
    private final WorkerSettings settings;
    private final List<TaskProvider> providers = new ArrayList<>();
    private AttemptJournal journal = AttemptJournal.NONE;
    private String label = "worker-1";

    private Builder(WorkerSettings settings) {
      this.settings = settings;
    }

    /** Adds a provider to those on the class path. */
    public Builder provider(TaskProvider provider) {
      providers.add(provider);
      return this;
    }

    /** Keeps note of running attempts. Closed by who made it. */
    public Builder journal(AttemptJournal kept) {
      journal = kept;
      return this;
    }

    /** The label {@code process} of its metrics. Default is {@code worker-1}. */
    public Builder label(String name) {
      label = name;
      return this;
    }

    /**
     * Loads the tasks and makes the worker.
     *
     * @throws dev.warren.api.ConfigurationException if something of it does not fit together
     */
    public Worker build() {
      return new Worker(this);
    }
  }
}
