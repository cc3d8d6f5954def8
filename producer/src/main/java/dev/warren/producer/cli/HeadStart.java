package dev.warren.producer.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.configuration.ConfigurationFile;
import dev.warren.engine.connection.Connections;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Gets ready what a command needs that talks to the broker, on the thread {@code
 * warren-head-start}, while the command line is read: JSON, YAML and AMQP. The command begins when
 * both are done, so that no two threads ever initialize the same libraries.
 */
final class HeadStart implements AutoCloseable {
  private static final Set<String> ALONE = Set.of("", "help", "version", "completion", "config");

  private final @Nullable Thread thread;

  private HeadStart(@Nullable Thread thread) {
    this.thread = thread;
  }

  /** Begins, if the command with that name needs it. */
  static HeadStart of(String command) {
    if (ALONE.contains(command)) {
      return new HeadStart(null);
    }
    return new HeadStart(
        Thread.ofPlatform().daemon().name("warren-head-start").start(HeadStart::load));
  }

  private static void load() {
    ObjectMapper unused = JsonCodec.json();
    Connections.prepare();
    ConfigurationFile.prepare();
  }

  /** Waits until it is done. */
  @Override
  public void close() {
    if (thread == null) {
      return;
    }
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
