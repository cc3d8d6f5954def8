package dev.warren.worker;

import dev.warren.api.ConfigurationException;
import dev.warren.engine.configuration.Defaults;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.delivery.Pacing;
import dev.warren.engine.topology.TopologyMode;
import dev.warren.worker.process.ProcessSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * What a worker consumes, and how.
 *
 * @param queues the queues to serve. Default is {@code default} and {@code cpu}.
 * @param threads concurrency of the lane for busy work. Default is one per core.
 * @param virtual concurrency of the lane for waiting work. Default is 1,000: one that waits costs
 *     little, and what it waits for has limits of its own.
 * @param prefetch unacknowledged deliveries at most, for queues that should not have the default
 * @param topology what to do about queues and exchanges at the start. Default is to declare them.
 * @param consumerTimeout the broker's limit between delivery and acknowledgement
 * @param taskJars jars of tasks to load beside the built-in ones
 * @param taskSettings what tasks may read: {@code files-root} among them
 * @param stopGrace what a task gets to end after its time limit or its cancellation. Default is 30
 *     s.
 * @param processes how tasks run in child processes, if there are any that do
 * @param pacing limits of types, and how much to hold of a queue without a prefetch
 * @param adaptive whether the lane for waiting work finds out how many tasks at once are good, up
 *     to its concurrency. Default is no.
 */
public record WorkerSettings(
    BrokerSettings broker,
    List<String> queues,
    int threads,
    int virtual,
    Map<String, Integer> prefetch,
    TopologyMode topology,
    Duration consumerTimeout,
    List<Path> taskJars,
    Map<String, String> taskSettings,
    Duration stopGrace,
    ProcessSettings processes,
    Pacing pacing,
    boolean adaptive) {
  public static final List<String> DEFAULT_QUEUES = List.of("default", "cpu");
  public static final int DEFAULT_VIRTUAL = 1_000;

  public WorkerSettings {
    Objects.requireNonNull(broker, "broker");
    Objects.requireNonNull(topology, "topology");
    Objects.requireNonNull(processes, "processes");
    queues = queues.stream().distinct().toList();
    prefetch = Map.copyOf(prefetch);
    taskJars = List.copyOf(taskJars);
    taskSettings = Map.copyOf(taskSettings);
    if (threads < 1 || virtual < 1) {
      throw new ConfigurationException("a lane runs at least one task at once");
    }
    for (String queue : prefetch.keySet()) {
      if (!queues.contains(queue)) {
        throw new ConfigurationException(
            "prefetch names the queue '" + queue + "', which this worker does not serve");
      }
    }
  }

  /** The defaults, for a broker. */
  public static WorkerSettings of(BrokerSettings broker) {
    return new WorkerSettings(
        broker,
        DEFAULT_QUEUES,
        Runtime.getRuntime().availableProcessors(),
        DEFAULT_VIRTUAL,
        Map.of(),
        TopologyMode.APPLY,
        Defaults.CONSUMER_TIMEOUT,
        List.of(),
        Map.of(),
        Defaults.STOP_GRACE,
        ProcessSettings.of(Runtime.getRuntime().availableProcessors()),
        Pacing.DEFAULT,
        false);
  }

  public WorkerSettings withQueues(String... names) {
    return changed(draft -> draft.queues = List.of(names));
  }

  public WorkerSettings withConcurrency(int inThreads, int inVirtual) {
    return changed(
        draft -> {
          draft.threads = inThreads;
          draft.virtual = inVirtual;
        });
  }

  public WorkerSettings withTaskSettings(Map<String, String> settings) {
    return changed(draft -> draft.taskSettings = settings);
  }

  public WorkerSettings withTaskJars(List<Path> jars) {
    return changed(draft -> draft.taskJars = jars);
  }

  public WorkerSettings withProcesses(ProcessSettings settings) {
    return changed(draft -> draft.processes = settings);
  }

  public WorkerSettings withPacing(Pacing paced) {
    return changed(draft -> draft.pacing = paced);
  }

  public WorkerSettings withAdaptive(boolean adapts) {
    return changed(draft -> draft.adaptive = adapts);
  }

  private WorkerSettings changed(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.settings();
  }

  /** Settings that are being changed; the others stay as they are. */
  private static final class Draft {
    private final WorkerSettings from;
    private List<String> queues;
    private int threads;
    private int virtual;
    private List<Path> taskJars;
    private Map<String, String> taskSettings;
    private ProcessSettings processes;
    private Pacing pacing;
    private boolean adaptive;

    Draft(WorkerSettings from) {
      this.from = from;
      queues = from.queues();
      threads = from.threads();
      virtual = from.virtual();
      taskJars = from.taskJars();
      taskSettings = from.taskSettings();
      processes = from.processes();
      pacing = from.pacing();
      adaptive = from.adaptive();
    }

    WorkerSettings settings() {
      return new WorkerSettings(
          from.broker(),
          queues,
          threads,
          virtual,
          from.prefetch(),
          from.topology(),
          from.consumerTimeout(),
          taskJars,
          taskSettings,
          from.stopGrace(),
          processes,
          pacing,
          adaptive);
    }
  }
}
