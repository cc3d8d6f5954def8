package dev.warren.bench.lane;

import java.util.Locale;

/** What runs the work, each in a program of its own. */
enum DemoLane {
  THREADS("platform threads of a worker"),
  VIRTUAL("virtual threads of a worker"),
  PROCESS("child JVMs of a worker"),
  PYTHON("Python children of a worker"),
  ASYNC("event loops of a gateway");

  private final String description;

  DemoLane(String description) {
    this.description = description;
  }

  /** In tables, flags and queue names. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** One line for people. */
  String description() {
    return description;
  }

  /** The queue of its tasks. */
  String queue() {
    return "lanes-" + word();
  }

  /** Whether such work belongs there: what holds an event loop holds up all its neighbours. */
  boolean takes(LaneWork work) {
    return this != ASYNC || work == LaneWork.NETWORK;
  }
}
