package dev.warren.producer.cli;

import dev.warren.api.BrokerUnreachableException;
import dev.warren.api.SendDeadlineException;
import dev.warren.api.SubmitOptions;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonText;
import dev.warren.producer.RawHandle;
import dev.warren.producer.RawTask;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads items and submits them, never more than a window ahead of those whose results are written.
 * Its thread, {@code warren-map-feed}, is a daemon, as nothing wakes a thread that waits for
 * standard input.
 *
 * <p>A task that the broker did not confirm in time is submitted again under the same id, as long
 * as the patience lasts: it may then run twice, but has one result.
 */
final class MapFeed implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /**
   * What is fed.
   *
   * @param options of all tasks, but for the id
   * @param log of finished items, or null; only read here
   * @param patience how long a task is submitted again after the first failure to
   */
  record Source(
      LineInput lines,
      LineArguments arguments,
      String type,
      SubmitOptions options,
      @Nullable JobLog log,
      Duration patience,
      Clock clock) {
    Source with(JobLog other) {
      return new Source(lines, arguments, type, options, other, patience, clock);
    }
  }

  private final Source source;
  private final ItemSink sink;
  private final Semaphore window;
  private final Consumer<MapEvent> events;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Thread thread;

  /**
   * @param window its permits are the items that may be on the way; whoever writes a result gives
   *     one back
   */
  MapFeed(Source source, ItemSink sink, Semaphore window, Consumer<MapEvent> events) {
    this.source = source;
    this.sink = sink;
    this.window = window;
    this.events = events;
    this.thread = Thread.ofPlatform().name("warren-map-feed").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Submits nothing more. What is submitted goes on. */
  @Override
  public void close() {
    stopped.countDown();
    thread.interrupt();
  }

  private void run() {
    int number = 0;
    int submitted = 0;
    int skipped = 0;
    Optional<Throwable> failure = Optional.empty();
    try {
      String line = source.lines().next();
      while (line != null && !isStopped()) {
        if (!line.isBlank()) {
          number++;
          JsonText arguments =
              source.arguments().of(new LineParts(line, number), "line " + source.lines().number());
          JobLog log = source.log();
          if (log != null && log.hasSucceeded(number, arguments)) {
            skipped++;
          } else {
            window.acquire();
            MapItem item = item(number, submitted, arguments);
            submitted++;
            send(item, task(item, arguments));
          }
        }
        line = source.lines().next();
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    } catch (IOException unreadable) {
      failure = Optional.of(unreadable);
    } catch (RuntimeException unfit) {
      failure = Optional.of(unfit);
    } finally {
      events.accept(new MapEvent.Ended(submitted, skipped, failure));
    }
  }

  private MapItem item(int number, int order, JsonText arguments) {
    JobLog log = source.log();
    TaskId id = log == null ? TaskId.next() : log.idOf(number);
    Instant now = source.clock().instant();
    long member = log == null ? number - 1 : log.memberOf(number);
    return new MapItem(
        number, order, source.lines().number(), id, member, JobLog.check(arguments), now);
  }

  private RawTask task(MapItem item, JsonText arguments) {
    return new RawTask(
        source.type(), arguments, source.options().withId(item.id()), null, true, null);
  }

  private void send(MapItem item, RawTask task) {
    Instant begun = source.clock().instant();
    submitted(item, task)
        .whenComplete(
            (handle, failure) -> {
              if (failure == null) {
                watch(item, handle);
              } else if (mayHaveBeenAccepted(failure)) {
                Thread.ofVirtual()
                    .name("warren-map-resubmit-" + item.number())
                    .start(() -> resubmit(item, task, begun, plain(failure)));
              } else {
                events.accept(new MapEvent.NotSubmitted(item, plain(failure)));
              }
            });
  }

  private void resubmit(MapItem item, RawTask task, Instant begun, Throwable first) {
    Throwable last = first;
    while (source.clock().instant().isBefore(begun.plus(source.patience()))) {
      events.accept(new MapEvent.Notice(last.getMessage() + "; trying again"));
      try {
        if (stopped.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
          break;
        }
        watch(item, submitted(item, task).toCompletableFuture().join());
        return;
      } catch (CompletionException failure) {
        last = plain(failure);
        if (!mayHaveBeenAccepted(last)) {
          break;
        }
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    events.accept(new MapEvent.NotSubmitted(item, last));
  }

  private void watch(MapItem item, RawHandle handle) {
    events.accept(new MapEvent.Submitted(handle.queue()));
    handle
        .outcome()
        .whenComplete(
            (outcome, failure) ->
                events.accept(
                    failure == null
                        ? new MapEvent.Finished(item, outcome)
                        : new MapEvent.NotSubmitted(item, plain(failure))));
  }

  /** A failure is always that of the stage. */
  private CompletionStage<RawHandle> submitted(MapItem item, RawTask task) {
    try {
      return sink.submit(item, task);
    } catch (RuntimeException failure) {
      return CompletableFuture.failedFuture(failure);
    }
  }

  private boolean isStopped() {
    return stopped.getCount() == 0;
  }

  private static boolean mayHaveBeenAccepted(Throwable failure) {
    Throwable cause = plain(failure);
    return cause instanceof SendDeadlineException || cause instanceof BrokerUnreachableException;
  }

  private static Throwable plain(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
