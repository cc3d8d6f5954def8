package dev.warren.producer.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.warren.engine.control.StopOrder;
import dev.warren.engine.wire.Pong;
import dev.warren.producer.FleetQuery;
import dev.warren.producer.StoppingProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Tells processes to stop, one after the other, and sees what becomes of them. */
final class WorkerStops {
  private static final Duration PING_LIMIT = Duration.ofSeconds(3);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);

  /** How long a process that is to end may say nothing before one looks whether it is there. */
  private static final Duration SILENCE = Duration.ofSeconds(5);

  private final Cli cli;
  private final FleetQuery fleet;
  private final StopOrder.Action action;
  private final String by;
  private final Duration limit;
  private final Table table =
      new Table("process", "action", "ended", "given back", "interrupted", "took", "successor");

  /**
   * @param limit the longest wait for each process beyond its grace, and for its successor
   */
  WorkerStops(Cli cli, FleetQuery fleet, StopOrder.Action action, String by, Duration limit) {
    this.cli = cli;
    this.fleet = fleet;
    this.action = action;
    this.by = by;
    this.limit = limit;
  }

  /** What has become of them so far. */
  Table table() {
    return table;
  }

  int all() throws InterruptedException {
    Map<String, Pong> there = answering();
    List<Pong> workers =
        there.values().stream()
            .filter(pong -> pong.about().path("role").asText().equals("worker"))
            .toList();
    if (workers.isEmpty()) {
      cli.say("no worker answers");
      return ExitCodes.REFUSED;
    }
    return stop(workers, there.values());
  }

  int named(List<String> names) throws InterruptedException {
    Map<String, Pong> there = answering();
    List<Pong> meant = new ArrayList<>();
    for (String name : new LinkedHashSet<>(names)) {
      Pong pong = there.get(name);
      if (pong == null) {
        cli.say(
            "no process '" + name + "' answers, so none was told; 'warren workers' shows who does");
        return ExitCodes.REFUSED;
      }
      meant.add(pong);
    }
    return stop(meant, there.values());
  }

  private Map<String, Pong> answering() {
    Map<String, Pong> answers = new LinkedHashMap<>();
    fleet.ping(PING_LIMIT).forEach(pong -> answers.put(pong.process(), pong));
    return answers;
  }

  private int stop(List<Pong> meant, Collection<Pong> there) throws InterruptedException {
    return action == StopOrder.Action.DRAIN
        ? drain(meant)
        : restart(
            meant,
            there.stream()
                .map(WorkerStops::identity)
                .collect(Collectors.toCollection(HashSet::new)));
  }

  /** In a container that is started again the next process has the name of the one before. */
  private static String identity(Pong pong) {
    return pong.process() + " since " + pong.about().path("since").asText();
  }

  /** All at once: they do not wait for each other. */
  private int drain(List<Pong> meant) throws InterruptedException {
    List<Told> told = meant.stream().map(this::tell).toList();
    int exit = ExitCodes.OK;
    for (Told one : told) {
      int ended = one.exit();
      if (one.stopping().isPresent()) {
        try (StoppingProcess stopping = one.stopping().get()) {
          ended = drained(one.pong(), stopping);
        }
      }
      exit = exit == ExitCodes.OK ? ended : exit;
    }
    return exit;
  }

  /** One after the other, so that the fleet goes on working. */
  private int restart(List<Pong> meant, Set<String> known) throws InterruptedException {
    for (int i = 0; i < meant.size(); i++) {
      int left = meant.size() - i - 1;
      Told told = tell(meant.get(i));
      int exit = told.exit();
      if (told.stopping().isPresent()) {
        try (StoppingProcess stopping = told.stopping().get()) {
          exit = restarted(meant.get(i), stopping, known, left > 0);
        }
      }
      if (exit != ExitCodes.OK) {
        if (left > 0) {
          cli.say("the other " + left + " were left as they are");
        }
        return exit;
      }
    }
    return ExitCodes.OK;
  }

  /**
   * What came of telling a process.
   *
   * @param stopping it, if it obeys
   */
  private record Told(Pong pong, Optional<StoppingProcess> stopping, int exit) {}

  private Told tell(Pong pong) {
    String process = pong.process();
    Optional<StoppingProcess> answered = fleet.stop(process, action, by, ANSWER_LIMIT);
    if (answered.isEmpty()) {
      cli.say(process + " does not answer any more");
      return new Told(pong, Optional.empty(), ExitCodes.OUTCOME_UNKNOWN);
    }
    StoppingProcess stopping = answered.get();
    if (stopping.refused().isPresent()) {
      cli.say(process + " does not stop: " + stopping.refused().get());
      stopping.close();
      return new Told(pong, Optional.empty(), ExitCodes.REFUSED);
    }
    cli.say(
        process
            + " takes no more tasks; what runs gets "
            + DurationText.of(stopping.grace())
            + " to finish");
    return new Told(pong, answered, ExitCodes.OK);
  }

  private int drained(Pong pong, StoppingProcess stopping) throws InterruptedException {
    Optional<StoppingProcess.Report> report = awaitDrained(pong, stopping);
    if (report.isEmpty() && stillDrains(pong)) {
      return ExitCodes.OUTCOME_UNKNOWN;
    }
    add(stopping.process(), report, true, Optional.empty());
    cli.say(stopping.process() + " has drained and ends");
    return ExitCodes.OK;
  }

  private boolean stillDrains(Pong pong) {
    if (!isThere(pong)) {
      cli.say(pong.process() + " is gone without a last word");
      return false;
    }
    cli.say(pong.process() + " has not ended in time; it still drains");
    add(pong.process(), Optional.empty(), false, Optional.empty());
    return true;
  }

  private int restarted(Pong old, StoppingProcess stopping, Set<String> known, boolean more)
      throws InterruptedException {
    Optional<StoppingProcess.Report> report = awaitDrained(old, stopping);
    if (report.isEmpty() && stillDrains(old)) {
      return ExitCodes.OUTCOME_UNKNOWN;
    }
    if (!stopping.supervised()) {
      cli.say(
          old.process()
              + " has drained and ends; nothing of Warren supervises it, so its service manager, or"
              + " whoever runs it, must start it again");
    }
    // The last of those that nobody supervises leaves nothing to wait for.
    boolean awaited = stopping.supervised() || more;
    Optional<Pong> successor = awaited ? awaitSuccessor(old, stopping, known) : Optional.empty();
    successor.map(WorkerStops::identity).ifPresent(known::add);
    add(old.process(), report, true, successor.map(Pong::process));
    successor.ifPresent(next -> cli.say(next.process() + " has taken its place and takes tasks"));
    if (awaited && successor.isEmpty()) {
      cli.say(
          "nobody has taken the place of " + old.process() + " within " + DurationText.of(limit));
      return ExitCodes.TASK_FAILED;
    }
    return ExitCodes.OK;
  }

  private Optional<StoppingProcess.Report> awaitDrained(Pong pong, StoppingProcess stopping)
      throws InterruptedException {
    long deadline = System.nanoTime() + stopping.grace().plus(limit).toNanos();
    int missed = 0;
    while (missed < 2 && System.nanoTime() < deadline) {
      Optional<StoppingProcess.Report> report = stopping.awaitDrained(SILENCE);
      if (report.isPresent()) {
        return report;
      }
      missed = isThere(pong) ? 0 : missed + 1;
    }
    return Optional.empty();
  }

  private boolean isThere(Pong meant) {
    return fleet.ping(PING_LIMIT).stream().anyMatch(pong -> identity(pong).equals(identity(meant)));
  }

  private Optional<Pong> awaitSuccessor(Pong old, StoppingProcess stopping, Set<String> known) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (System.nanoTime() < deadline) {
      // Paced by the answers, which are waited for.
      for (Pong pong : fleet.ping(PING_LIMIT)) {
        if (!known.contains(identity(pong))
            && pong.about().path("state").asText().equals("ready")
            && takesPlace(old.about(), pong.about(), stopping.supervised())) {
          return Optional.of(pong);
        }
      }
    }
    return Optional.empty();
  }

  private static boolean takesPlace(JsonNode old, JsonNode other, boolean supervised) {
    List<String> alike =
        supervised ? List.of("host", "supervisor", "label") : List.of("role", "queues");
    return alike.stream().allMatch(field -> old.path(field).equals(other.path(field)));
  }

  private void add(
      String process,
      Optional<StoppingProcess.Report> report,
      boolean ended,
      Optional<String> successor) {
    NullNode unknown = NullNode.getInstance();
    table.row(
        process,
        action.word(),
        ended,
        report.<Object>map(StoppingProcess.Report::returned).orElse(unknown),
        report.<Object>map(StoppingProcess.Report::interrupted).orElse(unknown),
        report.<Object>map(told -> DurationText.of(told.took())).orElse(unknown),
        successor.<Object>map(next -> next).orElse(unknown));
  }
}
