package dev.warren.bench.chaos;

import dev.warren.api.TaskContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Where a worker process writes down what it runs: a file of its own, a line at once in one system
 * call. What was written survives the process, also a {@code kill -9}; not the machine. Safe for
 * concurrent use.
 */
final class ExecutionLog {
  static final String STARTED = "S";
  static final String ENDED = "E";

  private final FileChannel file;
  private final ReentrantLock lock = new ReentrantLock();

  private ExecutionLog(FileChannel file) {
    this.file = file;
  }

  /** A new file, named after this process. */
  static ExecutionLog create(Path folder) {
    try {
      Files.createDirectories(folder);
      Path name = folder.resolve(ProcessHandle.current().pid() + "-" + System.nanoTime() + ".log");
      return new ExecutionLog(
          FileChannel.open(name, StandardOpenOption.CREATE_NEW, StandardOpenOption.APPEND));
    } catch (IOException failed) {
      throw new UncheckedIOException("the books cannot be opened in " + folder, failed);
    }
  }

  ChaosTasks.Done around(TaskContext context, ChaosTasks.Work work, ChaosTasks.Handler handler)
      throws InterruptedException {
    write(STARTED, context);
    try {
      return handler.run(work, context);
    } finally {
      write(ENDED, context);
    }
  }

  private void write(String what, TaskContext context) {
    String line =
        what
            + ' '
            + context.id()
            + ' '
            + context.generation()
            + ' '
            + context.attempt()
            + ' '
            + System.currentTimeMillis()
            + '\n';
    ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII));
    // An interrupt, of a cancelled task, would close the channel for all.
    boolean interrupted = Thread.interrupted();
    lock.lock();
    try {
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
    } catch (IOException failed) {
      throw new UncheckedIOException("the books cannot be written", failed);
    } finally {
      lock.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
