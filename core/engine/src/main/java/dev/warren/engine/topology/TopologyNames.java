package dev.warren.engine.topology;

/**
 * The names of everything Warren declares in a virtual host. Frozen: they are part of the contract.
 */
public final class TopologyNames {
  /** Topic exchange for every task; key {@code <queue>.<type>}. */
  public static final String TASKS = "warren.tasks";

  /** Topic exchange for events; key {@code <event>.<queue>.<reply token or ->}. */
  public static final String EVENTS = "warren.events";

  /** Topic exchange for dead letters; keys {@code told.<queue>} and {@code broker.<queue>}. */
  public static final String DEAD = "warren.dead";

  /** Quorum queue for what the broker itself dead-letters. */
  public static final String DEAD_INBOX = "warren.dead.inbox";

  /**
   * Fanout and quorum queue for what no binding takes: the alternate exchange of ladder and dead.
   */
  public static final String UNROUTED = "warren.unrouted";

  /** Fanout and stream of type announcements. */
  public static final String REGISTRY = "warren.registry";

  /** Quorum queue of outcome and batch events for the gateways. */
  public static final String OUTCOMES = "warren.outcomes";

  /** Fanout and stream of cancellations. */
  public static final String CANCELLATIONS = "warren.cancellations";

  /**
   * Topic exchange to the queues of permits, and the quorum queue of the one message that says how
   * many permits of each name there are.
   */
  public static final String PERMITS = "warren.permits";

  /** Fanout to every process of the fleet. */
  public static final String CONTROL = "warren.control";

  /** Where the delay ladder ends: work queues bind to it. */
  public static final String DELAY_OUT = "warren.delay.out";

  /** Levels of the delay ladder: level n waits 2^n seconds, all of them 12.1 days. */
  public static final int DELAY_LEVELS = 20;

  /** First word of the key of every outcome event. */
  public static final String OUTCOME_EVENT = "outcome";

  /** First word of the key of the event that opens a batch. */
  public static final String BATCH_OPENED_EVENT = "batch-opened";

  /** First word of the key of the event that closes a batch. */
  public static final String BATCH_CLOSED_EVENT = "batch-closed";

  /** First word of the key of the event of a task that waits for its time. */
  public static final String DELAYED_EVENT = "delayed";

  /** First word of the key of the event of a task that waits for its next attempt. */
  public static final String RETRYING_EVENT = "retrying";

  private TopologyNames() {}

  /** The quorum queue of a work queue's tasks. */
  public static String work(String queue) {
    return "warren.q." + queue;
  }

  /** The quorum queue of a work queue's dead letters. */
  public static String dead(String queue) {
    return "warren.dead." + queue;
  }

  /** The exchange and queue of one level of the delay ladder. */
  public static String delay(int level) {
    if (level < 0 || level >= DELAY_LEVELS) {
      throw new IllegalArgumentException("no level " + level + " in the delay ladder");
    }
    return level < 10 ? "warren.delay.0" + level : "warren.delay." + level;
  }

  /** The queue on which one client waits for outcomes. */
  public static String waiting(String token) {
    return "warren.wait." + token;
  }

  /** The live feed of one gateway. */
  public static String live(String process) {
    return "warren.live." + process;
  }

  /** Whose connection has this exclusive queue is the one that does what it is named after. */
  public static String lock(String name) {
    return "warren.lock." + name;
  }

  /** The quorum queue of the permits of one name. */
  public static String permits(String name) {
    return PERMITS + "." + name;
  }

  /** The routing key that leads to {@link #permits}. */
  public static String permitsKey(String name) {
    return "permit." + name;
  }

  /** Whose connection has this lock changes permits, of one name or of any. */
  public static String permitsLock(String name) {
    return lock("permits." + name);
  }

  /** The control queue of one process. */
  public static String control(String process) {
    return CONTROL + "." + process;
  }
}
