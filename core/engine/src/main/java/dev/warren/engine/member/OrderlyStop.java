package dev.warren.engine.member;

import dev.warren.engine.control.ProcessReport;
import dev.warren.engine.delivery.DrainReport;
import dev.warren.engine.shutdown.ExitCodes;
import dev.warren.engine.shutdown.LastResort;
import dev.warren.engine.shutdown.StopRequests;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a program that is a member of the fleet lives: it starts, and ends as it is told to. */
public final class OrderlyStop {
  private static final Logger LOG = LoggerFactory.getLogger(OrderlyStop.class);
  private static final Duration URGENT_LIMIT = Duration.ofSeconds(5);

  private OrderlyStop() {}

  /**
   * Starts the member, waits for a request to stop, and drains it; a second request ends the grace.
   * The caller closes the member afterwards.
   *
   * @return the exit code of the program
   */
  public static int run(Member member, Duration grace, StopRequests requests)
      throws InterruptedException {
    requests.whenAsked(member::giveUpStart);
    member.start();
    String reason = requests.await();
    LOG.info(
        "{}: takes no more tasks; what runs gets {} s to finish, a second signal ends that",
        reason,
        grace.toSeconds());
    requests.whenUrgent(
        () -> {
          LOG.warn("stopping at once");
          LastResort.haltAfter(URGENT_LIMIT, exitCode(requests));
          member.hurry();
        });
    DrainReport drained = member.drain(grace);
    ProcessReport report = member.report();
    LOG.info(
        "drained in {} ms: {} tasks succeeded and {} died here since the start; {} deliveries were"
            + " given back unstarted, {} interrupted",
        drained.took().toMillis(),
        report.done(),
        report.failed(),
        drained.returned(),
        drained.interrupted());
    return exitCode(requests);
  }

  private static int exitCode(StopRequests requests) {
    return requests.interrupted() ? ExitCodes.INTERRUPTED : ExitCodes.OK;
  }
}
