package dev.warren.bench.lane;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.warren.bench.Machine;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What each lane did.
 *
 * @param seconds that all of it took
 */
record LanesReport(
    Instant began,
    double seconds,
    Machine machine,
    String broker,
    LanesPlan plan,
    List<Cell> work,
    List<Hang> hangs) {

  LanesReport {
    work = List.copyOf(work);
    hangs = List.copyOf(hangs);
  }

  /** Work of a kind in a lane. */
  record Cell(DemoLane lane, LaneWork work, Count tasks, TreeMeter.Usage usage) {
    double perSecond() {
      return tasks.succeeded() / usage.seconds();
    }
  }

  /**
   * What became of tasks.
   *
   * @param failed ended otherwise than in success
   * @param lost those of which nothing was heard
   */
  record Count(int submitted, int succeeded, int failed, int lost) {
    boolean allSucceeded() {
      return succeeded == submitted;
    }
  }

  /**
   * What a task that does not end did to its lane.
   *
   * @param freeAfterSeconds when all places of the lane ran something again, from its submission;
   *     null if they did not
   * @param neighbours short tasks behind it; what succeeded before the program was started anew
   * @param neighboursSeconds when the last of those had succeeded
   * @param coresAfterwards what the lane's processes still used when nothing was left to do
   * @param stuck attempts that were given up and still hold a thread
   * @param outcome how the task ended
   * @param failure what its outcome says
   * @param trouble what the lane's program says of itself, if it is not ready
   * @param afterRestart tasks that only ended once the program had been killed and started anew
   * @param lost those of which nothing was heard even then
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Hang(
      DemoLane lane,
      LaneHang hang,
      @Nullable Double freeAfterSeconds,
      Count neighbours,
      double neighboursSeconds,
      double coresAfterwards,
      long stuck,
      String outcome,
      String failure,
      @Nullable String trouble,
      int afterRestart,
      int lost) {
    Optional<Double> freeAfter() {
      return Optional.ofNullable(freeAfterSeconds);
    }
  }

  Optional<Cell> cell(DemoLane lane, LaneWork kind) {
    return work.stream().filter(one -> one.lane() == lane && one.work() == kind).findFirst();
  }

  Optional<Hang> hang(DemoLane lane, LaneHang kind) {
    return hangs.stream().filter(one -> one.lane() == lane && one.hang() == kind).findFirst();
  }

  /** Tasks that were lost, or failed though they should not have. */
  int wrong() {
    return work.stream().mapToInt(one -> one.tasks().failed() + one.tasks().lost()).sum()
        + hangs.stream().mapToInt(one -> one.lost() + one.neighbours().failed()).sum();
  }
}
