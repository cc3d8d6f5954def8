package dev.warren.engine.delivery;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells a consumer that gets nothing because something is broken from one that has nothing to get:
 * it holds nothing, nothing has come for a while, and the tasks that wait in its queue do not
 * become fewer. Then its channel is to be opened anew; where that has not helped several times, the
 * queue counts as not consumed. Pure: told the time and what was found. For the consumer's thread
 * alone, but for {@link #failure}.
 */
final class Watchdog {
  /** How long a consumer may get nothing from a queue where tasks wait. */
  static final Duration DEFAULT_QUIET = Duration.ofSeconds(30);

  /** So often the channel is opened anew before the queue counts as not consumed. */
  static final int PATIENCE = 3;

  /**
   * What has happened on a channel.
   *
   * @param delivered deliveries since its opening
   * @param settled how many of them were acknowledged or given back
   * @param held how many are neither
   */
  record Activity(long delivered, long settled, int held) {
    static final Activity NONE = new Activity(0, 0, 0);
  }

  /** So many quiet times without a task, and a channel is replaced although nothing is known. */
  static final int LONG_IDLE = 10;

  private static final long NOT_LOOKED = -1;

  private final Duration quiet;
  private Activity last = Activity.NONE;
  private long movedAt;
  private long lookedAt;
  private long waiting = NOT_LOOKED;
  private int rebuilds;
  private boolean blind;
  private volatile @Nullable String failure;

  Watchdog(Duration quiet) {
    this.quiet = quiet;
  }

  /** A new channel begins to consume. */
  void opened(long nowNanos) {
    last = Activity.NONE;
    moved(nowNanos);
  }

  /** How long nobody needs to look into the queue; zero or less if it is time to. */
  long nanosUntilLook(long nowNanos, Activity activity) {
    note(nowNanos, activity);
    if (blind) {
      return Long.MAX_VALUE;
    }
    long half = quiet.toNanos() / 2;
    return half - (nowNanos - Math.max(movedAt, lookedAt));
  }

  /** So many tasks wait in the queue; whether the channel is to be opened anew. */
  boolean starves(long nowNanos, Activity activity, long found) {
    note(nowNanos, activity);
    long before = waiting;
    lookedAt = nowNanos;
    waiting = found;
    if (found == 0 || found < before) {
      recovered();
      return false;
    }
    if (before <= 0 || nowNanos - movedAt < quiet.toNanos()) {
      return false;
    }
    rebuilds++;
    if (rebuilds > PATIENCE) {
      failure =
          "gets nothing although %d tasks wait, and opening the channel anew %d times did not help"
              .formatted(found, rebuilds - 1);
    }
    return true;
  }

  /**
   * Whether nothing has come for so long that another channel is worth its price. RabbitMQ 3.10
   * takes a consumer along to a queue that was deleted and declared again at once, and then gives
   * it nothing: tasks count as delivered, so that none is seen to wait.
   */
  boolean idleForLong(long nowNanos) {
    return waiting == 0 && nowNanos - movedAt >= LONG_IDLE * quiet.toNanos();
  }

  /** It may not look, so it says nothing from now on. */
  void blind() {
    blind = true;
  }

  /** Why the queue counts as not consumed although a channel is open on it. */
  Optional<String> failure() {
    return Optional.ofNullable(failure);
  }

  private void note(long nowNanos, Activity activity) {
    if (activity.delivered() != last.delivered()) {
      recovered();
    }
    if (activity.held() > 0 || !activity.equals(last)) {
      moved(nowNanos);
    }
    last = activity;
  }

  private void moved(long nowNanos) {
    movedAt = nowNanos;
    lookedAt = nowNanos;
    waiting = NOT_LOOKED;
  }

  private void recovered() {
    rebuilds = 0;
    failure = null;
  }
}
