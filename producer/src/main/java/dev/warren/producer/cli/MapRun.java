package dev.warren.producer.cli;

import dev.warren.api.WarrenException;
import dev.warren.engine.configuration.Durations;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A running {@code map}: takes what its feed tells, writes results, shows progress, and knows when
 * all is done. {@link #run} does all of that on the calling thread; everything else only adds
 * events.
 */
final class MapRun {
  private static final Duration NOTICE_INTERVAL = Duration.ofSeconds(10);

  /**
   * How to run.
   *
   * @param idleLimit the longest time without any result, or null for no limit
   * @param resumable whether a job log can be resumed
   * @param summaryWanted whether success is told too
   * @param batch that the items are members of, or null
   */
  record Manner(
      int window,
      @Nullable Duration idleLimit,
      boolean resumable,
      boolean summaryWanted,
      @Nullable MapBatch batch) {}

  private final Manner manner;
  private final MapWriter writer;
  private final Progress progress;
  private final PrintStream err;
  private final Consumer<String> idleHint;
  private final BlockingQueue<MapEvent> events = new LinkedBlockingQueue<>();
  private final Semaphore window;

  private MapEvent.@Nullable Ended ended;
  private @Nullable Throwable trouble;
  private boolean interrupted;
  private boolean outputClosed;
  private boolean hinted;
  private String queue = "";
  private int lost;
  private int submitted;
  private long lastResult = System.nanoTime();
  private long lastNotice = System.nanoTime() - NOTICE_INTERVAL.toNanos();

  /**
   * @param idleHint told the queue once when results are long in coming
   */
  MapRun(
      Manner manner,
      MapWriter writer,
      Progress progress,
      PrintStream err,
      Consumer<String> idleHint) {
    this.manner = manner;
    this.writer = writer;
    this.progress = progress;
    this.err = err;
    this.idleHint = idleHint;
    this.window = new Semaphore(manner.window());
  }

  /** Its permits are the items that may be on the way. */
  Semaphore window() {
    return window;
  }

  /** Takes an event; never blocks. */
  void tell(MapEvent event) {
    events.add(event);
  }

  /** Runs until everything is done, or cannot be; returns the exit code. */
  int run(MapFeed feed) throws InterruptedException {
    feed.start();
    try {
      while (!isOver()) {
        @Nullable MapEvent event =
            events.poll(progress.interval().toMillis(), TimeUnit.MILLISECONDS);
        if (event == null) {
          lookAtTheClock();
        } else {
          take(event, feed);
        }
        if (events.isEmpty()) {
          writer.flush();
        }
        progress.update(counts());
      }
      drain(feed);
      writer.flush();
    } catch (IOException closed) {
      outputClosed = true;
    } finally {
      feed.close();
    }
    return conclusion();
  }

  private boolean isOver() {
    return interrupted
        || trouble instanceof IdleException
        || (ended != null && writer.written() + lost >= ended.submitted());
  }

  /** After an interrupt: results that are here are written all the same. */
  private void drain(MapFeed feed) throws IOException {
    for (MapEvent event = events.poll(); event != null; event = events.poll()) {
      take(event, feed);
    }
  }

  private void take(MapEvent event, MapFeed feed) throws IOException {
    switch (event) {
      case MapEvent.Submitted taken -> {
        queue = taken.queue();
        submitted++;
        sealIfFull();
      }
      case MapEvent.Finished finished -> {
        lastResult = System.nanoTime();
        progress.clear();
        window.release(writer.take(finished));
      }
      case MapEvent.NotSubmitted failed -> {
        lost++;
        window.release(1 + writer.skip(failed.item()));
        stop(feed, failed.failure(), "line " + failed.item().line() + ": ");
      }
      case MapEvent.Ended end -> {
        ended = end;
        end.failure().ifPresent(failure -> stop(feed, failure, ""));
        sealIfFull();
      }
      case MapEvent.Notice notice -> notice(notice.text());
      case MapEvent.Interrupted stop -> interrupted = true;
    }
  }

  /** The batch has all its members when the input has ended and each item is confirmed. */
  private void sealIfFull() {
    MapBatch batch = manner.batch();
    if (batch != null
        && ended != null
        && trouble == null
        && !interrupted
        && submitted == ended.submitted()) {
      batch.seal();
    }
  }

  /** The first failure ends the feed; what is on the way is still waited for. */
  private void stop(MapFeed feed, Throwable failure, String where) {
    if (trouble != null || interrupted) {
      return;
    }
    trouble = failure;
    feed.close();
    if (!where.isEmpty()) {
      progress.clear();
      err.println("warren: " + where + Failures.line(failure));
    }
  }

  private void lookAtTheClock() {
    Duration idle = Duration.ofNanos(System.nanoTime() - lastResult);
    if (!hinted && !queue.isEmpty() && idle.compareTo(WorkerHint.AFTER) > 0) {
      hinted = true;
      progress.clear();
      idleHint.accept(queue);
    }
    if (manner.idleLimit() != null && idle.compareTo(manner.idleLimit()) > 0) {
      trouble = new IdleException(manner.idleLimit());
    }
  }

  private void notice(String text) {
    if (System.nanoTime() - lastNotice >= NOTICE_INTERVAL.toNanos()) {
      lastNotice = System.nanoTime();
      progress.clear();
      err.println("warren: " + OneLine.of(text));
    }
  }

  private Progress.Counts counts() {
    int running = manner.window() - window.availablePermits();
    long total = ended == null ? 0 : ended.submitted();
    return new Progress.Counts(writer.written(), writer.failed(), running, total);
  }

  private int conclusion() {
    progress.clear();
    if (outputClosed) {
      err.println("warren: nobody reads the results any more; " + writer.summary() + goingOn());
      return ExitCodes.INTERRUPTED;
    }
    if (interrupted) {
      err.println("warren: interrupted; " + writer.summary() + goingOn());
      return ExitCodes.INTERRUPTED;
    }
    if (trouble != null) {
      boolean told = lost > 0;
      err.println(
          "warren: "
              + (told ? "stopped" : Failures.line(trouble))
              + "; "
              + writer.summary()
              + goingOn());
      return ExitCodes.of(trouble);
    }
    WarrenException unsealed = manner.batch() == null ? null : manner.batch().sealed();
    if (unsealed != null) {
      err.println("warren: " + Failures.line(unsealed) + "; " + writer.summary() + goingOn());
      return ExitCodes.of(unsealed);
    }
    String first = writer.firstFailure();
    if (first != null || manner.summaryWanted()) {
      err.println("warren: " + summary(first));
    }
    return first == null ? ExitCodes.OK : ExitCodes.TASK_FAILED;
  }

  private String summary(@Nullable String firstFailure) {
    int skipped = ended == null ? 0 : ended.skipped();
    Duration elapsed = progress.elapsed();
    return writer.summary()
        + (skipped == 0 ? "" : ", " + skipped + " skipped as done before")
        + " in "
        + DurationText.of(elapsed)
        + " ("
        + Progress.rate(writer.written(), elapsed)
        + "/s)"
        + (firstFailure == null ? "" : "; first failure: " + firstFailure);
  }

  /** What becomes of the tasks whose results nobody waits for any more, and what to do. */
  private String goingOn() {
    int running = manner.window() - window.availablePermits();
    MapBatch batch = manner.batch();
    String look =
        batch == null ? "'warren queues' shows what waits" : batch.hint(manner.resumable());
    return (running == 0 && batch == null
            ? ""
            : "; " + running + " submitted and unfinished go on without us (" + look + ")")
        + (manner.resumable() ? "; the same command with --resume does the rest" : "");
  }

  /** No result came for as long as the user wants to wait. */
  static final class IdleException extends WarrenException {
    private static final long serialVersionUID = 1L;

    IdleException(Duration limit) {
      super("no result for " + Durations.format(limit) + " (--timeout)");
    }
  }
}
