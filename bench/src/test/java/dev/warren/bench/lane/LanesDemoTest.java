package dev.warren.bench.lane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.engine.connection.BrokerSettings;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small comparison with real programs; of one lane, as each costs seconds. */
@RabbitMq
class LanesDemoTest {
  private final VirtualHost host;
  private final Path folder;

  LanesDemoTest(VirtualHost host, @TempDir Path folder) {
    this.host = host;
    this.folder = folder;
  }

  @Test
  void aLaneDoesItsWorkAndGoesOnBesideTasksThatDoNotEnd() throws Exception {
    LanesReport report = run(DemoLane.THREADS, Duration.ofSeconds(10));

    assertThat(report.work())
        .hasSize(3)
        .allSatisfy(cell -> assertThat(cell.tasks().allSucceeded()).as("%s", cell).isTrue());
    assertThat(report.hangs())
        .hasSize(2)
        .allSatisfy(hang -> assertThat(hang.freeAfter()).as("%s", hang).isPresent())
        .allSatisfy(hang -> assertThat(hang.outcome()).as("%s", hang).isEqualTo("dead"))
        .allSatisfy(hang -> assertThat(hang.neighbours().allSucceeded()).as("%s", hang).isTrue())
        .extracting(LanesReport.Hang::stuck)
        .containsExactly(1L, 2L);
    assertThat(report.wrong()).isZero();
  }

  @Test
  @Tag("full")
  void whatABlockedEventLoopHoldsUpEndsAfterARestart() throws Exception {
    LanesReport report = run(DemoLane.ASYNC, Duration.ofSeconds(2));

    assertThat(report.hang(DemoLane.ASYNC, LaneHang.LOOP).orElseThrow())
        .satisfies(blocked -> assertThat(blocked.freeAfter()).isEmpty())
        .satisfies(blocked -> assertThat(blocked.afterRestart()).isPositive());
    assertThat(report.wrong()).isZero();
  }

  private LanesReport run(DemoLane lane, Duration patience) throws Exception {
    LanesPlan plan =
        new LanesPlan(
            List.of(lane), 2, 2, 1, 4, 5, Duration.ofMillis(300), Duration.ofMillis(300), patience);
    var where = new LaneHost.Where(BrokerSettings.of(host.uri()), folder, folder);
    return new LanesDemo(plan, where, "a broker", progress -> {}).run();
  }
}
