package dev.warren.gateway.http;

import dev.warren.api.BrokerUnreachableException;
import dev.warren.producer.RawHandle;
import dev.warren.producer.RawTask;
import dev.warren.producer.WarrenClient;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Hands tasks to the library, off the event loops: it may block for a moment, for a place among the
 * unconfirmed or for the registry. Connects when the first task comes, so that the API answers
 * while the broker is away. Safe for concurrent use.
 */
final class Submissions implements AutoCloseable {
  private static final Duration CONNECT_WAIT = Duration.ofSeconds(10);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  private final Supplier<WarrenClient> connect;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(
          Thread.ofVirtual().name("warren-http-submit-", 1).factory());
  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock.
  private @Nullable WarrenClient client;
  private boolean closed;

  Submissions(Supplier<WarrenClient> connect) {
    this.connect = connect;
  }

  /** Submits; the future completes on the context, when the broker has confirmed. */
  Future<RawHandle> submit(Context context, RawTask task) {
    return call(context, library -> library.submitAsync(task));
  }

  /** Asks the library for something; the future completes on the context. */
  <T> Future<T> call(Context context, Function<WarrenClient, CompletionStage<T>> question) {
    Promise<T> answer = Promise.promise();
    try {
      threads.execute(
          () -> {
            try {
              T value = question.apply(client()).toCompletableFuture().get();
              context.runOnContext(nothing -> answer.complete(value));
            } catch (ExecutionException | CompletionException failed) {
              Throwable cause = failed.getCause() == null ? failed : failed.getCause();
              context.runOnContext(nothing -> answer.fail(cause));
            } catch (InterruptedException interrupted) {
              Thread.currentThread().interrupt();
              context.runOnContext(nothing -> answer.fail(interrupted));
            } catch (RuntimeException refused) {
              context.runOnContext(nothing -> answer.fail(refused));
            }
          });
    } catch (RejectedExecutionException closing) {
      answer.fail(Problems.stopping().thrown());
    }
    return answer.future();
  }

  /** Asks the library for something that blocks. */
  <T> Future<T> block(Context context, Function<WarrenClient, T> question) {
    return call(context, library -> CompletableFuture.completedStage(question.apply(library)));
  }

  /** Runs something that blocks, on a virtual thread. */
  void run(Runnable work) {
    threads.execute(work);
  }

  /** The library, connected; blocks. */
  WarrenClient client() throws InterruptedException {
    if (!lock.tryLock(CONNECT_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new BrokerUnreachableException("the gateway is still connecting to the broker");
    }
    try {
      if (closed) {
        throw Problems.stopping().thrown();
      }
      WarrenClient connected = client;
      if (connected == null) {
        connected = connect.get();
        client = connected;
      }
      return connected;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException interrupted) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
    lock.lock();
    try {
      closed = true;
      if (client != null) {
        client.close();
        client = null;
      }
    } finally {
      lock.unlock();
    }
  }
}
