package dev.warren.bench.peers;

import dev.warren.api.ConfigurationException;
import dev.warren.bench.BenchException;
import dev.warren.bench.BenchKeys;
import dev.warren.bench.BenchRun;
import dev.warren.bench.Side;
import dev.warren.bench.Turns;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Warren in turns with other task queues: the same task, an echo of the same text, as many seconds
 * for each, all of them started and warmed up before the first round. One that cannot be installed
 * or started is named in the report.
 */
public final class PeersBench {
  private final BenchRun run;
  private final Warren warren;
  private final Deque<Side> open = new ArrayDeque<>();
  private final Map<String, String> absent = new LinkedHashMap<>();

  /** Opens Warren's side. */
  @FunctionalInterface
  public interface Warren {
    Side open(BenchRun run) throws InterruptedException;
  }

  /**
   * @param warren with whom all others are compared
   */
  public PeersBench(BenchRun run, Warren warren) {
    this.run = run;
    this.warren = warren;
  }

  public PeersReport run() throws InterruptedException {
    PeerFolder folder = PeerFolder.ofCheckout();
    List<Peer> wanted = wanted(folder);
    Turns turns = new Turns(run, "peers");
    try {
      List<Side> sides = new ArrayList<>();
      sides.add(opened(warren.open(run)));
      List<PeersReport.Stated> stated = new ArrayList<>();
      for (Peer peer : wanted) {
        try {
          PeerSide side = PeerSide.open(run, peer, folder);
          sides.add(opened(side));
          stated.add(new PeersReport.Stated(peer.name(), side.versions(), peer.about()));
        } catch (BenchException failed) {
          run.say(peer.about().title() + " is left out: " + failed.getMessage());
          absent.put(peer.name(), String.valueOf(failed.getMessage()));
        }
      }
      turns.measure("", sides);
      return new PeersReport(turns.report(), stated, absent);
    } finally {
      while (!open.isEmpty()) {
        open.pop().close();
      }
    }
  }

  private Side opened(Side side) {
    open.push(side);
    return side;
  }

  private List<Peer> wanted(PeerFolder folder) {
    List<Peer> all = folder.peers();
    List<String> only = run.settings().find(BenchKeys.ONLY).orElse(List.of());
    List<String> names = all.stream().map(Peer::name).toList();
    for (String name : only) {
      if (!names.contains(name)) {
        throw new ConfigurationException(
            "no peer '%s': there are %s".formatted(name, String.join(", ", names)));
      }
    }
    return only.isEmpty() ? all : all.stream().filter(peer -> only.contains(peer.name())).toList();
  }
}
