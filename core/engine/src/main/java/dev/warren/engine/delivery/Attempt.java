package dev.warren.engine.delivery;

import dev.warren.api.TaskId;

/**
 * One execution of one task, handed to a lane, which calls {@link #run} once each time, on a thread
 * of its own.
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
   * Whether it may begin now. One that may not, because a suspect runs alone, is handed to its lane
   * again later. {@link #run} asks by itself and then does nothing; a lane whose places are held
   * beyond {@link #run} asks before it gives one away.
   */
  default boolean admitted() {
    return true;
  }

  /**
   * Whether it should run on a platform thread even in a lane of virtual ones, as what it uses is
   * to be measured, which the JVM does only there. Asked once, just before {@link #run}.
   */
  default boolean wantsPlatformThread() {
    return false;
  }

  /**
   * Completes when the attempt has its verdict, or was given up or given back: the slot is free.
   */
  void whenOver(Runnable action);
}
