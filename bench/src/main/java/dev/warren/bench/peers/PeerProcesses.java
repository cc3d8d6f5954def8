package dev.warren.bench.peers;

import dev.warren.bench.BenchException;
import dev.warren.bench.OwnProcess;
import dev.warren.bench.Part;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Predicate;

/** A peer that runs: the processes of its roles, started by {@code bench/peers/run.sh}. */
final class PeerProcesses implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(90);

  /** Beyond the time of a run: a client waits a minute for its last tasks. */
  private static final Duration END_LIMIT = Duration.ofSeconds(90);

  private static final Duration LOOK_AGAIN = Duration.ofMillis(20);
  static final String SERVER = "server";
  private static final String CLIENT = "client";

  private final Peer peer;
  private final SequencedMap<String, OwnProcess> processes = new LinkedHashMap<>();

  /** How many answers the client has given. */
  private int answers;

  private PeerProcesses(Peer peer) {
    this.peer = peer;
  }

  /**
   * Starts its processes and waits until a first task has come back.
   *
   * @param environment as {@code run.sh} wants it
   * @param state an empty folder for it
   */
  static PeerProcesses start(
      Peer peer, PeerFolder folder, Map<String, String> environment, Path state)
      throws InterruptedException {
    PeerProcesses started = new PeerProcesses(peer);
    try {
      for (String role : peer.roles()) {
        started.start(role, folder, environment, state);
      }
      started.await(CLIENT, "ready"::equals, START_LIMIT);
      return started;
    } catch (BenchException | InterruptedException failed) {
      started.close();
      throw failed;
    }
  }

  private void start(String role, PeerFolder folder, Map<String, String> environment, Path state)
      throws InterruptedException {
    Map<String, String> all = new HashMap<>(environment);
    all.putAll(PeerFolder.environment());
    all.put("PEER_STATE", state.toString());
    all.putAll(peer.environment());
    List<String> command =
        List.of(
            "bash",
            folder.sources().resolve("run.sh").toString(),
            folder.installed().toString(),
            peer.base(),
            role);
    Path output = state.resolveSibling(state.getFileName() + "-" + role + ".log");
    OwnProcess process =
        OwnProcess.start(role + " of " + peer.about().title(), command, all, output);
    processes.put(role, process);
    if (role.equals(SERVER)) {
      await(role, line -> line.contains("ready to accept connections"), START_LIMIT);
    }
  }

  /**
   * Keeps tasks unfinished for so long, and waits for the last.
   *
   * @throws BenchException if it cannot
   */
  Measured run(Duration time) throws InterruptedException {
    OwnProcess client = processes.get(CLIENT);
    if (client == null) {
      throw new BenchException(peer.about().title() + " has no client");
    }
    client.say("run " + time.toSeconds());
    answers++;
    String answer = await(CLIENT, line -> line.startsWith("{"), time.plus(END_LIMIT));
    Measured measured =
        JsonCodec.read(
            JsonText.of(answer), Measured.class, "the answer of " + peer.about().title());
    if (measured == null) {
      throw new BenchException(peer.about().title() + " answers nothing");
    }
    return measured;
  }

  /** Waits for such a line of a process; of the client for that after all earlier answers. */
  private String await(String role, Predicate<String> expected, Duration limit)
      throws InterruptedException {
    OwnProcess process = processes.get(role);
    if (process == null) {
      throw new BenchException(peer.about().title() + " has no " + role);
    }
    long deadline = System.nanoTime() + limit.toNanos();
    long earlier = Math.max(0, answers - 1);
    Optional<String> line = Optional.empty();
    while (line.isEmpty()) {
      boolean ended = process.awaitEnd(LOOK_AGAIN);
      line = process.lines().stream().filter(expected).skip(earlier).findFirst();
      if (line.isEmpty() && (ended || System.nanoTime() - deadline > 0)) {
        throw new BenchException(
            "its %s %s:%n%s"
                .formatted(role, ended ? "has ended" : "does not answer", process.lastWords()));
      }
    }
    return line.get();
  }

  /** What runs: a server, if it brings one, worker and client. */
  List<Part> parts() {
    return processes.entrySet().stream()
        .map(each -> Part.ofTree(each.getKey(), each.getValue().handle()))
        .toList();
  }

  /** The last started first: a client goes before its server. */
  @Override
  public void close() {
    processes.reversed().values().forEach(OwnProcess::close);
  }

  /** A folder for a peer, which processes under other accounts can reach. */
  static Path stateFolder(Path workFolder, String name) {
    try {
      Files.setPosixFilePermissions(workFolder, PosixFilePermissions.fromString("rwx--x--x"));
      return Files.createDirectory(workFolder.resolve("peer-" + name));
    } catch (IOException failed) {
      throw new BenchException("cannot make a folder for " + name + " in " + workFolder, failed);
    }
  }
}
