package dev.warren.bench.chaos;

import dev.warren.api.TaskId;
import dev.warren.bench.BenchException;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * Every execution, gathered from the files of the worker processes while they are written. One
 * thread reads, {@code warren-chaos-executions}. Safe for concurrent use.
 */
final class ExecutionBook implements AutoCloseable {
  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

  private final Path folder;
  private final Map<Path, Long> read = new HashMap<>();
  private final Thread thread;
  private final CountDownLatch closing = new CountDownLatch(1);

  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock.
  private final List<Execution> executions = new ArrayList<>();
  private long lastStart;

  ExecutionBook(Path folder) {
    this.folder = folder;
    this.thread = Thread.ofPlatform().name("warren-chaos-executions").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** When the last one started, in milliseconds since 1970; 0 if none did. */
  long lastStart() {
    lock.lock();
    try {
      return lastStart;
    } finally {
      lock.unlock();
    }
  }

  /** When the first one after a time started, both in milliseconds since 1970. */
  OptionalLong firstStartAfter(long millis) {
    lock.lock();
    try {
      return lastStart <= millis
          ? OptionalLong.empty()
          : executions.stream()
              .mapToLong(Execution::startedMillis)
              .filter(start -> start > millis)
              .min();
    } finally {
      lock.unlock();
    }
  }

  /** All of them, in the order in which they were read. */
  List<Execution> all() {
    lock.lock();
    try {
      return List.copyOf(executions);
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    boolean last = false;
    try {
      while (true) {
        readNew();
        if (last) {
          return;
        }
        last = pause();
      }
    } catch (IOException failed) {
      throw new BenchException("the books in " + folder + " cannot be read: " + failed, failed);
    }
  }

  /** Whether the book is being closed. */
  private boolean pause() {
    try {
      return closing.await(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private void readNew() throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    List<Path> files;
    try (Stream<Path> listed = Files.list(folder)) {
      files = listed.toList();
    }
    for (Path file : files) {
      readNew(file);
    }
  }

  private void readNew(Path file) throws IOException {
    long from = read.getOrDefault(file, 0L);
    if (Files.size(file) == from) {
      return;
    }
    byte[] bytes;
    try (FileChannel channel = FileChannel.open(file)) {
      channel.position(from);
      bytes = Channels.newInputStream(channel).readAllBytes();
    }
    int end = bytes.length;
    // A line that is being written is read the next time.
    while (end > 0 && bytes[end - 1] != '\n') {
      end--;
    }
    read.put(file, from + end);
    long process = Long.parseLong(file.getFileName().toString().split("-", 2)[0]);
    for (String line : new String(bytes, 0, end, StandardCharsets.US_ASCII).split("\n", -1)) {
      if (!line.isEmpty()) {
        add(process, line.split(" ", -1));
      }
    }
  }

  private void add(long process, String[] words) {
    if (!words[0].equals(ExecutionLog.STARTED)) {
      return;
    }
    Execution execution =
        new Execution(
            new Execution.Key(
                TaskId.of(words[1]), Integer.parseInt(words[2]), Integer.parseInt(words[3])),
            process,
            Long.parseLong(words[4]));
    lock.lock();
    try {
      executions.add(execution);
      lastStart = Math.max(lastStart, execution.startedMillis());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    closing.countDown();
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
