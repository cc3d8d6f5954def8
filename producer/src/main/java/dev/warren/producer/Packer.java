package dev.warren.producer;

import dev.warren.api.TaskId;
import dev.warren.engine.wire.Lineage;
import dev.warren.engine.wire.TaskMessage;
import dev.warren.engine.wire.TaskTerms;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Packs small tasks of one kind into chunks. A task is sent at once if nothing of its kind is on
 * its way to the broker; what comes until the answer waits for it, or until a chunk is full. So an
 * idle client has no latency, a busy one full chunks, and there is no timer: nothing waits for
 * longer than the broker takes to confirm. Tasks with very different deadlines do not share a
 * message, as it has one deadline, the first of theirs. Safe for concurrent use; packs on the
 * threads of those who submit, and on the publisher's.
 */
final class Packer {
  /** Deadlines in one message differ by a tenth of the send deadline at most, and by this. */
  private static final Duration MOST_APART = Duration.ofSeconds(1);

  /** What tasks of a chunk have in common. */
  private record Kind(
      String type,
      String queue,
      boolean queueChosen,
      TaskTerms terms,
      @Nullable String batch,
      @Nullable TaskId parent,
      @Nullable String reply) {
    static Kind of(Submission task) {
      TaskMessage message = task.message;
      Lineage lineage = message.lineage();
      return new Kind(
          message.type(),
          message.queue(),
          task.queueChosen,
          message.terms(),
          lineage.batch(),
          lineage.parent(),
          lineage.reply());
    }
  }

  /** The tasks of a kind that wait. Guarded by the lock. */
  private static final class Lane {
    final Kind kind;
    final ArrayDeque<Submission> waiting = new ArrayDeque<>();
    int bytes;
    int underWay;

    /** Whether a thread sends what may be sent; it looks again before it leaves. */
    boolean served;

    Lane(Kind kind) {
      this.kind = kind;
    }
  }

  private final Shipping shipping;
  private final TaskDurations durations;
  private final Supplier<Optional<String>> listening;
  private final Supplier<String> troubles;
  private final long apartNanos;
  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock.
  private final Map<Kind, Lane> lanes = new HashMap<>();

  /**
   * @param listening the reply token, if outcomes can be heard that nobody waits for; never waits
   * @param troubles why tasks are not sent, for people
   */
  Packer(
      Shipping shipping,
      TaskDurations durations,
      Supplier<Optional<String>> listening,
      Supplier<String> troubles,
      Duration sendDeadline) {
    this.shipping = shipping;
    this.durations = durations;
    this.listening = listening;
    this.troubles = troubles;
    this.apartNanos = Math.min(MOST_APART.toNanos(), sendDeadline.toNanos() / 10);
  }

  /** Takes a task that may share a message. */
  void add(Submission task) {
    Kind kind = Kind.of(task);
    Lane lane;
    lock.lock();
    try {
      lane = lanes.computeIfAbsent(kind, Lane::new);
      lane.waiting.addLast(task);
      lane.bytes += ChunkRule.weight(task.message);
      if (lane.served || !ready(lane)) {
        return;
      }
      lane.served = true;
    } finally {
      lock.unlock();
    }
    serve(lane);
  }

  private void answered(Lane lane) {
    lock.lock();
    try {
      lane.underWay--;
      if (lane.served) {
        return;
      }
      lane.served = true;
    } finally {
      lock.unlock();
    }
    serve(lane);
  }

  private void serve(Lane lane) {
    for (List<Submission> chunk = next(lane); !chunk.isEmpty(); chunk = next(lane)) {
      long now = System.nanoTime();
      if (chunk.stream().allMatch(task -> task.overdue(now))) {
        shipping.tooLate(chunk, troubles.get(), () -> answered(lane));
        continue;
      }
      boolean sample = lane.kind.reply == null && durations.isSample(lane.kind.type);
      shipping.send(chunk, sample ? listening.get().orElse(null) : null, () -> answered(lane));
    }
  }

  /** The next chunk, if one is to be sent now; else the lane is left. */
  private List<Submission> next(Lane lane) {
    lock.lock();
    try {
      if (!ready(lane)) {
        lane.served = false;
        if (lane.underWay == 0) {
          lanes.remove(lane.kind, lane);
        }
        return List.of();
      }
      int most = durations.mostInChunk(lane.kind.type);
      List<Submission> chunk = new ArrayList<>(Math.min(most, lane.waiting.size()));
      int bytes = 0;
      long now = System.nanoTime();
      for (Submission first = lane.waiting.peekFirst();
          first != null && chunk.size() < most;
          first = lane.waiting.peekFirst()) {
        int weight = ChunkRule.weight(first.message);
        if (!chunk.isEmpty()
            && (bytes + weight > ChunkRule.MOST_BYTES
                || first.overdue(now) != chunk.getFirst().overdue(now)
                || !together(chunk, first))) {
          break;
        }
        bytes += weight;
        chunk.add(lane.waiting.removeFirst());
      }
      lane.bytes -= bytes;
      lane.underWay++;
      return chunk;
    } finally {
      lock.unlock();
    }
  }

  /** Whether no task would lose much of its time to one that has less. */
  private boolean together(List<Submission> chunk, Submission next) {
    // Nearly in order, but who waited for room comes later: either may be the earlier one.
    return Math.abs(chunk.getFirst().nanosBefore(next)) <= apartNanos / 2;
  }

  private boolean ready(Lane lane) {
    if (lane.waiting.isEmpty()) {
      return false;
    }
    return lane.underWay == 0
        || lane.bytes >= ChunkRule.MOST_BYTES
        || lane.waiting.size() >= durations.mostInChunk(lane.kind.type);
  }
}
