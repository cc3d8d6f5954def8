package dev.warren.api;

import java.util.Locale;

/** How a handler runs. Chosen by the worker's registration, not by the task type. */
public enum Lane {
  /** A platform thread of a pool with one thread per core: CPU-bound work. */
  THREADS,
  /** A virtual thread for each task that runs, and then for the next one: blocking work. */
  VIRTUAL,
  /** An isolated child process that can be killed. */
  PROCESS,
  /** An event loop of the gateway: non-blocking I/O. */
  ASYNC,
  /**
   * Not a lane but the wish that the worker chooses: it measures how much attempts of the type
   * compute and how much they wait, and runs them on threads or virtual threads accordingly; in a
   * child process, where it can, a type that could not be stopped or has ended its worker. Stands
   * in registrations and announcements, never in an outcome.
   */
  AUTO;

  /** The word in tables, flags and announcements: lower case. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
