package dev.warren.engine.permit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.api.TaskType;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.connection.ProcessName;
import dev.warren.engine.delivery.Admission;
import dev.warren.testkit.BrokerVersionBelow;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A permit that is held for long, on a broker that would take it back. */
@RabbitMq
@BrokerVersionBelow("4.3")
class PermitRefreshTest {
  private static final TaskType<String, String> TYPE =
      TaskType.of("refresh.run", String.class, String.class)
          .with(options -> options.withPermits("refreshed"));
  private static final PermitLimits OFTEN =
      new PermitLimits(
          4, 100, 3, Duration.ofMinutes(5), Duration.ofMillis(100), Duration.ofMillis(100));

  @Test
  void whoWaitsGetsNoPermitThatIsRefreshedAndGetsItWhenItIsReturned(VirtualHost host) {
    Connections connections =
        new Connections(BrokerSettings.of(host.uri()), ProcessName.of("test"));
    new PermitBook(connections).set("refreshed", 1, Duration.ofSeconds(20));
    try (CountedDesk first = new CountedDesk(connections);
        CountedDesk second = new CountedDesk(connections)) {
      Attempt holds = new Attempt(TYPE);
      assertThat(first.desk.ask(holds)).isEqualTo(Admission.Answer.WAIT);
      await().until(() -> holds.entered.get() == 1);
      Attempt waits = new Attempt(TYPE);
      second.desk.ask(waits);

      // Its consumers are numbered, one more with each refresh.
      await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () ->
                  host.consumers().stream()
                      .anyMatch(one -> one.tag().matches(".*permits refreshed ([5-9]|\\d{2,})")));

      assertThat(waits.entered).hasValue(0);
      assertThat(holds.takenBack).hasValue(0);
      holds.end();
      await().until(() -> waits.entered.get() == 1);
      waits.end();
      await().until(() -> host.readyCount("warren.permits.refreshed") == 1);
    }
  }

  private static final class CountedDesk implements AutoCloseable {
    final PermitDesk desk;

    CountedDesk(Connections connections) {
      desk = new PermitDesk(connections, List.of(TYPE), OFTEN);
      desk.start();
    }

    @Override
    public void close() {
      desk.close();
    }
  }
}
