package dev.warren.engine.publish;

import com.rabbitmq.client.AMQP;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a publisher has taken and not settled: messages that wait, and through the current session
 * those that are unconfirmed. Each message leaves it exactly once, to be settled by whoever took it
 * out, without the lock. Safe for concurrent use; its lock guards the sessions too.
 */
final class Backlog {
  private final int window;
  private final Troubles troubles;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Condition taken = lock.newCondition();
  private final Condition allSettled = lock.newCondition();
  private final Condition closing = lock.newCondition();

  // Guarded by lock.
  private final Deque<Pending> waiting = new ArrayDeque<>();
  private @Nullable PublishSession session;
  private boolean closed;
  private int unsettled;

  /** So many of the next messages are sent one at a time: one of them is refused. */
  private int suspects;

  Backlog(int window, Troubles troubles) {
    this.window = window;
    this.troubles = troubles;
  }

  /** What becomes of a message that is added. */
  sealed interface Added {
    /** The sender takes it. */
    record Waits() implements Added {}

    /** It is entered in the session, and who has added it sends it: nothing else is under way. */
    record SendNow(PublishSession session) implements Added {}

    /** It is not taken: the publisher closes. */
    record Refused() implements Added {}
  }

  private static final Added WAITS = new Added.Waits();
  private static final Added REFUSED = new Added.Refused();

  /** Takes a message. */
  Added add(Pending pending) {
    lock.lock();
    try {
      if (closed) {
        return REFUSED;
      }
      if (++unsettled == 1) {
        taken.signal();
      }
      PublishSession current = session;
      if (current != null && goesAtOnce(current, pending)) {
        current.enter(pending);
        current.begin();
        return new Added.SendNow(current);
      }
      waiting.addLast(pending);
      work.signal();
      return WAITS;
    } finally {
      lock.unlock();
    }
  }

  /** Under the lock. */
  private boolean goesAtOnce(PublishSession current, Pending pending) {
    return waiting.isEmpty()
        && suspects == 0
        && current.unconfirmed() < window
        && troubles.blocked().isEmpty()
        && current.takesAtOnce(pending);
  }

  /** All that was entered in the session is sent. */
  void sent(PublishSession on) {
    lock.lock();
    try {
      on.sent();
      wakeSender();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Something that was entered in the session could not be sent, so that it is over.
   *
   * @param unfit what cannot be encoded, if it was that
   */
  void failed(PublishSession on, @Nullable Pending unfit) {
    lock.lock();
    try {
      on.failed(unfit);
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  /** What ended a session because it cannot be encoded. */
  @Nullable Pending unfit(PublishSession of) {
    lock.lock();
    try {
      return of.unfit();
    } finally {
      lock.unlock();
    }
  }

  /** A session begins. */
  void opened(PublishSession opened) {
    lock.lock();
    try {
      session = opened;
    } finally {
      lock.unlock();
    }
  }

  /** The channel is closed, or the broker blocks or unblocks: the sender should look. */
  void wake() {
    lock.lock();
    try {
      work.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean settledSome(PublishSession of) {
    lock.lock();
    try {
      return of.settledSome();
    } finally {
      lock.unlock();
    }
  }

  int inFlight(PublishSession of) {
    lock.lock();
    try {
      return of.unconfirmed();
    } finally {
      lock.unlock();
    }
  }

  boolean connected() {
    lock.lock();
    try {
      return session != null && session.open();
    } finally {
      lock.unlock();
    }
  }

  int unsettled() {
    lock.lock();
    try {
      return unsettled;
    } finally {
      lock.unlock();
    }
  }

  boolean awaitSettled(Duration limit) throws InterruptedException {
    long left = limit.toNanos();
    lock.lock();
    try {
      while (unsettled > 0) {
        if (left <= 0) {
          return false;
        }
        left = allSettled.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for messages and room in the window and enters them in the session; false when the
   * session is over, or nothing more should be sent as the publisher closes.
   */
  boolean take(PublishSession current, List<Pending> batch) throws InterruptedException {
    lock.lock();
    try {
      while (true) {
        if (!current.open() || (closed && (waiting.isEmpty() || troubles.blocked().isPresent()))) {
          return false;
        }
        if (current.sending()) {
          work.await();
          continue;
        }
        int most = troubles.blocked().isPresent() ? 0 : suspects > 0 ? 1 : window;
        int room = most - current.unconfirmed();
        if (room > 0 && !waiting.isEmpty()) {
          while (room-- > 0 && !waiting.isEmpty()) {
            Pending next = waiting.removeFirst();
            current.enter(next);
            batch.add(next);
          }
          current.begin();
          return true;
        }
        work.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes out what a confirm settles. */
  List<Pending> confirmed(PublishSession on, long sequence, boolean multiple) {
    lock.lock();
    try {
      List<Pending> confirmed = on.confirmed(sequence, multiple);
      suspects = Math.max(0, suspects - confirmed.size());
      confirmed.removeIf(pending -> pending.settled);
      leave(confirmed);
      wakeSender();
      return confirmed;
    } finally {
      lock.unlock();
    }
  }

  /** Marks a message that the broker returned; its confirm follows. */
  void returned(PublishSession on, AMQP.BasicProperties properties, PublishResult.Returned result) {
    lock.lock();
    try {
      on.returned(properties, result);
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the confirms of what was sent. */
  void awaitLastConfirms(PublishSession over, Duration limit) throws InterruptedException {
    long left = limit.toNanos();
    lock.lock();
    try {
      while (over.open() && over.unconfirmed() > 0 && left > 0) {
        left = work.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Ends a session: what is unconfirmed on it goes back to the head of the queue, in order, but for
   * what is to blame, which is taken out.
   */
  List<Pending> over(PublishSession over, Predicate<Pending> guilty) {
    List<Pending> refused = new ArrayList<>();
    lock.lock();
    try {
      List<Pending> outstanding = over.forget();
      for (Pending pending : outstanding.reversed()) {
        if (pending.settled) {
          continue;
        }
        if (guilty.test(pending)) {
          refused.add(pending);
        } else {
          waiting.addFirst(pending);
        }
      }
      suspects = Math.max(0, suspects - refused.size());
      session = null;
      leave(refused);
      return refused;
    } finally {
      lock.unlock();
    }
  }

  /** One of the next messages closes the channel: send them one at a time, to see which. */
  void suspect(int messages) {
    lock.lock();
    try {
      suspects = Math.max(suspects, messages);
    } finally {
      lock.unlock();
    }
  }

  /** Takes out what is overdue. */
  List<Pending> overdue(long nowNanos) {
    List<Pending> overdue = new ArrayList<>();
    lock.lock();
    try {
      waiting.removeIf(pending -> pending.overdue(nowNanos) && overdue.add(pending));
      if (session != null) {
        session.settleOverdue(nowNanos, overdue);
      }
      leave(overdue);
      return overdue;
    } finally {
      lock.unlock();
    }
  }

  /** Takes out everything; nothing is added afterwards. */
  List<Pending> drain() {
    lock.lock();
    try {
      closed = true;
      List<Pending> left = new ArrayList<>();
      if (session != null) {
        left.addAll(session.forget());
        left.removeIf(pending -> pending.settled);
      }
      left.addAll(waiting);
      waiting.clear();
      leave(left);
      return left;
    } finally {
      lock.unlock();
    }
  }

  /** Waits while nothing has a deadline, and then for a step; false when nothing can be overdue. */
  boolean awaitDeadlines(Duration step) throws InterruptedException {
    lock.lock();
    try {
      while (!closed && unsettled == 0) {
        taken.await();
      }
      long left = step.toNanos();
      while (unsettled > 0 && left > 0) {
        left = allSettled.awaitNanos(left);
      }
      return !closed || unsettled > 0;
    } finally {
      lock.unlock();
    }
  }

  /** Waits before another attempt to connect, not beyond the start of closing. */
  void pause(Duration wait) throws InterruptedException {
    long left = wait.toNanos();
    lock.lock();
    try {
      while (!closed && left > 0) {
        left = closing.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes no more. */
  void close() {
    lock.lock();
    try {
      closed = true;
      work.signalAll();
      taken.signalAll();
      closing.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean closed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /** Only where there is something to send, or the last confirms are awaited: it costs a switch. */
  private void wakeSender() {
    if (!waiting.isEmpty() || closed) {
      work.signal();
    }
  }

  private void leave(List<Pending> settled) {
    unsettled -= settled.size();
    if (unsettled == 0) {
      allSettled.signalAll();
    }
  }
}
