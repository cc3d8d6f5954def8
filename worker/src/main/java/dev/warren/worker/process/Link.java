package dev.warren.worker.process;

import dev.warren.engine.codec.JsonText;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One end of the socket between a worker and a child: messages of JSON, each after its length (four
 * bytes, big-endian). Two threads own the channel, {@code <name>-reader} and {@code <name>-writer},
 * because an interrupt of any other one, as a task gets it, would close it.
 */
final class Link implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Link.class);

  /** Arguments and results of 1 MiB, with what is around them. */
  static final int LARGEST_MESSAGE = 4 << 20;

  /** A child that says more than the worker takes waits. */
  private static final int UNWRITTEN = 1_000;

  private static final long LINGER_MILLIS = 2_000;

  /** No message is empty. */
  private static final JsonText END = JsonText.wrap(new byte[0]);

  private final SocketChannel channel;
  private final Receiver receiver;
  private final BlockingQueue<JsonText> unwritten = new LinkedBlockingQueue<>(UNWRITTEN);
  private final Thread reader;
  private final Thread writer;

  /** What comes through; on the reader's thread, one after the other. */
  interface Receiver {
    /** A message. Throwing ends the link. */
    void received(JsonText message);

    /** The other end is gone, or does not speak like this. Called once, last. */
    void lost(String why);
  }

  Link(String name, SocketChannel channel, Receiver receiver) {
    this.channel = channel;
    this.receiver = receiver;
    this.reader = Thread.ofVirtual().name(name + "-reader").unstarted(this::read);
    this.writer = Thread.ofVirtual().name(name + "-writer").unstarted(this::write);
  }

  void start() {
    reader.start();
    writer.start();
  }

  /** Sends a message after those before, unless too many are unwritten; never waits. */
  void sendIfHeard(JsonText message) {
    if (!unwritten.offer(message)) {
      LOG.debug("a child process does not read what it is told");
    }
  }

  /** Sends a message, even if the thread has been interrupted; the interrupt stays. */
  void sendSurely(JsonText message) {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try {
          if (!writer.isAlive() || unwritten.offer(message, 1, TimeUnit.SECONDS)) {
            return;
          }
        } catch (InterruptedException again) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Writes what is to be written, for a moment at most, and closes the channel. */
  @Override
  public void close() {
    boolean interrupted = Thread.interrupted();
    try {
      if (unwritten.offer(END)) {
        writer.join(LINGER_MILLIS);
      }
    } catch (InterruptedException again) {
      interrupted = true;
    } finally {
      closeChannel();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void read() {
    String why = "closed";
    try {
      ByteBuffer length = ByteBuffer.allocate(Integer.BYTES);
      while (true) {
        fill(length.clear());
        int size = length.getInt(0);
        if (size < 1 || size > LARGEST_MESSAGE) {
          why = "a message of " + size + " bytes came; at most " + LARGEST_MESSAGE + " may";
          return;
        }
        byte[] message = new byte[size];
        fill(ByteBuffer.wrap(message));
        receiver.received(JsonText.wrap(message));
      }
    } catch (EOFException | ClosedChannelException end) {
      why = "the connection ended";
    } catch (IOException broken) {
      why = broken.toString();
    } catch (RuntimeException unfit) {
      why = "a message that does not fit: " + unfit.getMessage();
      LOG.warn("a link to a child process ends", unfit);
    } finally {
      closeChannel();
      unwritten.clear();
      writer.interrupt();
      receiver.lost(why);
    }
  }

  private void fill(ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new EOFException();
      }
    }
  }

  private void write() {
    ByteBuffer length = ByteBuffer.allocate(Integer.BYTES);
    try {
      for (JsonText next = unwritten.take(); next.size() > 0; next = unwritten.take()) {
        ByteBuffer[] frame = {
          length.clear().putInt(0, next.size()), ByteBuffer.wrap(next.bytes()).asReadOnlyBuffer()
        };
        while (frame[1].hasRemaining()) {
          channel.write(frame);
        }
      }
    } catch (IOException gone) {
      LOG.debug("a child process or its worker is gone", gone);
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    } finally {
      // The reader tells of it.
      closeChannel();
    }
  }

  private void closeChannel() {
    try {
      channel.close();
    } catch (IOException gone) {
      LOG.debug("closing a link", gone);
    }
  }
}
