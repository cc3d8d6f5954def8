package dev.warren.gateway.aggregate;

import dev.warren.api.AlreadyRunningException;
import dev.warren.api.ConfigurationException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of a store, which belongs to one process while that runs: the operating system ends
 * its lock with the process, however that ends.
 */
final class DataFolder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DataFolder.class);
  private static final String LOCK = "gateway.lock";

  private final Path path;
  private final FileChannel channel;

  private DataFolder(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * Takes the folder, which is made if need be.
   *
   * @param limit how long to wait for a process that has it and may be about to end
   * @throws AlreadyRunningException if another process keeps it
   * @throws ConfigurationException if the folder cannot be used
   */
  static DataFolder claim(Path path, Duration limit) {
    FileChannel channel = null;
    try {
      Files.createDirectories(path);
      channel =
          FileChannel.open(
              path.resolve(LOCK),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      if (!lock(channel, path, limit)) {
        String holder = holder(channel);
        close(channel);
        throw new AlreadyRunningException(
            "another gateway"
                + holder
                + " keeps its store in "
                + path
                + ": stop it, or give this one a virtual host and a folder of its own (--uri,"
                + " --data)");
      }
      channel.truncate(0);
      byte[] pid = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII);
      channel.write(ByteBuffer.wrap(pid), 0);
      return new DataFolder(path, channel);
    } catch (IOException failed) {
      close(channel);
      throw new ConfigurationException(
          "the data folder "
              + path
              + " cannot be used ("
              + failed
              + "): choose another with --data",
          failed);
    }
  }

  Path path() {
    return path;
  }

  @Override
  public void close() {
    close(channel);
  }

  private static boolean lock(FileChannel channel, Path path, Duration limit) throws IOException {
    try {
      if (channel.tryLock() != null) {
        return true;
      }
    } catch (OverlappingFileLockException ours) {
      // Another gateway in this JVM, which will not end for us.
      return false;
    }
    LOG.info(
        "another process{} keeps its store in {}; waiting {} s for its end",
        holder(channel),
        path,
        limit.toSeconds());
    CompletableFuture<FileLock> taken = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .name("warren-folder-lock")
        .start(
            () -> {
              try {
                taken.complete(channel.lock());
              } catch (IOException | OverlappingFileLockException givenUp) {
                taken.completeExceptionally(givenUp);
              }
            });
    try {
      return taken.get(limit.toMillis(), TimeUnit.MILLISECONDS) != null;
    } catch (TimeoutException kept) {
      return false;
    } catch (ExecutionException | CompletionException failed) {
      throw new IOException("no lock: " + failed.getCause(), failed);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static String holder(FileChannel channel) {
    try {
      ByteBuffer pid = ByteBuffer.allocate(20);
      channel.read(pid, 0);
      String text = new String(pid.array(), 0, pid.position(), StandardCharsets.US_ASCII).strip();
      return Optional.of(text)
          .filter(some -> !some.isEmpty())
          .map(some -> " (pid " + some + ")")
          .orElse("");
    } catch (IOException unreadable) {
      LOG.debug("the lock file does not say who holds it", unreadable);
      return "";
    }
  }

  private static void close(@Nullable FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException failed) {
      LOG.debug("the lock file did not close in order", failed);
    }
  }
}
