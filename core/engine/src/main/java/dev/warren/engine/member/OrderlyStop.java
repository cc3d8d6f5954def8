package dev.warren.engine.member;

import dev.warren.engine.control.ProcessReport;
import dev.warren.engine.control.StopOrder;
import dev.warren.engine.delivery.DrainReport;
import dev.warren.engine.shutdown.ExitCodes;
import dev.warren.engine.shutdown.LastResort;
import dev.warren.engine.shutdown.StopRequests;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a program that is a member of the fleet lives: it starts, and ends as it is told to. */
public final class OrderlyStop {
  private static final Logger LOG = LoggerFactory.getLogger(OrderlyStop.class);
  private static final Duration URGENT_LIMIT = Duration.ofSeconds(5);

  /** Longer than any task runs. */
  private static final Duration PATIENCE = Duration.ofDays(30);

  /**
   * What a supervised program answers its supervisor instead of 0, if it was told to drain and is
   * not to be started again.
   */
  public static final int STAY_AWAY = 64;

  private OrderlyStop() {}

  /**
   * Starts the member, waits for a request to stop, by a signal or over {@code warren.control}, and
   * drains it; a second request ends the grace. The caller closes the member afterwards.
   *
   * @param supervised whether a supervisor starts the program again when it ends with 0
   * @return the exit code of the program
   */
  public static int run(Member member, Duration grace, StopRequests requests, boolean supervised)
      throws InterruptedException {
    AtomicBoolean staysAway = new AtomicBoolean();
    member.whenToldToStop(
        order -> {
          // Before the request, which others wait for.
          staysAway.compareAndSet(false, supervised && order.action() == StopOrder.Action.DRAIN);
          requests.stopInOrder(order.text());
          return order.obeyed(grace, supervised);
        });
    requests.whenAsked(member::giveUpStart);
    member.start();
    String reason = requests.await();
    Duration given = requests.patient() ? PATIENCE : grace;
    LOG.info(
        "{}: takes no more tasks; what runs gets {} to finish, a second signal ends that",
        reason,
        requests.patient() ? "the time it needs" : given.toSeconds() + " s");
    requests.whenUrgent(
        () -> {
          LOG.warn("stopping at once");
          LastResort.haltAfter(URGENT_LIMIT, exitCode(requests));
          member.hurry();
        });
    DrainReport drained = member.drain(given);
    ProcessReport report = member.report();
    LOG.info(
        "drained in {} ms: {} tasks succeeded and {} died here since the start; {} deliveries were"
            + " given back unstarted, {} interrupted",
        drained.took().toMillis(),
        report.done(),
        report.failed(),
        drained.returned(),
        drained.interrupted());
    return staysAway.get() ? STAY_AWAY : exitCode(requests);
  }

  private static int exitCode(StopRequests requests) {
    return requests.interrupted() ? ExitCodes.INTERRUPTED : ExitCodes.OK;
  }
}
