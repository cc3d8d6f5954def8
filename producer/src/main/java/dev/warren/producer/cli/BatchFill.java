package dev.warren.producer.cli;

import dev.warren.api.BrokerUnreachableException;
import dev.warren.api.SendDeadlineException;
import dev.warren.api.SubmitOptions;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonText;
import dev.warren.producer.Batch;
import dev.warren.producer.RawTask;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Adds lines to a batch until they end or one fails; members of which it is unknown whether the
 * broker has them are submitted again under the same index and id. Used by one thread; callbacks
 * only leave word.
 */
final class BatchFill {
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** What is added. */
  record Source(
      LineInput lines,
      LineArguments arguments,
      String type,
      SubmitOptions options,
      Duration patience) {}

  private record Member(long index, long line, RawTask task) {}

  private record Failed(Member member, Throwable failure) {}

  private final Cli cli;
  private final Batch batch;
  private final BatchNote note;
  private final Source source;
  private final TaskId id;
  private final Phaser underWay = new Phaser(1);
  private final AtomicLong confirmed = new AtomicLong();
  private final ConcurrentLinkedQueue<Failed> failed = new ConcurrentLinkedQueue<>();
  private final CountDownLatch interrupted = new CountDownLatch(1);
  private long unreachableSince;

  BatchFill(Cli cli, Batch batch, BatchNote note, Source source) {
    this.cli = cli;
    this.batch = batch;
    this.note = note;
    this.source = source;
    this.id = TaskId.of(batch.id());
  }

  int run(long first) throws InterruptedException {
    cli.surroundings().interrupts().handle(interrupted::countDown);
    long before = note.isKnown() ? Math.min(note.members(), first) : first;
    note.begin(first);
    long index = first;
    @Nullable Throwable trouble = null;
    try {
      String line = source.lines().next();
      while (line != null && interrupted.getCount() > 0) {
        if (!line.isBlank()) {
          String where = "line " + source.lines().number();
          JsonText arguments = source.arguments().of(new LineParts(line, index + 1), where);
          submit(new Member(index, source.lines().number(), task(index, arguments)));
          index++;
        }
        settleFailed();
        line = source.lines().next();
      }
      awaitAll();
      while (!failed.isEmpty()) {
        settleFailed();
        awaitAll();
      }
    } catch (IOException | RuntimeException failure) {
      trouble = failure;
      awaitAll();
    }
    return conclusion(first, before, index, trouble);
  }

  private int conclusion(long first, long before, long next, @Nullable Throwable trouble) {
    long added = confirmed.get();
    boolean unknown = failed.stream().anyMatch(each -> mayHaveBeenAccepted(each.failure()));
    if (!unknown) {
      long members = before + added;
      // Lines that were added before and are repeated count once.
      note.end(
          Math.max(next, note.next()),
          next <= note.next() ? Math.max(note.members(), members) : members);
    }
    String what =
        BatchCommand.members(added)
            + " added to batch "
            + batch.id()
            + (added == 0 ? "" : ", from index " + first);
    if (trouble != null) {
      cli.say(Failures.line(trouble));
    }
    cli.say(what + (unknown ? "; others may have been: repeat it with --from " + first : ""));
    if (trouble != null) {
      return ExitCodes.of(Failures.cause(trouble));
    }
    return interrupted.getCount() == 0 ? ExitCodes.INTERRUPTED : ExitCodes.OK;
  }

  private RawTask task(long index, JsonText arguments) {
    return new RawTask(
        source.type(),
        arguments,
        source.options().withId(TaskId.derived(id, 1, "member/" + index)),
        null,
        false,
        null);
  }

  private void submit(Member member) {
    underWay.register();
    batch
        .addAsync(member.index(), member.task())
        .whenComplete(
            (handle, failure) -> {
              if (failure == null) {
                confirmed.incrementAndGet();
              } else {
                failed.add(new Failed(member, Failures.cause(failure)));
              }
              underWay.arriveAndDeregister();
            });
  }

  private void awaitAll() throws InterruptedException {
    underWay.awaitAdvanceInterruptibly(underWay.arrive());
  }

  /** Submits again what may have been accepted; fails at once for what was refused. */
  private void settleFailed() throws InterruptedException {
    if (failed.isEmpty()) {
      unreachableSince = 0;
      return;
    }
    long now = System.nanoTime();
    unreachableSince = unreachableSince == 0 ? now : unreachableSince;
    boolean patient = now - unreachableSince < source.patience().toNanos();
    Failed first = failed.peek();
    for (Failed each : failed) {
      if (!patient || !mayHaveBeenAccepted(each.failure())) {
        throw new LineFailedException(each.member().line(), each.failure());
      }
    }
    if (first != null) {
      cli.say(first.failure().getMessage() + "; trying again");
    }
    if (interrupted.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
      return;
    }
    for (int left = failed.size(); left > 0; left--) {
      Failed again = failed.poll();
      if (again != null) {
        submit(again.member());
      }
    }
    awaitAll();
  }

  private static boolean mayHaveBeenAccepted(Throwable failure) {
    return failure instanceof SendDeadlineException
        || failure instanceof BrokerUnreachableException;
  }
}
