package dev.warren.bench;

import java.time.Duration;
import java.util.function.Supplier;

/**
 * Cores in use on average: seconds of processor time per second.
 *
 * @param broker the broker's process; zero where it is on another machine
 * @param client the process that submits: this one, or PerfTest
 * @param worker the worker's processes
 * @param others all else on the machine: above 0.3 or so, a figure is not to be trusted
 */
record Cores(double broker, double client, double worker, double others) {
  /** Where a meter reads. */
  record Sources(Supplier<Duration> broker, Supplier<Duration> client, Supplier<Duration> worker) {}

  /** Readings at a time. */
  static final class Meter {
    private final Sources sources;
    private final long began = System.nanoTime();
    private final Duration broker;
    private final Duration client;
    private final Duration worker;
    private final Duration machine = ProcessorTime.ofMachine();

    private Meter(Sources sources) {
      this.sources = sources;
      broker = sources.broker().get();
      client = sources.client().get();
      worker = sources.worker().get();
    }

    static Meter start(Sources sources) {
      return new Meter(sources);
    }

    /** What was in use since the start. */
    Cores read() {
      double seconds = (System.nanoTime() - began) / 1e9;
      double ofBroker = share(sources.broker().get().minus(broker), seconds);
      double ofClient = share(sources.client().get().minus(client), seconds);
      double ofWorker = share(sources.worker().get().minus(worker), seconds);
      double all = share(ProcessorTime.ofMachine().minus(machine), seconds);
      return new Cores(
          ofBroker, ofClient, ofWorker, Math.max(0, all - ofBroker - ofClient - ofWorker));
    }

    private static double share(Duration used, double seconds) {
      return used.toMillis() / 1e3 / seconds;
    }
  }
}
