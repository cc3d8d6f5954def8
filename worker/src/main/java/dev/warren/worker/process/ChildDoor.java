package dev.warren.worker.process;

import dev.warren.api.CodecException;
import dev.warren.api.ConfigurationException;
import dev.warren.engine.codec.JsonText;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where children connect to: a Unix socket in a folder that only this user may enter. A child says
 * by a token which one it is. One thread, {@code warren-child-door}, takes the connections.
 */
final class ChildDoor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ChildDoor.class);

  /** Variables by which a child finds its worker. */
  static final String SOCKET_VARIABLE = "WARREN_CHILD_SOCKET";

  static final String TOKEN_VARIABLE = "WARREN_CHILD_TOKEN";

  private static final Duration HELLO_LIMIT = Duration.ofSeconds(5);
  private static final Duration RETRY_ACCEPT = Duration.ofSeconds(1);
  private static final int LARGEST_HELLO = 4_096;

  private final Path folder;
  private final Path socket;
  private final ServerSocketChannel server;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, CompletableFuture<SocketChannel>> expected = new ConcurrentHashMap<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("warren-child-timer").daemon().factory());

  private ChildDoor(Path folder, Path socket, ServerSocketChannel server) {
    this.folder = folder;
    this.socket = socket;
    this.server = server;
    this.thread = Thread.ofPlatform().name("warren-child-door").daemon().unstarted(this::run);
  }

  /** Opens a door in a folder of its own. */
  static ChildDoor open() {
    try {
      // The name of a Unix socket has at most 107 bytes, so not below the worker's state folder.
      Path folder =
          Files.createTempDirectory(
              "warren-",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      Path socket = folder.resolve("children");
      ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      server.bind(UnixDomainSocketAddress.of(socket));
      ChildDoor door = new ChildDoor(folder, socket, server);
      door.thread.start();
      return door;
    } catch (IOException failed) {
      throw new ConfigurationException(
          "no socket for child processes can be made in "
              + System.getProperty("java.io.tmpdir")
              + " ("
              + failed
              + "): set java.io.tmpdir to a folder that can be written",
          failed);
    }
  }

  /** A child that is going to connect. */
  final class Visit implements AutoCloseable {
    private final String token;
    private final CompletableFuture<SocketChannel> came = new CompletableFuture<>();

    private Visit(String token) {
      this.token = token;
      expected.put(token, came);
    }

    Map<String, String> environment() {
      return Map.of(SOCKET_VARIABLE, socket.toString(), TOKEN_VARIABLE, token);
    }

    /** What the environment of the child, and of all that it starts, has alone. */
    String mark() {
      return TOKEN_VARIABLE + "=" + token;
    }

    CompletableFuture<SocketChannel> connection() {
      return came;
    }

    @Override
    public void close() {
      expected.remove(token);
      // Whoever comes now is late, and sent away.
      came.cancel(false);
    }
  }

  Visit expect() {
    byte[] token = new byte[16];
    random.nextBytes(token);
    return new Visit(Base64.getUrlEncoder().withoutPadding().encodeToString(token));
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      timer.shutdownNow();
      server.close();
      Files.deleteIfExists(socket);
      Files.deleteIfExists(folder);
      thread.join(HELLO_LIMIT);
    } catch (IOException stays) {
      LOG.warn("{} was not removed: {}", folder, stays.toString());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (true) {
      try {
        SocketChannel came = server.accept();
        // Whoever connects and says nothing must not keep the others waiting.
        Thread.ofVirtual().name("warren-child-hello").start(() -> greet(came));
      } catch (ClosedChannelException closed) {
        return;
      } catch (IOException failed) {
        // As when no more files can be opened: that passes, and without a door no child starts.
        LOG.error("a child process could not connect", failed);
        if (isClosedWithin(RETRY_ACCEPT)) {
          return;
        }
      }
    }
  }

  private boolean isClosedWithin(Duration wait) {
    try {
      return closed.await(wait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private void greet(SocketChannel came) {
    ScheduledFuture<?> silence =
        timer.schedule(
            () -> sendAway(came, "said nothing"), HELLO_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    try {
      JsonText heard = hello(came);
      // Before it is understood, which takes a JVM that has just begun a while.
      if (!silence.cancel(false)) {
        return;
      }
      Said said = MessageCodec.readSaid(heard);
      if (!(said instanceof Said.Hello(String token, int protocol))) {
        sendAway(came, "did not say hello first");
        return;
      }
      CompletableFuture<SocketChannel> child = expected.remove(token);
      if (child == null) {
        sendAway(came, "is no child that was started");
      } else if (protocol != MessageCodec.PROTOCOL) {
        sendAway(came, "speaks version " + protocol);
        child.completeExceptionally(
            new IOException(
                "the process speaks version "
                    + protocol
                    + " of the protocol, this worker "
                    + MessageCodec.PROTOCOL));
      } else if (!child.complete(came)) {
        sendAway(came, "came too late");
      }
    } catch (IOException | CodecException unfit) {
      silence.cancel(false);
      sendAway(came, unfit.toString());
    }
  }

  private static JsonText hello(SocketChannel from) throws IOException {
    ByteBuffer length = ByteBuffer.allocate(Integer.BYTES);
    fill(from, length);
    int size = length.getInt(0);
    if (size < 1 || size > LARGEST_HELLO) {
      throw new IOException("a hello of " + size + " bytes");
    }
    byte[] message = new byte[size];
    fill(from, ByteBuffer.wrap(message));
    return JsonText.wrap(message);
  }

  private static void fill(SocketChannel from, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (from.read(buffer) < 0) {
        throw new IOException("the connection ended");
      }
    }
  }

  private static void sendAway(SocketChannel channel, String why) {
    LOG.warn("somebody who connected as a child process was sent away: {}", why);
    try {
      channel.close();
    } catch (IOException gone) {
      LOG.debug("closing a connection", gone);
    }
  }
}
