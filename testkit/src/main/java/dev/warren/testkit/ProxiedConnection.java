package dev.warren.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client and its connection to the target. Each direction has a reader and a writer with a few
 * chunks between them, so that latency does not limit how much is under way.
 */
final class ProxiedConnection {
  private static final Logger LOG = LoggerFactory.getLogger(ProxiedConnection.class);
  private static final int CHUNK_BYTES = 16 * 1024;
  private static final int CHUNKS_UNDER_WAY = 64;

  private final Socket client;
  private final Socket server;
  private final Line line;
  private final Consumer<ProxiedConnection> whenClosed;
  private final List<Thread> threads;
  private final AtomicBoolean closed = new AtomicBoolean();

  ProxiedConnection(
      Socket client, Socket server, Line line, Consumer<ProxiedConnection> whenClosed) {
    this.client = client;
    this.server = server;
    this.line = line;
    this.whenClosed = whenClosed;
    this.threads =
        Stream.concat(
                threads(client, server, "to-target").stream(),
                threads(server, client, "to-client").stream())
            .toList();
  }

  void start() {
    threads.forEach(Thread::start);
  }

  /** Waits until its threads have ended; only after a {@link #reset}. */
  void join() throws InterruptedException {
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /** Ends it abruptly: both ends get a reset instead of an orderly end. */
  void reset() {
    for (Socket socket : new Socket[] {client, server}) {
      try {
        socket.setSoLinger(true, 0);
      } catch (IOException e) {
        LOG.trace("already closed", e);
      }
    }
    close();
  }

  private List<Thread> threads(Socket from, Socket to, String direction) {
    BlockingQueue<Chunk> underWay = new ArrayBlockingQueue<>(CHUNKS_UNDER_WAY);
    return List.of(
        Thread.ofVirtual()
            .name("warren-proxy-read-" + direction)
            .unstarted(() -> run(() -> read(from, underWay))),
        Thread.ofVirtual()
            .name("warren-proxy-write-" + direction)
            .unstarted(() -> run(() -> write(underWay, to))));
  }

  private void read(Socket from, BlockingQueue<Chunk> underWay)
      throws IOException, InterruptedException {
    InputStream in = from.getInputStream();
    byte[] buffer = new byte[CHUNK_BYTES];
    try {
      for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
        underWay.put(new Chunk(Arrays.copyOf(buffer, length), System.nanoTime()));
      }
    } finally {
      // Also after an error: what was read before it still arrives, then the connection ends. Not
      // once it is closed: the writer may be gone, and nobody would make room.
      if (!closed.get()) {
        underWay.put(Chunk.END);
      }
    }
  }

  private void write(BlockingQueue<Chunk> underWay, Socket to)
      throws IOException, InterruptedException {
    OutputStream out = to.getOutputStream();
    long freeAt = System.nanoTime();
    for (Chunk chunk = underWay.take(); chunk != Chunk.END; chunk = underWay.take()) {
      freeAt = line.await(chunk.readAt, freeAt, chunk.bytes.length);
      out.write(chunk.bytes);
    }
    close();
  }

  private void run(Carrying carrying) {
    try {
      carrying.run();
    } catch (IOException e) {
      LOG.trace("connection ended", e);
      close();
    } catch (InterruptedException e) {
      close();
    }
  }

  private void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    for (Socket socket : new Socket[] {client, server}) {
      try {
        socket.close();
      } catch (IOException e) {
        LOG.debug("the fault proxy could not close a socket", e);
      }
    }
    // Wakes those that wait for room or for a stall to end.
    threads.forEach(Thread::interrupt);
    whenClosed.accept(this);
  }

  @FunctionalInterface
  private interface Carrying {
    void run() throws IOException, InterruptedException;
  }

  /** Bytes and when they were read. */
  private static final class Chunk {
    static final Chunk END = new Chunk(new byte[0], 0);

    final byte[] bytes;
    final long readAt;

    Chunk(byte[] bytes, long readAt) {
      this.bytes = bytes;
      this.readAt = readAt;
    }
  }
}
