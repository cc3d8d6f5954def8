package dev.warren.worker;

import dev.warren.api.ConfigurationException;
import dev.warren.engine.configuration.Defaults;
import dev.warren.engine.configuration.Durations;
import dev.warren.engine.configuration.Key;
import dev.warren.engine.configuration.Settings;
import dev.warren.engine.configuration.Sizes;
import dev.warren.engine.configuration.StandardKeys;
import dev.warren.engine.configuration.Tier;
import dev.warren.engine.delivery.Pacing;
import dev.warren.engine.health.HealthKeys;
import dev.warren.engine.limit.PrefetchRule;
import dev.warren.engine.logging.LogFormat;
import dev.warren.engine.startup.StartupCache;
import dev.warren.worker.process.ProcessSettings;
import dev.warren.worker.supervise.ProcessRange;
import dev.warren.worker.supervise.Scaling;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The settings of the worker program. */
final class WorkerKeys {
  static final Key<List<String>> QUEUES =
      Key.texts("worker.queues")
          .withAlias("queues")
          .describedAs("The queues to serve.")
          .in(Tier.ESSENTIAL)
          .withDefault(String.join(",", WorkerSettings.DEFAULT_QUEUES));

  static final Key<List<String>> TASKS =
      Key.texts("tasks.jars")
          .withAlias("tasks")
          .describedAs("Jars of tasks (or folders with a jar and what it needs); repeatable.")
          .in(Tier.ESSENTIAL);

  static final Key<Integer> THREADS =
      Key.integer("worker.threads", 1, 10_000)
          .withAlias("threads")
          .describedAs("Busy tasks at once. Default: the cores, shared among the processes.")
          .in(Tier.ESSENTIAL);

  static final Key<Integer> VIRTUAL =
      Key.integer("worker.virtual", 1, 1_000_000)
          .withAlias("virtual")
          .describedAs("Waiting tasks at once, each on a virtual thread.")
          .in(Tier.ESSENTIAL)
          .withDefault(String.valueOf(WorkerSettings.DEFAULT_VIRTUAL));

  static final Key<String> COMMAND =
      Key.text("worker.command")
          .withAlias("command")
          .describedAs("A program in any language that brings tasks; run in child processes.")
          .in(Tier.OFTEN);

  static final Key<Integer> CHILDREN =
      Key.integer("worker.children", 1, 1_000)
          .withAlias("children")
          .describedAs("Tasks in child processes at once. Default: the cores, shared.")
          .in(Tier.OFTEN);

  static final Key<Long> CHILD_HEAP =
      Key.size("worker.child-heap")
          .withAlias("child-heap")
          .describedAs("The largest heap of a child process that is a JVM.")
          .withDefault(Sizes.format(ProcessSettings.DEFAULT_HEAP));

  static final Key<Integer> CHILD_TASKS =
      Key.integer("worker.child-tasks", 1, Integer.MAX_VALUE)
          .describedAs("A child process is replaced after so many attempts.")
          .withDefault(String.valueOf(ProcessSettings.DEFAULT_TASKS));

  static final Key<Long> CHILD_MEMORY =
      Key.size("worker.child-memory")
          .describedAs("A child process is replaced when an attempt left it larger.")
          .withDefault(Sizes.format(ProcessSettings.DEFAULT_MEMORY));

  static final Key<Long> CHILD_MEMORY_LIMIT =
      Key.size("worker.child-memory-limit")
          .describedAs(
              "The system ends a child process that needs more (cgroup v2). Default: off.");

  static final Key<Boolean> CHILD_STARTUP_CACHE =
      Key.toggle("worker.child-startup-cache")
          .describedAs("Whether children that are JVMs start from a cache, made once in ~/.cache.")
          .withDefault("true");

  static final Key<Duration> CHILD_PATIENCE =
      Key.duration("worker.child-patience")
          .describedAs("What a child process gets to stop, and once more after SIGTERM.")
          .withDefault(Durations.format(ProcessSettings.DEFAULT_PATIENCE));

  static final Key<Boolean> ISOLATE_SUSPECTS =
      Key.toggle("worker.isolate-suspects")
          .describedAs("Run tasks that may have ended a worker in a child process, if possible.")
          .withDefault("true");

  static final Key<ProcessRange> PROCESSES =
      Key.of("worker.processes", ProcessRange.FORM, ProcessRange::parse)
          .withAlias("processes")
          .describedAs("JVMs to run, supervised unless it is a plain 1; 1..4: as work waits.")
          .in(Tier.ESSENTIAL)
          .withDefault("1");

  static final Key<Duration> SCALE_WAIT =
      Key.duration("worker.scale-wait")
          .describedAs("A range of JVMs grows when work would wait for longer.")
          .withDefault(Durations.format(Scaling.DEFAULT_WAIT));

  static final Key<Duration> SCALE_IDLE =
      Key.duration("worker.scale-idle")
          .describedAs("It shrinks when fewer JVMs would have done for so long.")
          .withDefault(Durations.format(Scaling.DEFAULT_IDLE));

  static final Key<Path> FILES_ROOT =
      Key.path("tasks.files-root")
          .withAlias("files-root")
          .describedAs("The folder that file tasks may read; without it they are refused.")
          .in(Tier.OFTEN);

  static final Key<Path> OUTPUT_ROOT =
      Key.path("tasks.output-root")
          .withAlias("output-root")
          .describedAs("The folder that file tasks may write into. Default: the files root.")
          .in(Tier.OFTEN);

  static final Key<List<String>> EXEC_ALLOW =
      Key.texts("tasks.exec-allow")
          .withAlias("exec-allow")
          .describedAs("The programs that 'exec' may run; without any there is no such task.")
          .in(Tier.OFTEN);

  static final Key<List<String>> EXEC_ENVIRONMENT =
      Key.texts("tasks.exec-environment")
          .withAlias("exec-environment")
          .describedAs("Variables that the programs of 'exec' get, of the worker or of the task.");

  static final Key<Map<String, String>> SET =
      Key.entries("tasks.set")
          .withAlias("set")
          .describedAs("A setting for tasks to read; repeatable.")
          .in(Tier.OFTEN);

  static final Key<Duration> GRACE =
      Key.duration("worker.grace")
          .withAlias("grace")
          .describedAs("What running tasks get to finish when the worker is told to stop.")
          .in(Tier.OFTEN)
          .withDefault(Defaults.GRACE.toSeconds() + "s");

  static final Key<Map<String, String>> PREFETCH =
      Key.entries("worker.prefetch")
          .withAlias("prefetch")
          .describedAs("Deliveries held of a queue, e.g. cpu=4. Default: learned from durations.");

  static final Key<Duration> PREFETCH_TIME =
      Key.duration("worker.prefetch-time")
          .describedAs("How much work to hold beside what runs, if no prefetch is given.")
          .withDefault(Durations.format(Pacing.DEFAULT_PREFETCH_TIME));

  static final Key<Boolean> ADAPTIVE =
      Key.toggle("worker.adaptive")
          .withAlias("adaptive")
          .describedAs("Find out how many waiting tasks at once are good, up to --virtual.")
          .withDefault("false")
          .in(Tier.OFTEN);

  static final Key<Map<String, String>> LIMITS =
      Key.entries("worker.limits")
          .withAlias("limit")
          .describedAs("Tasks of a type at once in a process, e.g. mail.send=4; repeatable.")
          .in(Tier.OFTEN);

  static final Key<Map<String, String>> PERMITS =
      Key.entries("worker.permits")
          .withAlias("permit")
          .describedAs("Permits that a type needs to run, as TYPE=NAME; repeatable.")
          .in(Tier.OFTEN);

  static final Key<Path> STATE_DIR =
      Key.path("worker.state-dir")
          .withAlias("state-dir")
          .describedAs("Notes of running tasks. Default: ~/.local/state/warren/workers.");

  static final Key<Integer> PROCESS_INDEX =
      Key.integer("worker.process-index", 1, 2 * ProcessRange.MOST)
          .withAlias("process-index")
          .describedAs("Which of the supervised processes this is; set by the supervisor.");

  static final Key<Path> RUN_DIR =
      Key.path("worker.run-dir")
          .withAlias("run-dir")
          .describedAs("The supervisor's folder; set by the supervisor.");

  static final Key<Path> SUSPECTS =
      Key.path("worker.suspects")
          .withAlias("suspects")
          .describedAs("Tasks that ran when the predecessor crashed; set by the supervisor.");

  static final List<Key<?>> ALL = all();

  private WorkerKeys() {}

  private static List<Key<?>> all() {
    List<Key<?>> keys = new ArrayList<>();
    keys.add(StandardKeys.BROKER_URI);
    keys.addAll(
        List.of(
            QUEUES,
            TASKS,
            THREADS,
            VIRTUAL,
            PROCESSES,
            COMMAND,
            CHILDREN,
            FILES_ROOT,
            OUTPUT_ROOT,
            EXEC_ALLOW,
            SET,
            GRACE,
            LIMITS,
            ADAPTIVE,
            PREFETCH,
            PERMITS));
    keys.addAll(StandardKeys.BROKER.stream().filter(key -> !keys.contains(key)).toList());
    keys.addAll(List.of(StandardKeys.TOPOLOGY_MODE, StandardKeys.STOP_GRACE));
    keys.addAll(HealthKeys.ALL);
    keys.addAll(LogFormat.KEYS);
    keys.add(EXEC_ENVIRONMENT);
    keys.add(PREFETCH_TIME);
    keys.addAll(List.of(CHILD_HEAP, CHILD_TASKS, CHILD_MEMORY, CHILD_PATIENCE));
    keys.add(CHILD_MEMORY_LIMIT);
    keys.add(CHILD_STARTUP_CACHE);
    keys.add(ISOLATE_SUSPECTS);
    keys.addAll(List.of(SCALE_WAIT, SCALE_IDLE));
    keys.addAll(List.of(STATE_DIR, PROCESS_INDEX, RUN_DIR, SUSPECTS));
    return List.copyOf(keys);
  }

  /** What the settings say about the worker itself. */
  static WorkerSettings workerSettings(Settings settings) {
    // Each has what is its share when all of them are needed.
    int processes = settings.get(PROCESSES).max();
    return new WorkerSettings(
        StandardKeys.brokerSettings(settings),
        settings.get(QUEUES),
        settings.find(THREADS).orElseGet(() -> shareOfCores(processes)),
        settings.get(VIRTUAL),
        numbers(PREFETCH, settings, PrefetchRule.LARGEST),
        settings.get(StandardKeys.TOPOLOGY_MODE),
        settings.get(StandardKeys.BROKER_CONSUMER_TIMEOUT),
        settings.get(TASKS).stream().map(Path::of).toList(),
        taskSettings(settings),
        settings.get(StandardKeys.STOP_GRACE),
        processSettings(settings, processes),
        new Pacing(numbers(LIMITS, settings, Integer.MAX_VALUE), settings.get(PREFETCH_TIME)),
        settings.get(ADAPTIVE));
  }

  static Scaling scaling(Settings settings) {
    return new Scaling(
        StandardKeys.brokerSettings(settings),
        settings.get(QUEUES),
        settings.get(SCALE_WAIT),
        settings.get(SCALE_IDLE));
  }

  private static ProcessSettings processSettings(Settings settings, int processes) {
    return new ProcessSettings(
        settings.find(CHILDREN).orElseGet(() -> shareOfCores(processes)),
        settings.get(CHILD_HEAP),
        settings.get(CHILD_PATIENCE),
        settings.get(CHILD_TASKS),
        settings.get(CHILD_MEMORY),
        settings.get(ISOLATE_SUSPECTS),
        settings.find(COMMAND).stream().toList(),
        settings.get(CHILD_STARTUP_CACHE)
            ? StartupCache.usualFolder(System.getenv()).orElse(null)
            : null,
        settings.find(CHILD_MEMORY_LIMIT).orElse(null));
  }

  /** The cores of the machine that one of so many processes should keep busy, at least one. */
  static int shareOfCores(int processes) {
    return Math.ceilDiv(Runtime.getRuntime().availableProcessors(), processes);
  }

  static Path stateFolder(Settings settings, Map<String, String> environment) {
    return settings.find(STATE_DIR).orElseGet(() -> defaultStateFolder(environment));
  }

  /** The state folders of the programs that a user of this machine may have started. */
  static List<Path> stateFolders(Settings settings, Map<String, String> environment) {
    List<Path> folders = new ArrayList<>();
    if (settings.find(STATE_DIR).isPresent()) {
      folders.add(settings.get(STATE_DIR));
    } else {
      String ofLauncher = environment.getOrDefault("WARREN_STATE", "");
      if (!ofLauncher.isBlank()) {
        folders.add(Path.of(ofLauncher, "workers"));
      }
      folders.add(defaultStateFolder(environment));
    }
    return folders;
  }

  private static Path defaultStateFolder(Map<String, String> environment) {
    String home = environment.getOrDefault("HOME", System.getProperty("user.home", "."));
    String base = environment.getOrDefault("XDG_STATE_HOME", "");
    return Path.of(base.isBlank() ? home + "/.local/state" : base, "warren", "workers");
  }

  /** The numbers, from 1 on, that a key gives to names. */
  private static Map<String, Integer> numbers(
      Key<Map<String, String>> key, Settings settings, int most) {
    Map<String, Integer> parsed = new HashMap<>();
    settings
        .get(key)
        .forEach(
            (name, text) -> {
              try {
                parsed.put(name, Integer.parseInt(text.strip()));
              } catch (NumberFormatException noNumber) {
                throw new ConfigurationException(
                    "%s: '%s' for %s is no number".formatted(key.name(), text, name), noNumber);
              }
              if (parsed.get(name) < 1 || parsed.get(name) > most) {
                throw new ConfigurationException(
                    "%s: %s for %s is not from 1 to %d".formatted(key.name(), text, name, most));
              }
            });
    return parsed;
  }

  private static Map<String, String> taskSettings(Settings settings) {
    Map<String, String> all = new HashMap<>(settings.get(SET));
    settings.find(FILES_ROOT).ifPresent(root -> all.put("files-root", root.toString()));
    settings.find(OUTPUT_ROOT).ifPresent(root -> all.put("output-root", root.toString()));
    putTexts(all, "exec-allow", settings.get(EXEC_ALLOW));
    putTexts(all, "exec-environment", settings.get(EXEC_ENVIRONMENT));
    return all;
  }

  private static void putTexts(Map<String, String> all, String name, List<String> texts) {
    if (!texts.isEmpty()) {
      all.put(name, String.join(",", texts));
    }
  }
}
