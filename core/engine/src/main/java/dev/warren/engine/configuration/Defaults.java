package dev.warren.engine.configuration;

import dev.warren.api.Priority;
import dev.warren.api.RetryPolicy;
import dev.warren.api.TaskOptions;
import java.time.Duration;

/** The defaults of the product, in one place. */
public final class Defaults {
  /** Attempts and back-off: 10; 1 s × 2, cap 1 h, full jitter. */
  public static final RetryPolicy RETRY = RetryPolicy.DEFAULT;

  /** The longest an attempt may run: 10 min. */
  public static final Duration TIME_LIMIT = TaskOptions.DEFAULT_TIME_LIMIT;

  public static final Priority PRIORITY = Priority.NORMAL;

  /** How long a submitter waits for the broker's confirm. */
  public static final Duration SEND_DEADLINE = Duration.ofSeconds(10);

  /** How long running tasks may finish after a request to stop. */
  public static final Duration GRACE = Duration.ofSeconds(30);

  /** How long a gateway keeps results. */
  public static final Duration RESULT_RETENTION = Duration.ofHours(24);

  /** What a task gets to end after it was told to stop; one that still runs then is stuck. */
  public static final Duration STOP_GRACE = Duration.ofSeconds(30);

  /** What a broker allows between delivery and acknowledgement unless configured otherwise. */
  public static final Duration CONSUMER_TIMEOUT = Duration.ofMinutes(30);

  private Defaults() {}
}
