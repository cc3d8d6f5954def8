package dev.warren.engine.startup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An ahead-of-time cache of a program (JEP 483, 514, 515): its classes loaded and linked, and which
 * methods its start makes hot. Made in the background, by a training run on the thread {@code
 * warren-startup-cache}, if there is none that fits; whoever starts the program meanwhile does so
 * without. That there is no cache, or that none can be made, is never an error. Safe for concurrent
 * use, by several processes, too.
 */
public final class StartupCache implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StartupCache.class);
  private static final Duration TRAINING_LIMIT = Duration.ofMinutes(2);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  /** What looking for the cache may take; some milliseconds as a rule. */
  private static final Duration LOOK_LIMIT = Duration.ofSeconds(2);

  /** A training that failed is not tried again before. */
  private static final Duration TRY_AGAIN = Duration.ofDays(1);

  /** The users' work goes first. */
  private static final Path NICE = Path.of("/usr/bin/nice");

  private final JavaProgram program;
  private final CacheFolder folder;
  private final Thread thread;
  private final CountDownLatch looked = new CountDownLatch(1);
  private volatile @Nullable Path cache;
  private volatile boolean closed;

  /**
   * A cache that is not looked for yet.
   *
   * @param folder where caches are kept; made if need be
   */
  public StartupCache(Path folder, JavaProgram program) {
    this.program = program;
    this.folder = new CacheFolder(folder);
    this.thread = Thread.ofPlatform().name("warren-startup-cache").daemon().unstarted(this::run);
  }

  /** Where caches usually are: {@code warren} in {@code $XDG_CACHE_HOME} or {@code ~/.cache}. */
  public static Optional<Path> usualFolder(Map<String, String> environment) {
    String caches = environment.getOrDefault("XDG_CACHE_HOME", "");
    String home = environment.getOrDefault("HOME", "");
    if (caches.isBlank() && home.isBlank()) {
      return Optional.empty();
    }
    return Optional.of(
        (caches.isBlank() ? Path.of(home, ".cache") : Path.of(caches))
            .resolve(Path.of("warren", "startup")));
  }

  /** Looks for the cache, and makes it if there is none. Returns at once. */
  public void start() {
    thread.start();
  }

  /** Waits until it is there or is known not to be made; false if the limit passes first. */
  public boolean awaitMade(Duration limit) throws InterruptedException {
    return thread.join(limit);
  }

  /** Flags for the program's JVM: that of the cache, if it is there. Never waits for a training. */
  public List<String> flags() {
    try {
      if (thread.getState() != Thread.State.NEW
          && !looked.await(LOOK_LIMIT.toNanos(), TimeUnit.NANOSECONDS)) {
        return List.of();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return List.of();
    }
    Path found = cache;
    // A missing file would cost the JVM the cache that it brings itself.
    return found != null && CacheFolder.use(found) ? List.of("-XX:AOTCache=" + found) : List.of();
  }

  /** Ends a training. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      if (thread.getState() != Thread.State.NEW && !thread.join(CLOSE_LIMIT)) {
        LOG.warn("the training for a startup cache does not end");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      Optional<String> key = CacheKey.of(program);
      if (key.isEmpty()) {
        LOG.debug("no startup cache for {}: there are folders on its class path", program.name());
        return;
      }
      folder.open();
      Path file = folder.file(program.name() + "-" + key.get() + CacheFolder.SUFFIX);
      // Also if it is to be made by us or by another process: who starts later looks again.
      cache = file;
      if (!Files.exists(file)) {
        looked.countDown();
        folder.alone(program.name(), () -> make(file));
      }
    } catch (IOException | RuntimeException failed) {
      LOG.info("no startup cache for {}: {}", program.name(), failed.toString());
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    } finally {
      looked.countDown();
    }
  }

  private void make(Path file) throws IOException, InterruptedException {
    Path failed = Path.of(file + ".failed");
    if (Files.exists(file) || closed || isRecent(failed)) {
      return;
    }
    folder.removeOld(program.name());
    Path made = Path.of(file + "." + ProcessHandle.current().pid() + ".new");
    Path log = folder.file(program.name() + ".log");
    long began = System.nanoTime();
    if (train(made, log) && Files.exists(made)) {
      Files.move(made, file, StandardCopyOption.ATOMIC_MOVE);
      Files.deleteIfExists(failed);
      LOG.info(
          "made a startup cache for {} in {} s: {}",
          program.name(),
          TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began),
          file);
    } else {
      Files.deleteIfExists(made);
      Files.write(failed, new byte[0]);
      LOG.info("no startup cache for {} could be made: see {}", program.name(), log);
    }
  }

  private static boolean isRecent(Path failure) throws IOException {
    return Files.exists(failure)
        && Files.getLastModifiedTime(failure).toInstant().isAfter(Instant.now().minus(TRY_AGAIN));
  }

  private boolean train(Path output, Path log) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(NICE)) {
      command.addAll(List.of(NICE.toString(), "-n", "10"));
    }
    command.addAll(program.command(List.of("-XX:AOTCacheOutput=" + output), program.training()));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().keySet().removeIf(variable -> variable.startsWith("WARREN_"));
    Process training = builder.start();
    try {
      training.getOutputStream().close();
      return training.waitFor(TRAINING_LIMIT.toNanos(), TimeUnit.NANOSECONDS)
          && training.exitValue() == 0;
    } finally {
      // The JVM that writes the cache is one that the trained one has started.
      training.descendants().forEach(ProcessHandle::destroyForcibly);
      training.destroyForcibly();
    }
  }
}
