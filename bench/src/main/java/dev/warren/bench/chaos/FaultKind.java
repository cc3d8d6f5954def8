package dev.warren.bench.chaos;

import java.time.Duration;
import java.util.Locale;

/** What is done to the fleet. */
enum FaultKind {
  /** {@code kill -9} of one worker JVM under its supervisor. */
  KILL_WORKER(Reach.PROCESS),
  /** {@code kill -9} of a supervisor; its JVMs notice and drain. */
  KILL_SUPERVISOR(Reach.PROCESS),
  /** SIGTERM to a supervisor, and a new one. */
  RESTART_WORKER(Reach.NOTHING),
  /** {@code kill -9} of the gateway. */
  KILL_GATEWAY(Reach.PROCESS),
  /** The broker stops in order and starts again. */
  RESTART_BROKER(Reach.CONNECTIONS),
  /** {@code kill -9} of the broker, and a new start. */
  KILL_BROKER(Reach.CONNECTIONS),
  /** All connections are reset; new ones are accepted at once. */
  CUT(Reach.CONNECTIONS),
  /** All connections are reset and new ones refused for a while. */
  REFUSE(Reach.CONNECTIONS),
  /** No byte passes for a while, and nothing is closed. */
  STALL(Reach.CONNECTIONS),
  /** Bytes arrive late and slowly for a while. */
  SLOW(Reach.PUBLISHERS),
  /** The broker is out of memory for a while: it takes no messages. */
  MEMORY_ALARM(Reach.PUBLISHERS),
  /** The broker is out of disk for a while: it takes no messages. */
  DISK_ALARM(Reach.PUBLISHERS),
  /** The member of a cluster that leads the work queue stops in order, and starts again later. */
  STOP_LEADER(Reach.CONNECTIONS),
  /** {@code kill -9} of that member, and a new start later. */
  KILL_LEADER(Reach.CONNECTIONS);

  /** What of the fleet it takes away, so that deliveries come again. */
  enum Reach {
    /** Nothing: it may explain no duplicate. */
    NOTHING,
    /** Processes that are known. */
    PROCESS,
    /** Connections, and with them deliveries that were not acknowledged. */
    CONNECTIONS,
    /** No connection at once; but what cannot be published in time is given back. */
    PUBLISHERS
  }

  private final Reach reach;

  FaultKind(Reach reach) {
    this.reach = reach;
  }

  Reach reach() {
    return reach;
  }

  /** Whether it goes on for a while that the schedule decides. */
  boolean lasts() {
    return switch (this) {
      case REFUSE, STALL, SLOW, MEMORY_ALARM, DISK_ALARM, STOP_LEADER, KILL_LEADER -> true;
      default -> false;
    };
  }

  /** Whether it is for clusters only, or else for single nodes only, or for both. */
  boolean fits(boolean cluster) {
    return switch (this) {
      case STOP_LEADER, KILL_LEADER -> cluster;
      case RESTART_BROKER, KILL_BROKER -> !cluster;
      default -> true;
    };
  }

  /** How long after its end it may still make a delivery come again. */
  Duration aftermath() {
    // A connection that hung is given up by the broker only after two heartbeats without a sign.
    return this == STALL ? Duration.ofSeconds(40) : Duration.ofSeconds(10);
  }

  /** As it is written in the schedule. */
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
