package dev.warren.engine.delivery;

import dev.warren.api.TaskId;

/**
 * One execution of one task, handed to a lane. {@link #run} is called once, on a thread of the
 * lane.
 */
public interface Attempt extends Runnable {
  TaskId task();

  String type();

  /**
   * Decodes the arguments and runs the body. Returns when the body returns; never throws. Does
   * nothing if the attempt was given back while it waited for a thread.
   */
  @Override
  void run();

  /**
   * Completes when the attempt has its verdict, or was given up or given back: the slot is free.
   */
  void whenOver(Runnable action);
}
