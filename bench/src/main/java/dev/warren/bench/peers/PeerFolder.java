package dev.warren.bench.peers;

import dev.warren.bench.BenchException;
import dev.warren.bench.OwnProcess;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where peers are described, and where they are installed: in the checkout, below {@code .warren}.
 *
 * @param sources the scripts and programs
 * @param installed what {@code install.sh} has made
 */
record PeerFolder(Path sources, Path installed) {
  private static final Duration INSTALL_LIMIT = Duration.ofMinutes(10);

  /** Of the checkout that the launcher is in. */
  static PeerFolder ofCheckout() {
    String launcher = System.getenv("WARREN_LAUNCHER");
    if (launcher == null) {
      throw new BenchException("peers need the launcher: start with './warren bench'");
    }
    Path home = Path.of(launcher).toAbsolutePath().resolveSibling("");
    Path sources = home.resolve("bench/peers");
    if (!Files.isRegularFile(sources.resolve("install.sh"))) {
      throw new BenchException("peers are measured from a checkout only: there is no " + sources);
    }
    return new PeerFolder(sources, home.resolve(".warren/peers"));
  }

  /** All peers that there are, by name. */
  List<Peer> peers() {
    List<Peer> peers = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(sources, Files::isDirectory)) {
      for (Path folder : folders) {
        if (Files.isRegularFile(folder.resolve("peer.properties"))) {
          peers.add(Peer.read(folder));
        }
      }
    } catch (IOException unreadable) {
      throw new BenchException("cannot read " + sources, unreadable);
    }
    peers.sort(Comparator.comparing(Peer::name));
    return peers;
  }

  /** What is installed of it; empty where it is not. */
  Optional<String> versions(String peer) {
    try {
      return Optional.of(Files.readString(installed.resolve(peer).resolve("versions")).strip());
    } catch (IOException absent) {
      return Optional.empty();
    }
  }

  /**
   * Installs it unless it is there, from the same programs as those that are described now.
   *
   * @throws BenchException if that cannot be done, with the reason
   */
  String install(String peer, Path log) throws InterruptedException {
    List<String> command =
        List.of("bash", sources.resolve("install.sh").toString(), installed.toString(), peer);
    try (OwnProcess process = OwnProcess.start("install.sh", command, environment(), log)) {
      if (!process.awaitEnd(INSTALL_LIMIT) || process.exitCode() != 0) {
        throw new BenchException("it could not be installed:\n" + process.lastWords());
      }
    }
    return versions(peer).orElseThrow(() -> new BenchException("it could not be installed"));
  }

  /** For the scripts. */
  static Map<String, String> environment() {
    return Map.of("JAVA_HOME", System.getProperty("java.home"));
  }
}
