package dev.warren.bench.peers;

import dev.warren.bench.BenchBroker;
import dev.warren.bench.BenchException;
import dev.warren.bench.BenchKeys;
import dev.warren.bench.BenchRun;
import dev.warren.bench.Part;
import dev.warren.bench.Ports;
import dev.warren.bench.Sample;
import dev.warren.bench.Side;
import dev.warren.bench.Usage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A peer as a side: its processes live through all rounds, so that they are warm. */
final class PeerSide implements Side {
  private final BenchRun run;
  private final Peer peer;
  private final String versions;
  private final BenchBroker.Place place;
  private final PeerProcesses processes;
  private final List<Part> parts;

  private PeerSide(
      BenchRun run, Peer peer, String versions, BenchBroker.Place place, PeerProcesses processes) {
    this.run = run;
    this.peer = peer;
    this.versions = versions;
    this.place = place;
    this.processes = processes;
    this.parts = new ArrayList<>(processes.parts());
    if (!peer.hasServer()) {
      parts.addFirst(place.part());
    }
  }

  /**
   * Installs the peer unless it is, and starts it with a virtual host of its own.
   *
   * @throws BenchException if that cannot be done, with the reason
   */
  static PeerSide open(BenchRun run, Peer peer, PeerFolder folder) throws InterruptedException {
    String versions =
        folder.install(peer.base(), run.workFolder().resolve(peer.name() + "-install.log"));
    Path state = PeerProcesses.stateFolder(run.workFolder(), peer.name());
    BenchBroker.Place place = run.broker().place();
    try {
      Map<String, String> environment =
          Map.of(
              "PEER_BROKER_URI",
              place.settings().uriWithCredentials().reveal(),
              "PEER_PORT",
              Integer.toString(Ports.free()),
              Peer.WINDOW,
              Integer.toString(run.settings().get(BenchKeys.WINDOW)),
              "PEER_BYTES",
              Integer.toString(run.settings().get(BenchKeys.BYTES)));
      PeerProcesses processes = PeerProcesses.start(peer, folder, environment, state);
      return new PeerSide(run, peer, versions, place, processes);
    } catch (BenchException | InterruptedException failed) {
      place.close();
      throw failed;
    }
  }

  String versions() {
    return versions;
  }

  @Override
  public String name() {
    return peer.name();
  }

  @Override
  public String setting() {
    return "%s; %s; window %s"
        .formatted(
            versions,
            peer.about().settings(),
            peer.environment()
                .getOrDefault(Peer.WINDOW, Integer.toString(run.settings().get(BenchKeys.WINDOW))));
  }

  @Override
  public Sample warmUp(Duration time) throws InterruptedException {
    return measure(time);
  }

  /** A peer that fails in the middle ends nobody else's figures: its own then say that it did. */
  @Override
  public Sample measure(Duration time) throws InterruptedException {
    Usage.Meter meter = Usage.Meter.start(parts);
    try {
      Measured measured = processes.run(time);
      return new Sample(
          measured.completed(),
          measured.seconds(),
          measured.lost(),
          measured.failed(),
          Sample.UNCOUNTED,
          meter.read());
    } catch (BenchException failed) {
      run.say(peer.about().title() + " failed: " + failed.getMessage());
      return new Sample(0, 0, 0, 1, Sample.UNCOUNTED, meter.read());
    }
  }

  @Override
  public void close() {
    processes.close();
    place.close();
  }
}
