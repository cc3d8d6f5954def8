package dev.warren.bench.latency;

import dev.warren.bench.BenchBroker;
import dev.warren.bench.BenchKeys;
import dev.warren.bench.BenchRun;
import dev.warren.bench.FleetProcess;
import dev.warren.bench.ProcessorTime;
import dev.warren.bench.ShippedJvm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The programs of one side, in JVMs of their own and a virtual host of their own. They live through
 * all rounds, so that they are warm. For one thread.
 */
final class LatencyFleet implements AutoCloseable {
  private final LatencySide side;
  private final BenchBroker.Place place;
  private final @Nullable FleetProcess gateway;
  private final @Nullable FleetProcess worker;
  private final @Nullable ProgramProcess tunedWorker;
  private final ProgramProcess client;

  /** Processor time used so far. */
  record Used(Duration broker, Duration client, Duration worker, Duration gateway, Duration all) {
    Used since(Used before) {
      return new Used(
          broker.minus(before.broker),
          client.minus(before.client),
          worker.minus(before.worker),
          gateway.minus(before.gateway),
          all.minus(before.all));
    }

    /** What no part of the measurement used. */
    Duration others() {
      return all.minus(broker).minus(client).minus(worker).minus(gateway);
    }
  }

  private LatencyFleet(LatencySide side, BenchRun bench) throws InterruptedException {
    this.side = side;
    this.place = bench.broker().place();
    Path folder = bench.workFolder();
    @Nullable FleetProcess startedGateway = null;
    @Nullable FleetProcess startedWorker = null;
    @Nullable ProgramProcess startedTuned = null;
    boolean ready = false;
    try {
      if (side == LatencySide.STORED) {
        startedGateway = gateway(bench);
      }
      List<String> workerJvm = bench.words(BenchKeys.WORKER_JAVA_OPTIONS);
      if (side.isHandTuned()) {
        startedTuned =
            ProgramProcess.start(
                place.settings(),
                ShippedJvm.WORKER.flags(workerJvm),
                List.of("worker", Integer.toString(side.together()), side.ways()),
                folder.resolve(side.word() + "-worker.log"));
      } else {
        startedWorker =
            FleetProcess.worker(
                place.settings(),
                bench.words(BenchKeys.WORKER_OPTIONS),
                workerJvm,
                folder.resolve(side.word() + "-worker.log"));
      }
      this.client = client(bench);
      ready = true;
    } finally {
      if (!ready) {
        end(null, startedWorker, startedTuned, startedGateway);
      }
    }
    this.gateway = startedGateway;
    this.worker = startedWorker;
    this.tunedWorker = startedTuned;
  }

  /** Starts all of it, and waits until it consumes. */
  static LatencyFleet start(LatencySide side, BenchRun bench) throws InterruptedException {
    return new LatencyFleet(side, bench);
  }

  private FleetProcess gateway(BenchRun bench) throws InterruptedException {
    List<String> options =
        new ArrayList<>(
            List.of(
                "--log-format",
                "text",
                "--http",
                "127.0.0.1:0",
                "--data",
                bench.workFolder().resolve("latency-store").toString()));
    options.addAll(bench.words(BenchKeys.GATEWAY_OPTIONS));
    return FleetProcess.gateway(
        place.settings(),
        options,
        bench.words(BenchKeys.GATEWAY_JAVA_OPTIONS),
        bench.workFolder().resolve("latency-gateway.log"));
  }

  private ProgramProcess client(BenchRun bench) {
    Path folder = bench.workFolder();
    String bytes = Integer.toString(bench.settings().get(BenchKeys.BYTES));
    return ProgramProcess.start(
        place.settings(),
        List.of(),
        side.isHandTuned()
            ? List.of("hand-tuned", bytes, side.ways())
            : List.of("warren", bytes, folder.toString()),
        folder.resolve(side.word() + "-client.log"));
  }

  LatencySide side() {
    return side;
  }

  ProgramProcess client() {
    return client;
  }

  Used used() {
    Duration ofWorker =
        worker != null
            ? worker.processorTime()
            : tunedWorker != null ? tunedWorker.processorTime() : Duration.ZERO;
    return new Used(
        place.brokerTime(),
        client.processorTime(),
        ofWorker,
        gateway == null ? Duration.ZERO : gateway.processorTime(),
        ProcessorTime.ofMachine());
  }

  @Override
  public void close() {
    end(client, worker, tunedWorker, gateway);
  }

  private void end(@Nullable AutoCloseable... inOrder) {
    for (AutoCloseable one : inOrder) {
      try {
        if (one != null) {
          one.close();
        }
      } catch (Exception failed) {
        throw new dev.warren.bench.BenchException("a program does not end: " + failed, failed);
      }
    }
    place.close();
  }
}
