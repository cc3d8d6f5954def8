package dev.warren.api;

import java.time.Instant;

/**
 * What an attempt knows of itself and may ask of the fleet. Every method can cross a pipe to a
 * child process. Safe for concurrent use; valid until the handler has answered.
 */
public interface TaskContext {
  TaskId id();

  /** 1, plus 1 for each replay of the task after it was dead. */
  int generation();

  /** This execution's number, from 1. */
  int attempt();

  /**
   * A key that is the same for every attempt of this generation: give it to outside systems that
   * recognise repeated requests, since an attempt may run twice after a crash.
   */
  String idempotencyKey();

  /** When this attempt's time limit ends. */
  Instant deadline();

  /**
   * Whether the attempt should stop: it was cancelled, ran out of time, or its worker shuts down
   * now.
   */
  boolean cancelled();

  /**
   * Runs the action once when the attempt should stop; at once if it already should. Must not
   * block.
   */
  void onCancel(Runnable action);

  /**
   * Reports progress: a fraction from 0 to 1 and a line for people, of which 200 characters are
   * kept. Whoever asks for the task sees the last one; an event tells of it at most once a second.
   */
  void progress(double fraction, String message);

  /** Writes a line to the worker's log, marked with this task's id. */
  void log(String message);

  /**
   * Submits a task that follows from this one. It is published once this attempt has succeeded, and
   * before the attempt is acknowledged. Its id is derived from this task and the order of the
   * calls, so that an attempt that runs twice names the same follow-ups.
   */
  <A> TaskId submit(TaskType<A, ?> type, A arguments);
}
