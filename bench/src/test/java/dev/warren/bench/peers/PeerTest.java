package dev.warren.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.bench.BenchException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerTest {
  private static final Path SOURCES = Path.of("peers");

  @TempDir Path folder;

  @Test
  void isReadFromItsProperties() throws IOException {
    write(
        """
        title = Some Queue
        base = other
        roles = server, worker, client
        environment = PEER_CONFIRMS=off
        window = 5000
        durability = none
        results = come back
        settings = as they are
        """);

    Peer peer = Peer.read(folder);

    assertThat(peer.name()).isEqualTo(String.valueOf(folder.getFileName()));
    assertThat(peer.base()).isEqualTo("other");
    assertThat(peer.hasServer()).isTrue();
    assertThat(peer.environment())
        .containsEntry("PEER_CONFIRMS", "off")
        .containsEntry(Peer.WINDOW, "5000");
    assertThat(peer.about().title()).isEqualTo("Some Queue");
  }

  @Test
  void mustSayHowDurableItIs() throws IOException {
    write("title = Some Queue\nroles = worker, client\nresults = none\nsettings = none\n");

    assertThatThrownBy(() -> Peer.read(folder))
        .isInstanceOf(BenchException.class)
        .hasMessageContaining("durability");
  }

  @Test
  void allPeersOfTheCheckoutCanBeReadAndHaveAWorkerAndAClient() {
    assertThat(new PeerFolder(SOURCES, folder).peers())
        .isNotEmpty()
        .allSatisfy(peer -> assertThat(peer.roles()).contains("worker", "client"))
        .allSatisfy(peer -> assertThat(SOURCES.resolve(peer.base())).isDirectory());
  }

  @Test
  void isNotInstalledWhereNoVersionsAreToldOfIt() {
    assertThat(new PeerFolder(SOURCES, folder).versions("celery")).isEmpty();
  }

  private void write(String properties) throws IOException {
    Files.writeString(folder.resolve("peer.properties"), properties);
  }
}
