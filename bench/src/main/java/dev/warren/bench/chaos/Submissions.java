package dev.warren.bench.chaos;

import dev.warren.api.SendDeadlineException;
import dev.warren.api.SubmitOptions;
import dev.warren.api.WarrenException;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.producer.Batch;
import dev.warren.producer.RawTask;
import dev.warren.producer.WarrenClient;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Submits the load as a careful program would: through the library, waiting for each confirm, again
 * under the same id when none came. A virtual thread for each task; the thread that paces them is
 * {@code warren-chaos-load}. They come in bursts, and every other burst is submitted in bulk: its
 * tasks share messages.
 */
final class Submissions implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Submissions.class);
  private static final int AT_ONCE = 2_000;
  private static final Duration AFTER_REFUSAL = Duration.ofMillis(300);

  /** So many tasks at the same moment. */
  private static final int BURST = 20;

  /** One of so many tasks is kept back, so that there is one for whoever asks for it. */
  private static final int IN_RESERVE = 10;

  private final WarrenClient client;
  private final Duration length;
  private final List<Submission> submissions;
  private final Map<String, Batch> batches = new HashMap<>();
  private final Map<String, AtomicInteger> open = new HashMap<>();
  private final Semaphore places = new Semaphore(AT_ONCE);
  private final CountDownLatch closing = new CountDownLatch(1);
  private final CountDownLatch hurry = new CountDownLatch(1);
  private final Semaphore reserve = new Semaphore(0);
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(
          Thread.ofVirtual().name("warren-chaos-submit-", 0).factory());
  private final Thread pacer;

  /**
   * @param length the time over which the load is spread
   */
  Submissions(WarrenClient client, Workload load, Duration length) {
    this.client = client;
    this.length = length;
    this.submissions = load.tasks().stream().map(Submission::new).toList();
    load.batches()
        .forEach(
            (id, members) -> {
              batches.put(id, client.openBatch(id, "chaos"));
              open.put(id, new AtomicInteger(members));
            });
    this.pacer = Thread.ofPlatform().name("warren-chaos-load").unstarted(this::run);
  }

  void start() {
    pacer.start();
  }

  /** No more pacing, nothing kept back: what is left goes at once. */
  void hurry() {
    hurry.countDown();
    reserve.release(submissions.size());
  }

  /** Submits one of those that were kept back, when the others have been submitted. */
  void another() {
    reserve.release();
  }

  /** Waits until every task is confirmed and every batch sealed, at most so long. */
  boolean await(Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    if (!pacer.join(limit)) {
      return false;
    }
    threads.shutdown();
    return threads.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
  }

  List<Submission.Standing> standings() {
    return submissions.stream().map(Submission::standing).toList();
  }

  private void run() {
    long start = System.nanoTime();
    int paced = submissions.size() - submissions.size() / IN_RESERVE;
    long gap = length.toNanos() / Math.max(1, paced);
    try {
      for (int i = 0; i < submissions.size(); i++) {
        if (i < paced) {
          long when = start + (i - i % BURST) * gap;
          boolean _ = hurry.await(when - System.nanoTime(), TimeUnit.NANOSECONDS);
        } else {
          reserve.acquire();
        }
        places.acquire();
        if (closing.getCount() == 0) {
          return;
        }
        Submission submission = submissions.get(i);
        boolean inBulk = i / BURST % 2 == 0;
        threads.execute(() -> submitAndCancel(submission, inBulk));
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void submitAndCancel(Submission submission, boolean inBulk) {
    PlannedTask task = submission.task();
    boolean placed = true;
    try {
      submit(submission, inBulk);
      places.release();
      placed = false;
      if (submission.standing().confirmed() && !task.cancelAfter().isZero()) {
        cancel(submission);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException unexpected) {
      submission.refused(unexpected.toString());
      LOG.error("task {} could not be submitted", task.id(), unexpected);
    } finally {
      if (placed) {
        places.release();
      }
    }
  }

  private void submit(Submission submission, boolean inBulk) throws InterruptedException {
    PlannedTask task = submission.task();
    RawTask raw = raw(task);
    boolean over = false;
    while (!over) {
      submission.tried();
      try {
        send(task, raw, inBulk);
        submission.confirmed();
        over = true;
      } catch (SendDeadlineException noConfirm) {
        submission.undecided();
        over = closing.getCount() == 0;
      } catch (WarrenException refused) {
        submission.refused(refused.getMessage() + "");
        over = closing.await(AFTER_REFUSAL.toMillis(), TimeUnit.MILLISECONDS) || late(raw);
      }
    }
    if (task.batch() != null && open(task.batch()).decrementAndGet() == 0) {
      seal(task.batch());
    }
  }

  /** Whether it is refused because it would be expired on arrival. */
  private static boolean late(RawTask raw) {
    Instant expiry = raw.options().expiresAt();
    return expiry != null && Instant.now().isAfter(expiry);
  }

  private void send(PlannedTask task, RawTask raw, boolean inBulk) {
    if (task.batch() != null) {
      join(
          Objects.requireNonNull(batches.get(task.batch()), "its batch")
              .addAsync(task.batchIndex(), raw));
    } else if (inBulk) {
      join(client.submitInBulk(raw));
    } else {
      client.submit(raw);
    }
  }

  private static void join(CompletionStage<?> submission) {
    try {
      submission.toCompletableFuture().join();
    } catch (CompletionException failed) {
      if (failed.getCause() instanceof WarrenException known) {
        throw known;
      }
      throw failed;
    }
  }

  private AtomicInteger open(String batch) {
    return open.getOrDefault(batch, new AtomicInteger());
  }

  private void seal(String id) throws InterruptedException {
    Batch batch = Objects.requireNonNull(batches.get(id), id);
    boolean over = false;
    while (!over) {
      try {
        batch.seal();
        over = true;
      } catch (WarrenException notYet) {
        over = closing.await(AFTER_REFUSAL.toMillis(), TimeUnit.MILLISECONDS);
      }
    }
  }

  private void cancel(Submission submission) throws InterruptedException {
    Duration wait = submission.task().cancelAfter();
    boolean over = closing.await(wait.toMillis(), TimeUnit.MILLISECONDS);
    while (!over) {
      try {
        client.cancel(submission.task().id());
        submission.cancelled();
        over = true;
      } catch (WarrenException notYet) {
        over = closing.await(AFTER_REFUSAL.toMillis(), TimeUnit.MILLISECONDS);
      }
    }
  }

  private static RawTask raw(PlannedTask task) {
    SubmitOptions options = SubmitOptions.DEFAULT.withId(task.id());
    Instant now = Instant.now();
    if (!task.delay().isZero()) {
      options = options.withNotBefore(now.plus(task.delay()));
    }
    if (!task.expiry().isZero()) {
      options = options.withExpiresAt(now.plus(task.expiry()));
    }
    return new RawTask(
        task.kind().type().name(),
        JsonCodec.write(task.work(), "the work of task " + task.id()),
        options,
        task.kind().type().options(),
        false,
        null);
  }

  @Override
  public void close() {
    closing.countDown();
    hurry.countDown();
    pacer.interrupt();
    threads.shutdownNow();
    try {
      pacer.join();
      boolean ended = threads.awaitTermination(30, TimeUnit.SECONDS);
      if (!ended) {
        LOG.warn("some submissions did not end");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
