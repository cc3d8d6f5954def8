package dev.warren.worker.process;

import dev.warren.engine.codec.JsonText;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One end of the socket between a worker and a child: messages of JSON, each after its length (four
 * bytes, big-endian). Whoever has a message writes it; one thread, {@code <name>-link}, reads, and
 * writes what the socket did not take at once. The channel never blocks: an interrupt of a thread
 * that blocks on a channel, as a task gets it, would close it. A platform thread, because one that
 * is virtual is told by another thread that there is something to read.
 */
final class Link implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Link.class);

  /** Arguments and results of 1 MiB, with what is around them. */
  static final int LARGEST_MESSAGE = 4 << 20;

  /** Whoever says more than the other end takes waits. */
  private static final int MOST_UNWRITTEN = 1_000;

  private static final Duration LINGER = Duration.ofSeconds(2);

  private final SocketChannel channel;
  private final Receiver receiver;
  private final Thread thread;
  private final Incoming incoming = new Incoming();

  /** Only of the link's thread. */
  private boolean reading;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition written = lock.newCondition();
  // Guarded by lock.
  private final Deque<ByteBuffer> unwritten = new ArrayDeque<>();
  private @Nullable Selector selector;
  private boolean closing;
  private boolean over;

  /** What comes through; on the link's thread, one after the other. */
  interface Receiver {
    /** A message. Throwing ends the link. */
    void received(JsonText message);

    /** The other end is gone, or does not speak like this. Called once, last. */
    void lost(String why);
  }

  Link(String name, SocketChannel channel, Receiver receiver) {
    this.channel = channel;
    this.receiver = receiver;
    this.thread = Thread.ofPlatform().daemon().name(name + "-link").unstarted(this::run);
  }

  void start() throws IOException {
    channel.configureBlocking(false);
    Selector opened = Selector.open();
    channel.register(opened, SelectionKey.OP_READ);
    lock.lock();
    try {
      selector = opened;
    } finally {
      lock.unlock();
    }
    thread.start();
  }

  /** Sends a message after those before, unless too many are unwritten; never waits. */
  void sendIfHeard(JsonText message) {
    lock.lock();
    try {
      if (unwritten.size() < MOST_UNWRITTEN) {
        write(message);
      } else {
        LOG.debug("a child process does not read what it is told");
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Sends a message, even if the thread has been interrupted; the interrupt stays. Waits while too
   * many are unwritten.
   */
  void sendSurely(JsonText message) {
    lock.lock();
    try {
      while (unwritten.size() >= MOST_UNWRITTEN && !over && !onItsThread()) {
        written.awaitUninterruptibly();
      }
      write(message);
    } finally {
      lock.unlock();
    }
  }

  private boolean onItsThread() {
    return thread.equals(Thread.currentThread());
  }

  /** Call with the lock. */
  private void write(JsonText message) {
    if (over || closing) {
      return;
    }
    ByteBuffer frame = ByteBuffer.allocate(Integer.BYTES + message.size());
    frame.putInt(message.size()).put(message.bytes()).flip();
    if (!unwritten.isEmpty()) {
      unwritten.addLast(frame);
      return;
    }
    try {
      channel.write(frame);
    } catch (IOException gone) {
      // The link's thread hears of it, too, and tells.
      LOG.debug("a child process or its worker is gone", gone);
      return;
    }
    if (frame.hasRemaining()) {
      unwritten.addLast(frame);
      wakeUp();
    }
  }

  /** Writes what is to be written, for a moment at most, and closes the channel. */
  @Override
  public void close() {
    lock.lock();
    try {
      closing = true;
      wakeUp();
    } finally {
      lock.unlock();
    }
    if (!onItsThread() && !endsWithin(LINGER)) {
      closeChannel();
    }
  }

  private boolean endsWithin(Duration limit) {
    boolean interrupted = Thread.interrupted();
    long deadline = System.nanoTime() + limit.toNanos();
    lock.lock();
    try {
      while (!over) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        try {
          boolean _ = written.await(left, TimeUnit.NANOSECONDS);
        } catch (InterruptedException again) {
          interrupted = true;
        }
      }
      return true;
    } finally {
      lock.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Call with the lock. */
  private void wakeUp() {
    if (selector != null) {
      selector.wakeup();
    } else {
      over = true;
      closeChannel();
    }
  }

  private void run() {
    String why = "closed";
    try {
      Selector events = selector();
      while (goesOn(events)) {
        events.select(key -> {});
        if (reading) {
          incoming.read();
        }
      }
    } catch (EOFException | ClosedChannelException end) {
      why = "the connection ended";
    } catch (IOException broken) {
      why = broken.toString();
    } catch (RuntimeException unfit) {
      why = "a message that does not fit: " + unfit.getMessage();
      LOG.warn("a link to a child process ends", unfit);
    } finally {
      end();
      receiver.lost(why);
    }
  }

  private Selector selector() {
    lock.lock();
    try {
      if (selector == null) {
        throw new IllegalStateException("not started");
      }
      return selector;
    } finally {
      lock.unlock();
    }
  }

  /** Writes what waits to be written; false when the link is closed and nothing does any more. */
  private boolean goesOn(Selector events) throws IOException {
    lock.lock();
    try {
      while (!unwritten.isEmpty()) {
        channel.write(unwritten.getFirst());
        if (unwritten.getFirst().hasRemaining()) {
          break;
        }
        unwritten.removeFirst();
        written.signalAll();
      }
      SelectionKey key = channel.keyFor(events);
      if (key == null || !key.isValid()) {
        throw new ClosedChannelException();
      }
      // Whoever does not read the answers to what it asks for is not heard, either.
      reading = unwritten.size() < MOST_UNWRITTEN;
      key.interestOps(
          (reading ? SelectionKey.OP_READ : 0) | (unwritten.isEmpty() ? 0 : SelectionKey.OP_WRITE));
      return !closing || !unwritten.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  private void end() {
    lock.lock();
    try {
      over = true;
      unwritten.clear();
      written.signalAll();
      closeChannel();
      if (selector != null) {
        // Only then is the channel really closed.
        selector.close();
      }
    } catch (IOException gone) {
      LOG.debug("closing a link", gone);
    } finally {
      lock.unlock();
    }
  }

  private void closeChannel() {
    try {
      if (channel.isConnected() && channel.isOpen()) {
        // The other end hears of it, even if the link's thread is busy.
        channel.shutdownOutput();
      }
      channel.close();
    } catch (IOException gone) {
      LOG.debug("closing a link", gone);
    }
  }

  /** Takes messages out of what comes. */
  private final class Incoming {
    private static final int BUFFER = 64 << 10;

    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    private byte @Nullable [] message;
    private int filled;

    /** Reads what is there. */
    void read() throws IOException {
      int count = channel.read(buffer);
      if (count < 0) {
        throw new EOFException();
      }
      buffer.flip();
      while (takeMessage()) {}
      buffer.compact();
    }

    private boolean takeMessage() throws IOException {
      if (message == null) {
        if (buffer.remaining() < Integer.BYTES) {
          return false;
        }
        int size = buffer.getInt();
        if (size < 1 || size > LARGEST_MESSAGE) {
          throw new IOException(
              "a message of " + size + " bytes came; at most " + LARGEST_MESSAGE + " may");
        }
        message = new byte[size];
        filled = 0;
      }
      int count = Math.min(buffer.remaining(), message.length - filled);
      buffer.get(message, filled, count);
      filled += count;
      if (filled < message.length) {
        return false;
      }
      byte[] whole = message;
      message = null;
      receiver.received(JsonText.wrap(whole));
      return true;
    }
  }
}
