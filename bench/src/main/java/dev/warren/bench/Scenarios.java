package dev.warren.bench;

import dev.warren.api.ConfigurationException;
import dev.warren.bench.lane.Faults;
import dev.warren.bench.lane.ProcessBench;
import dev.warren.bench.latency.LatencyBench;
import dev.warren.bench.peers.PeersBench;
import dev.warren.bench.peers.StartUpBench;
import java.util.List;
import java.util.stream.Collectors;

/** All that can be measured. */
final class Scenarios {
  static final List<Scenario> ALL =
      List.of(
          Scenario.of(
              "e2e", "single tasks with a worker and a gateway that stores", new EndToEnd(true)),
          Scenario.of("plain", "the same without a gateway", new EndToEnd(false)),
          Scenario.of("bulk", "small tasks by submitAll, outcomes stored", new Bulk()),
          Scenario.of("payload", "arguments and results of several sizes", new Payload()),
          Scenario.of("batch", "batches until they are complete", new FanOut()),
          Scenario.of("retries", "tasks that fail several times first", new Retries()),
          Scenario.of("workers", "several worker processes", new Workers()),
          Scenario.of("enqueue", "only submitting", new Enqueue()),
          Scenario.of(
              "latency",
              "submit to outcome at fixed rates, in turns with a hand-tuned program",
              LatencyBench::latency),
          Scenario.of(
              "handtuned",
              "single tasks, in turns with a hand-tuned program",
              LatencyBench::throughput),
          Scenario.of(
              "delayed",
              "tasks that are all due at the same moment",
              run -> new DelayedBench(run).run()),
          Scenario.of(
              "async",
              "HTTP requests to a slow server, on a gateway",
              run -> new AsyncBench(run).run()),
          Scenario.of(
              "process",
              "what a task costs in a child process, without a broker",
              run -> new ProcessBench(run.rounds(), run.workFolder(), run.progress()).run()),
          Scenario.byHand(
              "peers",
              "in turns with Celery, Spring AMQP, BullMQ and JobRunr, installed from packages",
              run -> new PeersBench(run, EndToEnd::side).run()),
          Scenario.byHand("soak", "ten minutes of e2e: rate and memory over time", new Soak()),
          Scenario.byHand(
              "backlog",
              "whether a queue of a million tasks drains as fast as a short one",
              run -> new BacklogBench(run).run()),
          Scenario.byHand(
              "store",
              "whether a gateway with five million outcomes takes more as fast",
              run -> new StoreBench(run).run()),
          Scenario.byHand(
              "startup",
              "a task from the shell, in turns with celery call and Node.js",
              run -> new StartUpBench(run).run()),
          Scenario.byHand(
              "limits",
              "how many tasks wait at once on one worker, and how busy it keeps the cores",
              run -> new LimitsBench(run).run()),
          Scenario.byHand(
              "ways",
              "the same work in Python's ways of multitasking and in Warren's lanes",
              run -> new Ways(run.broker(), run.workFolder(), run.progress()).run()),
          Scenario.byHand(
              "faults",
              "tasks that crash or never end, among good ones",
              run ->
                  new Faults(
                          run.broker(),
                          run.settings().find(BenchKeys.TASKS).orElse(5_000),
                          run.workFolder(),
                          run.progress())
                      .run(machine())));

  private Scenarios() {}

  private static String machine() {
    Machine machine = Machine.here();
    return "%s, %d cores, load %.1f"
        .formatted(machine.processor(), machine.cores(), machine.load());
  }

  /** The one of that name. */
  static Scenario of(String name) {
    return ALL.stream()
        .filter(scenario -> scenario.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new ConfigurationException(
                    "no scenario '%s': there are %s, all and jmh"
                        .formatted(
                            name,
                            ALL.stream().map(Scenario::name).collect(Collectors.joining(", ")))));
  }
}
