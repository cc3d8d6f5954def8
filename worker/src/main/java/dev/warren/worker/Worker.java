package dev.warren.worker;

import dev.warren.api.ConfigurationException;
import dev.warren.api.Lane;
import dev.warren.api.TaskProvider;
import dev.warren.engine.connection.ProcessName;
import dev.warren.engine.control.ProcessReport;
import dev.warren.engine.delivery.AttemptJournal;
import dev.warren.engine.delivery.DrainReport;
import dev.warren.engine.delivery.EngineSettings;
import dev.warren.engine.delivery.EngineState;
import dev.warren.engine.delivery.Isolation;
import dev.warren.engine.delivery.LaneExecutor;
import dev.warren.engine.delivery.Registration;
import dev.warren.engine.health.Health;
import dev.warren.engine.journal.InFlight;
import dev.warren.engine.limit.AdaptiveLimit;
import dev.warren.engine.member.Member;
import dev.warren.engine.settle.CrashNote;
import dev.warren.worker.lane.ThreadsLane;
import dev.warren.worker.lane.VirtualLane;
import dev.warren.worker.loading.LoadedTasks;
import dev.warren.worker.process.ProcessLane;
import dev.warren.worker.process.SuspectLane;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A worker in this JVM: consumes queues and runs the tasks of the providers on the class path, of
 * those given and of task jars. Build, {@link #start}, and end with {@link #drain} and {@link
 * #close}; without a drain, what runs goes back to its queue.
 */
public final class Worker implements AutoCloseable {
  private static final Duration SETTLE_DEADLINE = Duration.ofSeconds(60);

  private final LoadedTasks tasks;
  private final List<LaneExecutor> lanes = new ArrayList<>();
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private @Nullable SuspectLane suspects;
  private final Member member;

  private Worker(Builder builder) {
    WorkerSettings settings = builder.settings;
    registry.config().commonTags("process", builder.label);
    tasks = LoadedTasks.load(builder.providers, settings.taskJars(), settings.taskSettings());
    lanes.add(new ThreadsLane(settings.threads()));
    lanes.add(
        settings.adaptive()
            ? new VirtualLane(AdaptiveLimit.upTo(settings.virtual()))
            : new VirtualLane(settings.virtual()));
    try {
      member = member(builder);
    } catch (RuntimeException refused) {
      closeLanesAndTasks();
      throw refused;
    }
  }

  private Member member(Builder builder) {
    WorkerSettings settings = builder.settings;
    EngineSettings engine =
        new EngineSettings(
            ProcessName.of("worker"),
            settings.queues(),
            settings.prefetch(),
            settings.consumerTimeout(),
            SETTLE_DEADLINE,
            settings.stopGrace(),
            settings.pacing());
    return new Member(
        new Member.Plan(
            settings.broker(),
            engine,
            settings.topology(),
            builder.journal,
            builder.suspects,
            isolation(settings),
            registry),
        withPermits(builder.permits, withProcesses(settings, tasks.registrations())),
        lanes);
  }

  private static List<Registration<?, ?>> withPermits(
      Map<String, String> permits, List<Registration<?, ?>> registrations) {
    Map<String, String> left = new HashMap<>(permits);
    List<Registration<?, ?>> all = new ArrayList<>();
    for (Registration<?, ?> one : registrations) {
      String name = left.remove(one.type().name());
      all.add(name == null ? one : one.with(options -> options.withPermits(name)));
    }
    if (!left.isEmpty()) {
      throw new ConfigurationException(
          "permits are given for types that this worker does not run: "
              + String.join(", ", new TreeSet<>(left.keySet())));
    }
    return all;
  }

  /** Child processes are started only where there is something for them to do. */
  private List<Registration<?, ?>> withProcesses(
      WorkerSettings settings, List<Registration<?, ?>> registrations) {
    Set<String> loadable = settings.processes().suspects() ? tasks.loadable() : Set.of();
    boolean wanted =
        registrations.stream()
            .anyMatch(
                one ->
                    one.lane() == Lane.PROCESS
                        || (one.lane() == Lane.AUTO && loadable.contains(one.type().name())));
    if (!wanted && settings.processes().commands().isEmpty()) {
      return registrations;
    }
    ProcessLane processes =
        new ProcessLane(settings.processes(), settings.taskJars(), settings.taskSettings());
    lanes.add(processes);
    return processes.start(registrations, loadable);
  }

  /** Nothing is started before the first suspect. */
  private Isolation isolation(WorkerSettings settings) {
    if (!settings.processes().suspects()) {
      return Isolation.NONE;
    }
    suspects =
        new SuspectLane(
            settings.processes(), settings.taskJars(), settings.taskSettings(), tasks.loadable());
    return suspects;
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
    member.start();
  }

  /** The member of the fleet that it is, for its program. */
  Member member() {
    return member;
  }

  /** What it is doing now. */
  public EngineState state() {
    return member.state();
  }

  /** What it is doing now, for health checks. */
  public Health health() {
    return member.health();
  }

  /** Its metrics as Prometheus text. */
  public String metrics() {
    return registry.scrape();
  }

  /** Who it is, in connections and outcomes. */
  public ProcessName process() {
    return member.process();
  }

  /** What it tells who asks the fleet. */
  public ProcessReport report() {
    return member.report();
  }

  /**
   * Stops consuming, gives back what has not started, and waits until what runs is done. What still
   * runs after the grace is interrupted and given back. Call once, before {@link #close}.
   */
  public DrainReport drain(Duration grace) throws InterruptedException {
    return member.drain(grace);
  }

  /** Ends the grace of a drain that is under way. */
  public void hurry() {
    member.hurry();
  }

  /** Ends everything, in the order in which the parts need each other. */
  @Override
  public void close() {
    member.close();
    closeLanesAndTasks();
    registry.close();
  }

  private void closeLanesAndTasks() {
    lanes.forEach(LaneExecutor::close);
    if (suspects != null) {
      suspects.close();
    }
    tasks.close();
  }

  /** Gathers what a worker is made of. */
  public static final class Builder {
    private final WorkerSettings settings;
    private final List<TaskProvider> providers = new ArrayList<>();
    private AttemptJournal journal = AttemptJournal.NONE;
    private Set<CrashNote> suspects = Set.of();
    private Map<String, String> permits = Map.of();
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

    /** What ran when workers before it crashed: should it come again, it runs alone. */
    public Builder suspects(Collection<InFlight> ran) {
      suspects = ran.stream().map(InFlight::crashNote).collect(Collectors.toUnmodifiableSet());
      return this;
    }

    /** The label {@code process} of its metrics. Default is {@code worker-1}. */
    public Builder label(String name) {
      label = name;
      return this;
    }

    /**
     * The permits that types need, by type: as if {@link
     * dev.warren.api.TaskOptions#withPermits(String)} were said of each, and instead of it.
     */
    public Builder permits(Map<String, String> namesByType) {
      permits = Map.copyOf(namesByType);
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
