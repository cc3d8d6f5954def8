package dev.warren.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.api.TaskHandle;
import dev.warren.api.TaskType;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.gateway.aggregate.ResultStore;
import dev.warren.gateway.aggregate.StoreSettings;
import dev.warren.gateway.aggregate.TaskRecord;
import dev.warren.gateway.aggregate.TaskState;
import dev.warren.producer.WarrenClient;
import dev.warren.testkit.Alarm;
import dev.warren.testkit.Broker;
import dev.warren.testkit.FaultProxy;
import dev.warren.testkit.Permissions;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a broker or a network can do to a gateway: it comes back by itself, runs every task and
 * records every outcome.
 */
@RabbitMq
@SuppressWarnings("NullAway.Init") // Each test begins with the broker that it wants.
class BrokerTroubleTest {
  private static final Logger LOG = LoggerFactory.getLogger(BrokerTroubleTest.class);
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final int TASKS = 50;
  private static final TaskType<Integer, Integer> COUNT =
      TaskType.of("test.count", Integer.class, Integer.class)
          .with(options -> options.withQueue("async"));

  private final VirtualHost host;
  private final List<TaskHandle<Integer>> submitted = new ArrayList<>();
  private @TempDir Path folder = Path.of("");
  private Gateway gateway;
  private WarrenClient client;

  BrokerTroubleTest(VirtualHost host) {
    this.host = host;
  }

  private void begin(URI broker) throws InterruptedException {
    BrokerSettings quick =
        BrokerSettings.of(broker)
            .withHeartbeat(Duration.ofSeconds(1))
            .withConnectTimeout(Duration.ofSeconds(2));
    gateway =
        new Gateway(
            GatewaySettings.of(quick).withStore(StoreSettings.in(folder.resolve("store"))),
            List.of(
                tasks ->
                    tasks.register(
                        COUNT, (number, context) -> tasks.vertx().timer(5).map(fired -> number))));
    gateway.startAggregating();
    gateway.member().start();
    await().atMost(LIMIT).until(() -> gateway.health().ready());
    client =
        WarrenClient.builder()
            .broker(host.uri())
            .typeCache(folder.resolve("types"))
            .sendDeadline(LIMIT)
            .connect();
    submit();
  }

  private void submit() {
    for (int i = 0; i < TASKS; i++) {
      submitted.add(client.submit(COUNT, submitted.size()));
    }
  }

  /** What was wrong is mended: all that was and is submitted ends once, on record. */
  private void requireRecovery(String cause) throws Exception {
    long mended = System.nanoTime();
    await().atMost(LIMIT).until(() -> gateway.health().ready());
    LOG.info("{}: ready after {} ms", cause, (System.nanoTime() - mended) / 1_000_000);
    submit();
    for (int i = 0; i < submitted.size(); i++) {
      assertThat(submitted.get(i).await(LIMIT)).isEqualTo(i);
    }
    ResultStore store = gateway.results().orElseThrow();
    for (TaskHandle<Integer> each : submitted) {
      await()
          .atMost(LIMIT)
          .until(
              () -> record(store, each).map(TaskRecord::state),
              state -> state.equals(Optional.of(TaskState.SUCCEEDED)));
    }
  }

  private static Optional<TaskRecord> record(ResultStore store, TaskHandle<?> task)
      throws Exception {
    return store.task(task.id()).toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  @AfterEach
  void close() throws Exception {
    client.close();
    gateway.member().drain(Duration.ofSeconds(5));
    gateway.close();
  }

  @Test
  void connectionsThatTheBrokerClosesAreOpenedAgain() throws Exception {
    begin(host.uri());
    for (String purpose : List.of("consume", "publish", "aggregate", "cancellations", "control")) {
      host.closeConnections(gateway.member().process().text() + " " + purpose);
    }

    requireRecovery("connections closed");
  }

  @Test
  void aNetworkThatIsCutAndRefusesForAWhileIsSurvived() throws Exception {
    try (FaultProxy proxy = FaultProxy.to(host.uri())) {
      begin(proxy.uri());
      proxy.refuse();
      proxy.cut();
      submit();
      await().atMost(LIMIT).until(() -> !gateway.health().ready());
      await().during(Duration.ofSeconds(3)).atMost(LIMIT).until(() -> !gateway.health().ready());
      proxy.restore();

      requireRecovery("network cut for 3 s");
    }
  }

  @Test
  void aNetworkThatFallsSilentIsNoticedAndSurvived() throws Exception {
    try (FaultProxy proxy = FaultProxy.to(host.uri())) {
      begin(proxy.uri());
      proxy.stall();
      submit();
      await().atMost(LIMIT).until(() -> !gateway.health().ready());
      proxy.restore();

      requireRecovery("network silent");
    }
  }

  @Test
  void aSlowNetworkSlowsTasksAndBreaksNothing() throws Exception {
    try (FaultProxy proxy = FaultProxy.to(host.uri())) {
      begin(proxy.uri());
      proxy.latency(Duration.ofMillis(300));
      proxy.bandwidth(50_000);
      submit();

      requireRecovery("network slow");
    }
  }

  @Test
  void aDeletedWorkQueueIsDeclaredAgain() throws Exception {
    begin(host.uri());
    for (TaskHandle<Integer> each : submitted) {
      each.await(LIMIT);
    }
    host.deleteQueue(TopologyNames.work("async"));
    await().atMost(LIMIT).until(() -> boundAgain(TopologyNames.work("async")));

    requireRecovery("work queue deleted");
  }

  private boolean boundAgain(String queue) {
    return host.bindings().stream()
        .anyMatch(
            each -> each.destination().equals(queue) && each.source().equals(TopologyNames.TASKS));
  }

  @Test
  void aUserWhoIsDeletedAndMadeAgainIsServedAgain() throws Exception {
    URI user = host.createUser(Permissions.ALL);
    begin(user);
    host.deleteUser(user);
    await().atMost(LIMIT).until(() -> !gateway.health().ready());
    submit();
    host.putUser(user, Permissions.ALL);

    requireRecovery("user deleted");
  }

  @Test
  @Tag("node")
  void aBrokerThatRestartsFindsItsGatewayBack(Broker broker) throws Exception {
    begin(host.uri());
    broker.node().restart();

    requireRecovery("broker restarted");
  }

  @Test
  @Tag("node")
  void anAlarmHoldsUpTasksAndLosesNone(Broker broker) throws Exception {
    begin(host.uri());
    Alarm alarm = broker.raiseMemoryAlarm();
    try {
      assertThat(gateway.health().ready()).isTrue();
    } finally {
      alarm.close();
    }

    requireRecovery("memory alarm");
  }
}
