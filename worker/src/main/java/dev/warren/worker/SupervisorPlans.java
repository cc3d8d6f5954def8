package dev.warren.worker;

import dev.warren.engine.configuration.CommandLine;
import dev.warren.engine.configuration.Settings;
import dev.warren.engine.health.HealthKeys;
import dev.warren.engine.health.HealthSettings;
import dev.warren.engine.logging.LogFormat;
import dev.warren.worker.supervise.ChildCommand;
import dev.warren.worker.supervise.Supervisor;
import java.util.List;
import java.util.Map;

/** What a supervisor is to do, from the settings as they are now. */
final class SupervisorPlans {
  private final List<String> args;
  private final Map<String, String> environment;
  private final LogFormat format;

  SupervisorPlans(List<String> args, Map<String, String> environment, LogFormat format) {
    this.args = args;
    this.environment = environment;
    this.format = format;
  }

  /** Reads the configuration file again: flags and environment are those of the start. */
  Supervisor.Plan reread() {
    return of(
        Settings.fromCommandLine(
            WorkerMain.PROGRAM, WorkerKeys.ALL, args.toArray(String[]::new), environment));
  }

  /** What is wrong with the settings is said once, here, and not by every child. */
  Supervisor.Plan of(Settings settings) {
    WorkerSettings ofChild = WorkerKeys.workerSettings(settings);
    // Before there are children: they are to be where the supervisor is.
    ofChild.processes().prepareMemoryLimit();
    ChildArguments ofChildren =
        new ChildArguments(CommandLine.parse(WorkerMain.PROGRAM, WorkerKeys.ALL, args))
            .with(WorkerKeys.PROCESSES, "1")
            .with(WorkerKeys.THREADS, String.valueOf(ofChild.threads()))
            .with(WorkerKeys.CHILDREN, String.valueOf(ofChild.processes().processes()))
            .with(LogFormat.FORMAT, format.word())
            // Also where the supervisor serves nothing: it asks them how they are.
            .with(HealthKeys.HOST, HealthSettings.LOOPBACK)
            .with(HealthKeys.PORT, "0");
    return new Supervisor.Plan(
        settings.get(WorkerKeys.PROCESSES),
        ChildCommand.of(WorkerMain.class, ofChildren.asList()),
        settings.get(WorkerKeys.GRACE),
        HealthKeys.settings(settings),
        HealthKeys.token(settings),
        WorkerKeys.scaling(settings));
  }
}
