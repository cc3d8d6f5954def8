package dev.warren.gateway.http;

import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonText;
import dev.warren.producer.RawHandle;
import dev.warren.producer.RawTask;
import dev.warren.producer.WarrenClient;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Clock;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Submits the lines of an upload in their order, on a virtual thread of its own, with a window of
 * unconfirmed ones.
 *
 * <p>The first task of each type is confirmed before others of its type follow: where nobody has
 * the type, nothing behind that line is sent. So a line that is wrong in itself has nothing behind
 * it in the broker, and the rest can be sent again from there, mended or not.
 */
final class UploadFeed {
  private static final Line END = new Line(0, JsonText.NULL);

  private final Submissions submissions;
  private final Target target;
  private final int windowSize;
  private final Semaphore window;
  private final Clock clock = Clock.systemUTC();
  private final LinkedBlockingQueue<Line> lines = new LinkedBlockingQueue<>();
  private final AtomicInteger open = new AtomicInteger();
  private final UploadProgress progress = new UploadProgress();
  private final Set<String> knownTypes = new HashSet<>();
  private volatile boolean abandoned;
  private final UUID namespace;
  private Runnable whenRoom = () -> {};
  private long position;

  /**
   * Where the lines go.
   *
   * @param first the index of the first member
   * @param type of all lines, which are bare arguments then; null if each line says its own
   */
  record Target(String batch, long first, @Nullable String type) {}

  /**
   * A line to be submitted.
   *
   * @param number counted from 1; 0 for the end
   */
  private record Line(long number, JsonText text) {}

  UploadFeed(Submissions submissions, Target target, int window) {
    this.submissions = submissions;
    this.target = target;
    this.namespace = DerivedIds.ofBatch(target.batch());
    this.windowSize = window;
    this.window = new Semaphore(window);
  }

  /** Lines that are taken and have no answer yet. */
  int open() {
    return open.get();
  }

  /** Members that are confirmed, without a gap from the first. */
  long added() {
    return progress.added();
  }

  /**
   * Begins; the future completes on the context.
   *
   * @param room is called after each answer
   */
  Future<Uploads.Added> start(Context context, Runnable room) {
    whenRoom = room;
    Promise<Uploads.Added> done = Promise.promise();
    submissions.run(
        () -> {
          Optional<Problem> problem = run();
          context.runOnContext(
              nothing -> {
                if (problem.isPresent()) {
                  done.fail(problem.get().thrown());
                } else {
                  done.complete(new Uploads.Added(added(), next()));
                }
              });
        });
    return done.future();
  }

  void add(long number, byte[] text) {
    open.incrementAndGet();
    lines.add(new Line(number, JsonText.wrap(text)));
  }

  /** No more lines. */
  void end() {
    lines.add(END);
  }

  /** A line that cannot be read ends the upload, when those before it are through. */
  void fail(long number, Problem problem) {
    progress.failed(Long.MAX_VALUE, number, problem);
    lines.add(END);
  }

  void abandon() {
    abandoned = true;
    lines.add(END);
  }

  private long next() {
    return target.first() + added();
  }

  private Optional<Problem> run() {
    try {
      WarrenClient client = submissions.client();
      for (Line line = lines.take(); line.number() > 0 && goesOn(); line = lines.take()) {
        window.acquire();
        submit(client, line);
      }
      // Every submission gives its place back, at the latest after the send deadline.
      window.acquire(windowSize);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return Optional.of(told(Problems.stopping(), 0));
    } catch (RuntimeException failed) {
      return Optional.of(told(Problems.of(failed), 0));
    }
    if (progress.failure().isPresent()) {
      UploadProgress.Failure first = progress.failure().get();
      return Optional.of(told(first.problem(), first.line()));
    }
    return abandoned
        ? Optional.of(told(Problems.badRequest("the upload ended in the middle"), 0))
        : Optional.empty();
  }

  private boolean goesOn() {
    return !abandoned && progress.mayGoOn(position);
  }

  private void submit(WarrenClient client, Line line) {
    long index = position++;
    CompletableFuture<RawHandle> sent;
    String kind;
    try {
      RawTask task = task(line, target.first() + index);
      kind = task.type() + " " + task.options().queue();
      sent = client.submitInBulk(task).toCompletableFuture();
    } catch (RuntimeException unfit) {
      answered(index, line.number(), unfit);
      return;
    }
    CompletableFuture<RawHandle> answered =
        sent.whenComplete((handle, failure) -> answered(index, line.number(), failure));
    if (knownTypes.add(kind)) {
      // How it ended is in the progress.
      boolean _ = answered.handle((handle, failure) -> true).join();
    }
  }

  private RawTask task(Line line, long index) {
    TaskRequest request =
        target.type() == null
            ? TaskRequest.read(line.text().bytes(), clock)
            : TaskRequest.bare(target.type(), line.text());
    TaskId id = request.options().chosenId().orElseGet(() -> DerivedIds.ofMember(namespace, index));
    return request.raw(id, target.batch(), index);
  }

  private void answered(long index, long number, @Nullable Throwable failure) {
    if (failure == null) {
      progress.confirmed(index);
    } else {
      progress.failed(index, number, Problems.of(failure));
    }
    open.decrementAndGet();
    window.release();
    whenRoom.run();
  }

  /** Says how far it came, so that the sender knows from where to go on. */
  private Problem told(Problem problem, long line) {
    Problem told =
        problem
            .with("batch", target.batch())
            .with("added", added())
            .with("next", next())
            .withDetail(
                (line == 0 ? "" : "line " + line + ": ")
                    + problem.detail()
                    + " (members in: "
                    + added()
                    + "; the batch is open: go on with POST "
                    + BatchResource.BATCHES
                    + "/"
                    + target.batch()
                    + "/tasks?from="
                    + next()
                    + ")");
    return line == 0 ? told : told.with("line", line);
  }
}
