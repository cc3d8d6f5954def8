package dev.warren.engine.connection;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Names the client library's threads, and keeps a forgotten connection from holding up the JVM. */
final class AmqpThreads implements ThreadFactory {
  private final String prefix;
  private final AtomicInteger created = new AtomicInteger();

  AmqpThreads(String purpose) {
    this.prefix = "warren-amqp-" + purpose + "-";
  }

  @Override
  public Thread newThread(Runnable work) {
    Thread thread = new Thread(work, prefix + created.incrementAndGet());
    thread.setDaemon(true);
    return thread;
  }
}
