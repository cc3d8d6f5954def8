package dev.warren.engine.delivery;

import com.rabbitmq.client.Envelope;
import dev.warren.engine.settle.Command;
import dev.warren.engine.settle.DeliveryBook;
import dev.warren.engine.settle.Execution;
import dev.warren.engine.wire.TaskMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One message from a work queue while this process holds it: its tasks, their attempts, and its
 * books. Safe for concurrent use.
 */
final class Delivery {
  private final ConsumeSession session;
  private final long tag;
  private final boolean redelivered;
  private final List<TaskMessage> tasks;
  private final LiveDeliveries live;
  private final KnownExecutions known;
  private final long receivedNanos = System.nanoTime();

  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock.
  private final DeliveryBook book;
  private final List<AttemptRun> attempts = new ArrayList<>(1);

  /** Of a chunk; set before its first task is handed to a lane. */
  private volatile @Nullable ChunkWatch watch;

  /** Which tasks ask for no more once what follows from them is confirmed. */
  private final boolean[] overForGood;

  /**
   * A delivery of a message that could not be read has no tasks, but is settled like one of one
   * task.
   */
  Delivery(
      ConsumeSession session,
      Envelope envelope,
      List<TaskMessage> tasks,
      LiveDeliveries live,
      KnownExecutions known) {
    this.session = session;
    this.tag = envelope.getDeliveryTag();
    this.redelivered = envelope.isRedeliver();
    this.tasks = tasks;
    this.live = live;
    this.known = known;
    this.overForGood = new boolean[tasks.size()];
    this.book = new DeliveryBook(Math.max(1, tasks.size()));
    live.add(this);
  }

  boolean cameFrom(ConsumeSession channel) {
    return channel == session;
  }

  String queue() {
    return session.queue();
  }

  List<TaskMessage> tasks() {
    return tasks;
  }

  /** Learns what comes from its queue. */
  QueuePace pace() {
    return session.pace();
  }

  /** Whether it was delivered before, to this or another worker. */
  boolean redelivered() {
    return redelivered;
  }

  long receivedNanos() {
    return receivedNanos;
  }

  /** It is a chunk, which this watches. */
  void watch(ChunkWatch watching) {
    watch = watching;
  }

  /** An attempt begins. */
  void began() {
    ChunkWatch watching = watch;
    if (watching != null) {
      watching.began();
    }
  }

  /** An attempt has its verdict. */
  void ended(Duration took) {
    ChunkWatch watching = watch;
    if (watching != null) {
      watching.ended(took);
    }
  }

  void attempt(AttemptRun attempt) {
    lock.lock();
    try {
      attempts.add(attempt);
    } finally {
      lock.unlock();
    }
  }

  /**
   * A task has its verdict, from which these commands follow; answers with those to publish now.
   * Nothing if the delivery has been given back: then nothing may follow any more.
   */
  List<Command> settling(int task, List<Command> commands) {
    DeliveryBook.Next next;
    lock.lock();
    try {
      if (book.over()) {
        return List.of();
      }
      overForGood[task] = Execution.of(tasks.get(task)).isOverAfter(commands);
      next = book.settling(task, commands);
    } finally {
      lock.unlock();
    }
    perform(next.step(), false);
    return next.publish();
  }

  /** A message that is no task has its verdict, from which one message follows. */
  void settlingUnread() {
    lock.lock();
    try {
      book.settlingUnread(0);
    } finally {
      lock.unlock();
    }
  }

  /**
   * The broker confirmed one of the commands that follow from a task; answers with those whose turn
   * it is now. If the message has gone back to the broker meanwhile, nothing more follows; but
   * should it come here again, it is known.
   */
  List<Command> confirmed(int task) {
    DeliveryBook.Next next;
    boolean gone;
    boolean settled;
    lock.lock();
    try {
      gone = book.over();
      next = book.confirmed(task);
      settled = task < overForGood.length && overForGood[task] && book.isSettled(task);
    } finally {
      lock.unlock();
    }
    if (settled) {
      // Before the acknowledgement, which may not arrive.
      known.settled(Execution.of(tasks.get(task)));
    }
    if (gone) {
      return List.of();
    }
    perform(next.step(), false);
    return next.publish();
  }

  /** Whether nothing may follow from it any more. */
  boolean isOver() {
    lock.lock();
    try {
      return book.over();
    } finally {
      lock.unlock();
    }
  }

  /** Gives the message back to its queue. {@code counted} towards the queue's delivery limit. */
  void giveUp(boolean counted) {
    DeliveryBook.Step step;
    lock.lock();
    try {
      step = book.givenUp();
    } finally {
      lock.unlock();
    }
    perform(step, counted);
  }

  /**
   * The channel is gone, so the broker has given the message to somebody else or will: nothing
   * follows from its attempts here any more, and those that have not started never will.
   */
  void lost(ConsumeSession over) {
    if (over != session) {
      return;
    }
    lock.lock();
    try {
      book.givenUp();
    } finally {
      lock.unlock();
    }
    attempts().forEach(AttemptRun::giveBack);
    over();
  }

  /** The attempts of this delivery that have been handed to a lane. */
  List<AttemptRun> attempts() {
    lock.lock();
    try {
      return List.copyOf(attempts);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public String toString() {
    return tasks.isEmpty()
        ? "a message of queue " + queue()
        : tasks.size() + " x " + tasks.getFirst().type() + ", first " + tasks.getFirst().id();
  }

  private void perform(DeliveryBook.Step step, boolean counted) {
    switch (step) {
      case NOTHING -> {}
      case ACKNOWLEDGE -> {
        session.acknowledge(tag);
        over();
      }
      case GIVE_BACK -> {
        session.giveBack(tag, counted);
        over();
      }
    }
  }

  private void over() {
    ChunkWatch watching = watch;
    if (watching != null) {
      watching.close();
    }
    live.remove(this);
  }
}
