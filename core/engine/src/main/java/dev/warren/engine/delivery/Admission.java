package dev.warren.engine.delivery;

import dev.warren.api.Failure;
import dev.warren.api.TaskType;
import dev.warren.engine.wire.TaskMessage;
import java.time.Duration;

/**
 * Says when an attempt may be handed to its lane: a limit of its type in this process, a permit of
 * the fleet. Asked once for each attempt of a type that it {@link #concerns}, after everything else
 * is decided and before the lane; where there are several, each when the one before has let the
 * attempt go on. What it gives to an attempt it takes back with {@link Candidate#whenOver}. Safe
 * for concurrent use.
 */
public interface Admission {
  /** Whether attempts of a type need its word; asked once, when the engine is built. */
  boolean concerns(TaskType<?, ?> type);

  /** Asked on the connection's thread, or on whichever let the attempt go on; must not block. */
  Answer ask(Candidate candidate);

  /** What becomes of an attempt. */
  sealed interface Answer {
    /** It goes on to the next admission, or to its lane. */
    Answer ENTER = new Enter();

    /** It waits here, as it is, until {@link Candidate#enter} or {@link Candidate#goAway}. */
    Answer WAIT = new Wait();

    /** See {@link #ENTER}. */
    record Enter() implements Answer {}

    /** See {@link #WAIT}. */
    record Wait() implements Answer {}

    /**
     * It leaves this process and comes again later, here or elsewhere; uses no attempt.
     *
     * @param again what comes again: the candidate's task, or that with other headers
     * @param pause how long it stays away at least; whole seconds count
     * @param why told to whoever wants to know
     */
    record Away(TaskMessage again, Duration pause, Failure why) implements Answer {}
  }

  /**
   * An attempt on its way to its lane. While it waits it may be cancelled or given back at any
   * moment; then it is over, and to let it go on does nothing. Each is one object, so that identity
   * tells them apart. Safe for concurrent use.
   */
  interface Candidate {
    TaskMessage task();

    /**
     * Lets it go on after {@link Answer#WAIT}. Call once, from any thread, without holding locks.
     */
    void enter();

    /**
     * Sends it away after {@link Answer#WAIT}, instead of {@link #enter}; false if it was over
     * already.
     */
    boolean goAway(Answer.Away away);

    /**
     * Runs an action when the attempt has its verdict or is over without having run; at once if it
     * is. On the thread that ends it: must not block.
     */
    void whenOver(Runnable action);

    /**
     * Runs an action when nothing of the attempt runs here any more: like {@link #whenOver}, but an
     * attempt that was given up because it did not stop is gone when its body ends at last.
     */
    void whenGone(Runnable action);

    /**
     * Takes back what was given: an attempt that waits goes away, one that runs is told to stop,
     * and its task comes again unless it succeeds all the same. Uses no attempt.
     */
    void takeBack(Answer.Away away);
  }
}
