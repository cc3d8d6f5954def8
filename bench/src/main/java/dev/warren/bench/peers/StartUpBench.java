package dev.warren.bench.peers;

import dev.warren.bench.BenchBroker;
import dev.warren.bench.BenchException;
import dev.warren.bench.BenchFleet;
import dev.warren.bench.BenchKeys;
import dev.warren.bench.BenchRun;
import dev.warren.bench.FleetPlan;
import dev.warren.bench.Machine;
import dev.warren.engine.connection.BrokerSettings;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How long a shell waits for one task: {@code warren submit} beside {@code celery call} and a small
 * program in Node.js, in turns. First, all are run for the time of the warm-up, so that files are
 * in the system's cache and startup caches are made.
 */
public final class StartUpBench {
  private static final String ARGUMENT = "\"x\"";

  private final BenchRun run;
  private final Map<String, String> absent = new LinkedHashMap<>();

  public StartUpBench(BenchRun run) {
    this.run = run;
  }

  public StartUpReport run() throws InterruptedException {
    Instant began = Instant.now();
    Machine machine = Machine.here();
    PeerFolder folder = PeerFolder.ofCheckout();
    try (BenchFleet fleet = BenchFleet.open(run, FleetPlan.usual(1).withoutGateway());
        BenchBroker.Place others = run.broker().place()) {
      List<OneShot> commands = new ArrayList<>(warren(folder, fleet.broker()));
      String uri = others.settings().uriWithCredentials().reveal();
      if (installed("celery", folder)) {
        commands.add(celery(folder, uri));
      }
      if (installed("node-amqp", folder)) {
        node(folder, uri, "declare").run(run.workFolder().resolve("declare.log"));
        commands.add(node(folder, uri, "publish"));
      }
      Path output = run.workFolder().resolve("command.log");
      long end = System.nanoTime() + run.warmUp().toNanos();
      do {
        for (OneShot command : commands) {
          command.run(output);
        }
      } while (System.nanoTime() - end < 0);
      List<StartUpReport.Start> starts = new ArrayList<>();
      for (int round = 1; round <= run.settings().get(BenchKeys.STARTS); round++) {
        for (OneShot command : round % 2 == 1 ? commands : commands.reversed()) {
          starts.add(new StartUpReport.Start(round, command.name(), command.run(output)));
        }
      }
      return new StartUpReport(
          began,
          machine,
          run.broker().version(),
          commands.stream().map(StartUpReport.Stated::of).toList(),
          starts,
          absent);
    }
  }

  private boolean installed(String peer, PeerFolder folder) throws InterruptedException {
    try {
      if (folder.versions(peer).isEmpty()) {
        run.say("installing " + peer + " for comparison, once; that may take minutes");
      }
      folder.install(peer, run.workFolder().resolve(peer + "-install.log"));
      return true;
    } catch (BenchException failed) {
      run.say(peer + " is left out: " + failed.getMessage());
      absent.put(peer, String.valueOf(failed.getMessage()));
      return false;
    }
  }

  private List<OneShot> warren(PeerFolder folder, BrokerSettings broker) {
    String launcher = folder.sources().resolve("../../warren").normalize().toString();
    Map<String, String> environment =
        Map.of(
            "WARREN_BROKER_URI", broker.uriWithCredentials().reveal(),
            "WARREN_STATE", run.workFolder().resolve("state").toString());
    return List.of(
        new OneShot(
            "warren-wait",
            "./warren submit echo '{}' --wait",
            "the result is there",
            List.of(launcher, "submit", "echo", "{}", "--wait"),
            environment),
        new OneShot(
            "warren",
            "./warren submit echo '{}'",
            "the broker has confirmed the task",
            List.of(launcher, "submit", "echo", "{}"),
            environment));
  }

  private static OneShot celery(PeerFolder folder, String uri) {
    Path root = folder.installed().resolve("debian/root");
    return new OneShot(
        "celery",
        "celery call",
        "the broker has confirmed the task",
        List.of(
            // What Debian's /usr/bin/celery becomes.
            "/usr/bin/python3",
            "-m",
            "celery",
            "--app",
            "peer_tasks",
            "call",
            "peer.echo",
            "--args",
            "[" + ARGUMENT + "]"),
        Map.of(
            "PEER_BROKER_URI",
            uri,
            "PYTHONPATH",
            folder.installed().resolve("celery")
                + ":"
                + root.resolve("usr/lib/python3/dist-packages")));
  }

  private static OneShot node(PeerFolder folder, String uri, String order) {
    return new OneShot(
        "node",
        "node publish.js (amqplib)",
        "the broker has confirmed the task",
        List.of("node", folder.installed().resolve("node-amqp/publish.js").toString(), order),
        Map.of("PEER_BROKER_URI", uri));
  }
}
