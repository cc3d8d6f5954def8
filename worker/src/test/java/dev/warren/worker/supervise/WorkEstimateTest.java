package dev.warren.worker.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.warren.engine.depth.Depth;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WorkEstimateTest {
  private final WorkEstimate estimate = new WorkEstimate();
  private Duration now = Duration.ofSeconds(1_000);

  private void learn(String... metrics) {
    Map<String, Counters> told = new HashMap<>();
    for (int i = 0; i < metrics.length; i++) {
      told.put("worker-" + (i + 1), Counters.parse(metrics[i]));
    }
    estimate.learn(now, told);
    now = now.plusSeconds(1);
  }

  private ScalingRule.Load load(Map<String, Depth> depths, int processes) {
    return estimate.load(now, depths, processes, processes, 0);
  }

  /** A process that has done so many messages of half a second each in its lane of four threads. */
  private static String metrics(int done, int running) {
    return """
        # HELP warren_lane_running Attempts that run now in a lane
        # TYPE warren_lane_running gauge
        warren_lane_running{lane="threads",process="worker-1"} %d.0
        warren_lane_concurrency{lane="threads",process="worker-1"} 4.0
        warren_lane_concurrency{lane="virtual",process="worker-1"} 200.0
        warren_deliveries_total{process="worker-1",queue="cpu",redelivered="no",type="digest"} %d.0
        warren_deliveries_total{process="worker-1",queue="cpu",redelivered="yes",type="digest"} 0.0
        warren_deliveries_acknowledged_total{process="worker-1",queue="cpu"} %d.0
        warren_attempt_ran_seconds_sum{lane="threads",process="worker-1",type="digest"} %s
        warren_attempt_ran_seconds_bucket{lane="threads",process="worker-1",type="digest",le="1"} 3
        """
        .formatted(running, done, done, done * 0.5);
  }

  @Test
  void whatWaitsTakesAsLongAsWhatWasDoneInTheLaneOfIt() {
    learn(metrics(100, 4), metrics(300, 2));

    ScalingRule.Load load = load(Map.of("cpu", new Depth(80, 2)), 2);

    // 80 messages of half a second in four threads: 10 s of a process, 5 s of both.
    assertThat(load.waiting()).isEqualTo(10, within(1e-6));
    assertThat(load.seconds()).isEqualTo(5, within(1e-6));
    assertThat(load.busy()).isEqualTo(1.5, within(1e-6));
    assertThat(load.saturated()).isFalse();
  }

  @Test
  void otherConsumersOfTheQueueTakeTheirPart() {
    learn(metrics(100, 4));

    assertThat(load(Map.of("cpu", new Depth(80, 5)), 1).waiting()).isEqualTo(2, within(1e-6));
  }

  @Test
  void aProcessThatIsStartedAgainCountsFromTheBeginning() {
    learn(metrics(1_000, 4));
    learn(metrics(10, 4));

    assertThat(load(Map.of("cpu", new Depth(80, 1)), 1).waiting()).isEqualTo(10, within(1e-6));
  }

  @Test
  void whatWasLearnedOutlastsAQuietTime() {
    learn(metrics(100, 4));
    for (int i = 0; i < 2_000; i++) {
      learn(metrics(100, 0));
    }

    assertThat(load(Map.of("cpu", new Depth(80, 1)), 1).waiting()).isEqualTo(10, within(1e-6));
  }

  @Test
  void whereNothingHasEndedYetFullLanesAreAllThatIsKnown() {
    learn(metrics(0, 4));
    assertThat(load(Map.of("cpu", new Depth(80, 1)), 1).saturated()).isTrue();
    assertThat(load(Map.of("cpu", new Depth(0, 1)), 1).saturated()).isFalse();

    learn(metrics(0, 1));
    assertThat(load(Map.of("cpu", new Depth(80, 1)), 1).saturated()).isFalse();
  }

  @Test
  void aQueueThatIsNeverEmptyIsMeasuredByItsPace() {
    // Half a second of 200 places each, but no more than five a second come through.
    for (int second = 0; second <= 15; second++) {
      learn(
          """
          warren_lane_concurrency{lane="virtual"} 200.0
          warren_lane_running{lane="virtual"} 3.0
          warren_deliveries_total{queue="default",type="call"} %1$d
          warren_deliveries_acknowledged_total{queue="default"} %1$d
          warren_attempt_ran_seconds_sum{lane="virtual",type="call"} %2$s
          """
              .formatted(second * 5, second * 2.5));
      load(Map.of("default", new Depth(100, 1)), 1);
    }

    assertThat(load(Map.of("default", new Depth(100, 1)), 1).waiting()).isBetween(15.0, 30.0);
  }
}
