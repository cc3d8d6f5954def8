package dev.warren.engine.wire;

/**
 * Names of the headers of task messages. Flat scalars all, written only where they differ from a
 * default.
 */
public final class Headers {
  public static final String PREFIX = "warren-";

  /** Version of the wire contract; absent means 1. */
  public static final String VERSION = "warren-version";

  public static final String GENERATION = "warren-generation";
  public static final String ATTEMPT = "warren-attempt";
  public static final String MAX_ATTEMPTS = "warren-max-attempts";

  /** {@code <initial ms> <factor> <cap ms> <full|none>}, the last word being the jitter. */
  public static final String BACK_OFF = "warren-back-off";

  public static final String TIME_LIMIT = "warren-time-limit-ms";

  /** Milliseconds since the epoch. */
  public static final String DUE_AT = "warren-due-at";

  /** Milliseconds since the epoch. */
  public static final String EXPIRES_AT = "warren-expires-at";

  public static final String BATCH = "warren-batch";
  public static final String BATCH_INDEX = "warren-batch-index";
  public static final String PARENT = "warren-parent";

  /** Milliseconds since the epoch. */
  public static final String FIRST_ATTEMPT_AT = "warren-first-attempt-at";

  public static final String LAST_ERROR = "warren-last-error";

  /** How earlier attempts failed: a JSON array as text, see {@link Story}. */
  public static final String STORY = "warren-story";

  /** The {@code user_id} that the broker verified at submission; copies cannot carry it. */
  public static final String SUBMITTER = "warren-submitter";

  /** On dead letters: why and when the task died. */
  public static final String DEAD_REASON = "warren-dead-reason";

  public static final String DEAD_AT = "warren-dead-at";

  /** On dead letters: the stack of the last error. */
  public static final String DEAD_STACK = "warren-dead-stack";

  /**
   * When a task was first parked because nobody knew its type; milliseconds since the epoch. Like
   * {@link #PARKED_TIMES}, {@link #PERMIT_TIMES} and {@link #CRASHES} not for a later generation.
   */
  public static final String PARKED_SINCE = "warren-parked-since";

  /** How often a task has been parked. */
  public static final String PARKED_TIMES = "warren-parked-times";

  /** How often a task found no permit and no room to wait for one. */
  public static final String PERMIT_TIMES = "warren-permit-times";

  /** How often a worker crashed while it ran this task alone. */
  public static final String CRASHES = "warren-crashes";

  private Headers() {}
}
