package dev.warren.tasks;

import dev.warren.api.TaskContext;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads a file for a task, a buffer at a time whatever its size: reports progress on the way and
 * stops when the attempt should.
 */
final class FileReading extends FilterInputStream {
  private static final int STEPS = 20;

  /** Below this a file is read before anybody could look at the progress. */
  private static final long LARGE = 16L << 20;

  private final TaskContext context;
  private final long size;
  private long read;
  private int told;

  private FileReading(InputStream file, long size, TaskContext context) {
    super(file);
    this.size = size;
    this.context = context;
  }

  static FileReading open(Path file, TaskContext context) throws IOException {
    return new FileReading(Files.newInputStream(file), Files.size(file), context);
  }

  /** Bytes read so far. */
  long bytes() {
    return read;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (context.cancelled() || Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("told to stop after " + read + " of " + size + " bytes");
    }
    int count = super.read(buffer, offset, length);
    if (count > 0) {
      read += count;
      tellProgress();
    }
    return count;
  }

  private void tellProgress() {
    if (size < LARGE) {
      return;
    }
    int step = (int) Math.min(STEPS, STEPS * read / size);
    if (step > told) {
      told = step;
      context.progress((double) step / STEPS, read + " of " + size + " bytes");
    }
  }
}
