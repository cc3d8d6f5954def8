package dev.warren.bench.lane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.engine.connection.BrokerSettings;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small comparison of the two lanes that differ most, with real programs. */
@RabbitMq
class LanesDemoTest {
  private static final LanesPlan SMALL =
      new LanesPlan(
          List.of(DemoLane.PYTHON, DemoLane.ASYNC),
          2,
          2,
          1,
          4,
          5,
          Duration.ofMillis(300),
          Duration.ofMillis(900));

  private final VirtualHost host;
  private final Path folder;

  LanesDemoTest(VirtualHost host, @TempDir Path folder) {
    this.host = host;
    this.folder = folder;
  }

  @Test
  void everyLaneDoesItsWorkAndNoTaskIsLostToOneThatDoesNotEnd() throws Exception {
    Path helpers = Path.of("../worker/src/main/helpers/python").toRealPath();
    var where = new LaneHost.Where(BrokerSettings.of(host.uri()), folder, helpers);

    LanesReport report = new LanesDemo(SMALL, where, "a broker", progress -> {}).run();

    assertThat(report.work())
        .hasSize(3 + 1)
        .allSatisfy(cell -> assertThat(cell.tasks().allSucceeded()).as("%s", cell).isTrue());
    assertThat(report.hangs())
        .hasSize(4)
        .allSatisfy(hang -> assertThat(hang.outcome()).as("%s", hang).isEqualTo("dead"))
        .allSatisfy(hang -> assertThat(hang.lost()).as("%s", hang).isZero());
    assertThat(report.hang(DemoLane.PYTHON, LaneHang.LOOP).orElseThrow().freeAfter()).isPresent();
    assertThat(report.hang(DemoLane.ASYNC, LaneHang.LOOP).orElseThrow())
        .satisfies(blocked -> assertThat(blocked.freeAfter()).isEmpty())
        .satisfies(blocked -> assertThat(blocked.afterRestart()).isPositive());
    assertThat(report.wrong()).isZero();
  }
}
