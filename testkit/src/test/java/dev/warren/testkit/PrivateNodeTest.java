package dev.warren.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateNodeTest {
  @TempDir Path temporary = Path.of("");

  @Test
  void aFolderHoldsOneNodeWithItsOwnUsersAndSecrets() throws Exception {
    NodeScript script = NodeScript.unpacked();
    Path folder = temporary.resolve("a node");
    Process owner = new ProcessBuilder("cat").start();
    try {
      script.run("start", folder, "--watch-user", "--vhost", "fleet", "--while", owner.pid() + "");

      assertThat(script.run("start", folder)).contains("already runs");
      PrivateNode node = PrivateNode.existing(folder);
      assertThat(node.ctl("list_users")).contains("warren\t[administrator]", "watch\t[monitoring]");
      assertThat(node.ctl("list_permissions", "-p", "fleet")).contains("watch\t^$\t^$\t.*");
      assertThat(node.address().amqp().getRawPath()).isEqualTo("/fleet");

      assertThat(mode(folder.resolve(".erlang.cookie"))).isEqualTo("r--------");
      for (String file : new String[] {"credentials", "watch-credentials", "definitions.json"}) {
        assertThat(mode(folder.resolve(file))).isEqualTo("rw-------");
      }
      String commandLines = commandLinesOfAllProcesses();
      assertThat(commandLines.contains("-warren_node")).isTrue();
      assertThat(commandLines.contains(node.address().password())).isFalse();
      assertThatThrownBy(() -> new Socket(otherAddress(), node.address().amqp().getPort()).close())
          .isInstanceOf(ConnectException.class);

      // Nobody stops it, as when a JVM is killed: it must go by itself, with its folder.
      owner.destroy();
      await().atMost(Duration.ofSeconds(60)).until(() -> Files.notExists(folder));
      assertThatThrownBy(() -> script.run("status", folder)).isInstanceOf(BrokerException.class);
    } finally {
      owner.destroy();
      if (Files.exists(folder)) {
        script.run("purge", folder);
      }
    }
  }

  @Test
  void aFolderOfSomethingElseIsLeftAlone() throws Exception {
    Path file = Files.writeString(temporary.resolve("precious"), "data");

    assertThatThrownBy(() -> NodeScript.unpacked().run("purge", temporary))
        .isInstanceOf(BrokerException.class)
        .hasMessageContaining("it is left alone");
    assertThat(file).hasContent("data");
  }

  @Test
  void aPortThatIsTakenIsSaidBeforeAnythingIsMade() throws Exception {
    Path folder = temporary.resolve("never");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());

      assertThatThrownBy(() -> NodeScript.unpacked().run("start", folder, "--amqp-port", port))
          .isInstanceOf(BrokerException.class)
          .hasMessageContaining("port " + port + " is taken");
    }
    assertThat(folder.resolve("settings")).doesNotExist();
  }

  @Test
  void aFolderWithoutANodeIsNoBroker() {
    assertThatThrownBy(() -> PrivateNode.existing(temporary))
        .isInstanceOf(BrokerException.class)
        .hasMessageContaining("there is no node in");
  }

  private static String commandLinesOfAllProcesses() throws IOException {
    Process process = new ProcessBuilder("ps", "-ww", "-e", "-o", "args=").start();
    try (InputStream output = process.getInputStream()) {
      return new String(output.readAllBytes(), UTF_8);
    }
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  /** An address of this machine that is not the loopback interface's. */
  private static InetAddress otherAddress() throws IOException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
        .findFirst()
        .orElseGet(() -> loopback(2));
  }

  private static InetAddress loopback(int last) {
    try {
      return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
