package dev.warren.tasks.exec;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * Reads what a command writes to one of its streams, to the end, and keeps a part of it. Its thread
 * is a platform thread, as a virtual one would hold its carrier while it waits for a pipe; it ends
 * when nobody has the pipe open any more.
 */
final class OutputPump {
  private static final int BUFFER = 8 << 10;

  private final InputStream stream;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock.
  private final Kept kept;

  OutputPump(String name, InputStream stream, Kept kept) {
    this.stream = stream;
    this.kept = kept;
    this.thread = Thread.ofPlatform().name("warren-exec-" + name).daemon().start(this::run);
  }

  private void run() {
    byte[] buffer = new byte[BUFFER];
    try {
      for (int count = stream.read(buffer); count >= 0; count = stream.read(buffer)) {
        lock.lock();
        try {
          kept.add(buffer, count);
        } finally {
          lock.unlock();
        }
      }
    } catch (IOException closed) {
      // As at the end: what came until then counts.
      return;
    }
  }

  /** Returns when all is read, or it is the given time of {@link System#nanoTime}. */
  void awaitEnd(long deadline) throws InterruptedException {
    thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
  }

  /** What was read so far. */
  <T> T read(Function<Kept, T> reader) {
    lock.lock();
    try {
      return reader.apply(kept);
    } finally {
      lock.unlock();
    }
  }
}
