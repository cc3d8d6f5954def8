package dev.warren.worker;

import dev.warren.api.ConfigurationException;
import dev.warren.engine.configuration.Settings;
import dev.warren.engine.health.HealthKeys;
import dev.warren.engine.health.HealthServer;
import dev.warren.engine.health.HealthSettings;
import dev.warren.engine.journal.InFlight;
import dev.warren.engine.journal.InFlightJournal;
import dev.warren.engine.logging.LogFormat;
import dev.warren.engine.member.Member;
import dev.warren.engine.member.OrderlyStop;
import dev.warren.engine.shutdown.StopRequests;
import dev.warren.worker.crash.RunFolder;
import dev.warren.worker.crash.Suspects;
import dev.warren.worker.status.StatusFile;
import dev.warren.worker.status.StatusTeller;
import dev.warren.worker.supervise.ChildCommand;
import dev.warren.worker.supervise.Supervisor;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/** The worker program with its settings read: one JVM, or a supervisor of several. */
final class WorkerProgram {
  private final Settings settings;
  private final Map<String, String> environment;
  private final String label;
  private final Duration grace;

  WorkerProgram(Settings settings, Map<String, String> environment) {
    this.settings = settings;
    this.environment = environment;
    // Of a class without a logger: the log format is not set yet.
    this.label = ChildCommand.label(settings.find(WorkerKeys.PROCESS_INDEX).orElse(1));
    this.grace = settings.get(WorkerKeys.GRACE);
  }

  /** Runs until told to stop; answers the exit code. */
  int run(List<String> args, PrintStream output, PrintStream errors) throws InterruptedException {
    boolean supervises = settings.get(WorkerKeys.PROCESSES).supervised();
    LogFormat format = LogFormat.apply(settings, supervises ? "supervisor" : label, hasTerminal());
    return supervises ? supervise(args, format, output, errors) : work();
  }

  private static boolean hasTerminal() {
    return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
  }

  private int supervise(List<String> args, LogFormat format, PrintStream output, PrintStream errors)
      throws InterruptedException {
    SupervisorPlans plans = new SupervisorPlans(args, environment, format);
    Supervisor.Plan plan = plans.of(settings);
    StopRequests requests = StopRequests.fromSignals();
    try (RunFolder folder = RunFolder.create(WorkerKeys.stateFolder(settings, environment))) {
      // Nobody knows which of the processes will get them.
      for (int index = 1; index <= plan.processes().max(); index++) {
        Suspects.addTo(folder, ChildCommand.label(index), folder.left());
      }
      Supervisor supervisor =
          new Supervisor(
              plan, plans::reread, new Supervisor.Place(folder, output, errors), requests);
      if (!hasTerminal()) {
        // On a terminal it means that the terminal is gone.
        requests.whenHungUp(supervisor::restart);
      }
      return supervisor.run();
    }
  }

  private int work() throws InterruptedException {
    Optional<Path> supervised = settings.find(WorkerKeys.RUN_DIR);
    StopRequests requests =
        supervised.isPresent()
            ? StopRequests.fromSupervisor(System.in)
            : StopRequests.fromSignals();
    WorkerSettings of = WorkerKeys.workerSettings(settings);
    of.processes().prepareMemoryLimit();
    if (supervised.isPresent()) {
      return work(of, RunFolder.existing(supervised.get()), requests);
    }
    try (RunFolder folder = RunFolder.create(WorkerKeys.stateFolder(settings, environment))) {
      return work(of, folder, requests);
    }
  }

  private int work(WorkerSettings of, RunFolder folder, StopRequests requests)
      throws InterruptedException {
    List<InFlight> suspects = new ArrayList<>(folder.left());
    settings.find(WorkerKeys.SUSPECTS).ifPresent(file -> suspects.addAll(suspects(file)));
    try (InFlightJournal journal = journal(folder, of);
        Worker worker =
            Worker.builder(of)
                .label(label)
                .journal(journal)
                .suspects(suspects)
                .permits(settings.get(WorkerKeys.PERMITS))
                .build();
        AutoCloseable _ = serveHealth(worker, folder);
        AutoCloseable _ = tellStatus(worker, folder)) {
      boolean supervised = settings.find(WorkerKeys.RUN_DIR).isPresent();
      if (supervised) {
        tellSupervisor(worker.member());
      }
      return OrderlyStop.run(worker.member(), grace, requests, supervised);
    } catch (InterruptedException | RuntimeException failed) {
      throw failed;
    } catch (Exception impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** So that who asks the fleet recognises the one that takes its place. */
  private void tellSupervisor(Member member) {
    member.tell("label", label);
    ProcessHandle.current()
        .parent()
        .ifPresent(parent -> member.tell("supervisor", String.valueOf(parent.pid())));
  }

  private InFlightJournal journal(RunFolder folder, WorkerSettings of) {
    Path file = folder.journal(label);
    try {
      return InFlightJournal.create(
          file, 2 * (of.threads() + of.virtual() + of.processes().processes()));
    } catch (IOException failed) {
      throw new ConfigurationException(
          "the journal " + file + " cannot be made (" + failed + "): choose another --state-dir",
          failed);
    }
  }

  private AutoCloseable serveHealth(Worker worker, RunFolder folder) {
    Optional<HealthSettings> where = HealthKeys.settings(settings);
    if (where.isEmpty()) {
      return () -> {};
    }
    HealthSettings serve = where.get();
    // Whoever supervises this process looks into the folder; the file of the settings is its own.
    HealthSettings told =
        settings.find(WorkerKeys.RUN_DIR).isPresent()
            ? serve.toldIn(folder.healthAddress(label))
            : serve;
    return HealthServer.start(told, worker::health, worker::metrics);
  }

  /** A supervisor tells for all of its own. */
  private AutoCloseable tellStatus(Worker worker, RunFolder folder) {
    return settings.find(WorkerKeys.RUN_DIR).isPresent()
        ? () -> {}
        : StatusTeller.start(new StatusFile(folder.status()), worker::health);
  }

  private static List<InFlight> suspects(Path file) {
    try {
      List<InFlight> suspects = Suspects.read(file);
      LoggerFactory.getLogger(WorkerProgram.class)
          .info(
              "tasks that were running when predecessors of this worker crashed: {} ({}); those that"
                  + " come again run alone",
              suspects.size(),
              file);
      return suspects;
    } catch (IOException unreadable) {
      throw new ConfigurationException("the suspects in " + file + " cannot be read", unreadable);
    }
  }
}
