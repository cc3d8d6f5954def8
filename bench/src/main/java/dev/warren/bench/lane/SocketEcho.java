package dev.warren.bench.lane;

import dev.warren.bench.BenchException;
import dev.warren.bench.OwnProcess;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The least that a round trip to another JVM takes: bytes to a process that sends them back, over a
 * Unix socket, by a thread on each side that blocks. Its {@code main} is that process.
 */
final class SocketEcho implements AutoCloseable {
  private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

  private final OwnProcess process;
  private final ServerSocketChannel server;
  private final SocketChannel channel;
  private final ByteBuffer bytes;

  private SocketEcho(
      OwnProcess process, ServerSocketChannel server, SocketChannel channel, int size) {
    this.process = process;
    this.server = server;
    this.channel = channel;
    this.bytes = ByteBuffer.allocateDirect(size);
  }

  static SocketEcho start(int size, Path folder) throws IOException, InterruptedException {
    Path socket = folder.resolve("echo");
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    List<String> command =
        List.of(
            OwnProcess.java(),
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            SocketEcho.class.getName(),
            socket.toString(),
            Integer.toString(size));
    OwnProcess process =
        OwnProcess.start("the echo", command, Map.of(), folder.resolve("echo.log"));
    return new SocketEcho(process, server, accepted(server, process), size);
  }

  private static SocketChannel accepted(ServerSocketChannel server, OwnProcess process)
      throws IOException, InterruptedException {
    server.configureBlocking(false);
    while (true) {
      SocketChannel came = server.accept();
      if (came != null) {
        return came;
      }
      if (process.awaitEnd(LOOK_AGAIN)) {
        throw new BenchException("the echo has ended:\n" + process.lastWords());
      }
    }
  }

  public static void main(String[] arguments) throws IOException {
    try (SocketChannel channel =
        SocketChannel.open(UnixDomainSocketAddress.of(Path.of(arguments[0])))) {
      ByteBuffer bytes = ByteBuffer.allocateDirect(Integer.parseInt(arguments[1]));
      while (fill(channel, bytes.clear())) {
        send(channel, bytes.flip());
      }
    }
  }

  private static boolean fill(SocketChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      if (channel.read(bytes) < 0) {
        return false;
      }
    }
    return true;
  }

  private static void send(SocketChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** There and back, on the calling thread. */
  void call() throws IOException {
    send(channel, bytes.clear());
    if (!fill(channel, bytes.clear())) {
      throw new BenchException("the echo has ended:\n" + process.lastWords());
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
    server.close();
    process.close();
  }
}
