package dev.warren.engine.permit;

import static org.awaitility.Awaitility.await;

import dev.warren.api.TaskType;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.connection.ProcessName;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

@RabbitMq
class PermitDeskTest {
  private static final TaskType<String, String> TYPE =
      TaskType.of("desk.run", String.class, String.class)
          .with(options -> options.withPermits("shared"));

  @Test
  void anAttemptThatFailsToEnterKeepsNoOtherFromItsPermit(VirtualHost host) {
    Connections connections =
        new Connections(BrokerSettings.of(host.uri()), ProcessName.of("test"));
    new PermitBook(connections).set("shared", 2, Duration.ofSeconds(20));
    try (PermitDesk desk = new PermitDesk(connections, List.of(TYPE), Duration.ofMinutes(30))) {
      desk.start();
      Attempt breaks =
          new Attempt(TYPE) {
            @Override
            public void enter() {
              super.enter();
              throw new IllegalStateException("it cannot enter");
            }
          };
      Attempt next = new Attempt(TYPE);
      // Both are in line before the connection is open: one answer serves the first, and asks for
      // the second.
      desk.ask(breaks);
      desk.ask(next);

      await().until(() -> next.entered.get() == 1 && breaks.entered.get() == 1);
      breaks.end();
      next.end();
      await().until(() -> host.readyCount("warren.permits.shared") == 2);
    }
  }
}
