package dev.warren.bench.lane;

/** The kinds of work that are compared. */
enum LaneWork {
  /** Computes: digests of bytes. */
  CPU("CPU-bound"),
  /** Waits in code that holds its thread, as a call to a slow database does. */
  BLOCKING("Blocking"),
  /** Fetches pages from a server that takes its time. */
  NETWORK("Network-bound");

  private final String title;

  LaneWork(String title) {
    this.title = title;
  }

  /** For people. */
  String title() {
    return title;
  }
}
