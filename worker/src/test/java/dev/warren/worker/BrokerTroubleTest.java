package dev.warren.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.api.AccessDeniedException;
import dev.warren.api.BrokerUnreachableException;
import dev.warren.api.SendDeadlineException;
import dev.warren.api.TaskRefusedException;
import dev.warren.api.TopologyMismatchException;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.producer.WarrenClient;
import dev.warren.testkit.Alarm;
import dev.warren.testkit.BindingView;
import dev.warren.testkit.Broker;
import dev.warren.testkit.ConnectionView;
import dev.warren.testkit.FaultProxy;
import dev.warren.testkit.Permissions;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a broker or a network can do to a worker and to a program that submits: both come back by
 * themselves, and no accepted task is lost.
 */
@RabbitMq
@SuppressWarnings("NullAway.Init") // Each test begins with the brokers that it wants.
class BrokerTroubleTest {
  private static final Logger LOG = LoggerFactory.getLogger(BrokerTroubleTest.class);
  private static final Duration LIMIT = Traffic.LIMIT;
  private static final String WORK = TopologyNames.work("default");

  private final VirtualHost host;
  private final Map<Integer, AtomicInteger> runs = new ConcurrentHashMap<>();
  private @TempDir Path cache = Path.of("");
  private Worker worker;
  private WarrenClient client;
  private Traffic traffic;

  BrokerTroubleTest(VirtualHost host) {
    this.host = host;
  }

  private void begin(URI workersBroker, URI clientsBroker) throws InterruptedException {
    begin(quick(workersBroker), quick(clientsBroker), LIMIT);
  }

  /** Notices a dead network within seconds. */
  private static BrokerSettings quick(URI broker) {
    return BrokerSettings.of(broker)
        .withHeartbeat(Duration.ofSeconds(1))
        .withConnectTimeout(Duration.ofSeconds(2));
  }

  private void begin(BrokerSettings workers, BrokerSettings clients, Duration sendDeadline)
      throws InterruptedException {
    worker =
        Worker.builder(WorkerSettings.of(workers).withQueues("default").withConcurrency(1, 20))
            .provider(Traffic.provider(runs))
            .build();
    worker.start();
    await().atMost(LIMIT).until(() -> worker.state().ready());
    client =
        WarrenClient.builder()
            .broker(clients)
            .typeCache(cache)
            .sendDeadline(sendDeadline)
            .connect();
    traffic = Traffic.through(client);
    traffic.awaitMore(20);
  }

  /** What was wrong is mended: everything runs again, and no accepted task is lost. */
  private void requireRecovery(String cause) throws InterruptedException {
    Duration took = traffic.awaitRunningAgain();
    LOG.info("{}: running again after {} ms", cause, took.toMillis());
    await().atMost(LIMIT).until(() -> worker.state().ready());
    traffic.awaitMore(20);
    traffic.requireAllSucceeded();
    int ran = runs.values().stream().mapToInt(AtomicInteger::get).sum();
    LOG.info("{}: {} tasks ran {} times", cause, runs.size(), ran);
  }

  @AfterEach
  void close() throws Exception {
    traffic.close();
    client.close();
    worker.drain(Duration.ofSeconds(5));
    worker.close();
  }

  @Test
  void connectionsThatTheBrokerClosesAreOpenedAgain() throws Exception {
    begin(host.uri(), host.uri());
    Set<String> ours =
        Set.of("consume", "publish", "cancellations", "control").stream()
            .map(purpose -> worker.process().text() + " " + purpose)
            .collect(Collectors.toSet());
    ours.forEach(host::closeConnections);
    host.closeConnections(client.connections().process().text() + " publish");
    host.closeConnections(client.connections().process().text() + " wait");

    requireRecovery("connections closed");
    await()
        .atMost(LIMIT)
        .until(
            () ->
                host.connections().stream()
                    .map(ConnectionView::clientName)
                    .collect(Collectors.toSet())
                    .containsAll(ours));
  }

  @Test
  void aNetworkThatIsCutAndRefusesForAWhileIsSurvived() throws Exception {
    try (FaultProxy workers = FaultProxy.to(host.uri());
        FaultProxy clients = FaultProxy.to(host.uri())) {
      begin(workers.uri(), clients.uri());
      workers.refuse();
      clients.refuse();
      workers.cut();
      clients.cut();
      await().atMost(LIMIT).until(() -> !worker.state().ready());
      await().during(Duration.ofSeconds(3)).atMost(LIMIT).until(() -> !worker.state().ready());
      workers.restore();
      clients.restore();

      requireRecovery("network cut for 3 s");
    }
  }

  @Test
  void aNetworkThatFallsSilentIsNoticedAndSurvived() throws Exception {
    try (FaultProxy workers = FaultProxy.to(host.uri());
        FaultProxy clients = FaultProxy.to(host.uri())) {
      begin(workers.uri(), clients.uri());
      workers.stall();
      clients.stall();
      await().atMost(LIMIT).until(() -> !worker.state().ready());
      workers.restore();
      clients.restore();

      requireRecovery("network silent");
    }
  }

  @Test
  void aSlowNetworkSlowsTasksAndBreaksNothing() throws Exception {
    try (FaultProxy workers = FaultProxy.to(host.uri());
        FaultProxy clients = FaultProxy.to(host.uri())) {
      begin(BrokerSettings.of(workers.uri()), BrokerSettings.of(clients.uri()), LIMIT);
      Set<String> before = connectionNames();
      for (FaultProxy slow : Set.of(workers, clients)) {
        slow.latency(Duration.ofMillis(300));
        slow.bandwidth(50_000);
      }
      traffic.awaitMore(20);
      assertThat(worker.state().ready()).isTrue();
      workers.restore();
      clients.restore();

      requireRecovery("network slow");
      assertThat(connectionNames()).containsAll(before);
    }
  }

  private Set<String> connectionNames() {
    return host.connections().stream()
        .filter(each -> each.clientName().startsWith("warren-"))
        .filter(each -> !each.clientName().endsWith(" topology"))
        .map(ConnectionView::name)
        .collect(Collectors.toSet());
  }

  @Test
  void aDeletedWorkQueueIsDeclaredAgain() throws Exception {
    begin(quick(host.uri()), quick(host.uri()), LIMIT);
    traffic.pause();
    traffic.awaitAllEnded();
    host.deleteQueue(WORK);
    traffic.resume();

    requireRecovery("work queue deleted");
    assertThat(traffic.refused()).allMatch(TaskRefusedException.class::isInstance);
  }

  @Test
  void aDeletedBindingIsMadeAgain() throws Exception {
    begin(host.uri(), host.uri());
    String key = "default." + Traffic.COUNT.name();
    String exit =
        host.bindings().stream()
            .filter(each -> each.source().equals(TopologyNames.DELAY_OUT))
            .filter(each -> each.destination().equals(WORK))
            .map(BindingView::routingKey)
            .findFirst()
            .orElseThrow();
    traffic.pause();
    traffic.awaitAllEnded();
    host.unbindQueue(WORK, TopologyNames.TASKS, key);
    host.unbindQueue(WORK, TopologyNames.DELAY_OUT, exit);
    traffic.resume();

    requireRecovery("bindings deleted");
    assertThat(traffic.refused()).allMatch(TaskRefusedException.class::isInstance);
    assertThat(host.bindings())
        .filteredOn(each -> each.destination().equals(WORK))
        .extracting(BindingView::routingKey)
        .contains(key, exit);
  }

  @Test
  void aDeletedExchangeIsDeclaredAgain() throws Exception {
    begin(host.uri(), host.uri());
    traffic.pause();
    traffic.awaitAllEnded();
    host.deleteExchange(TopologyNames.TASKS);
    traffic.resume();

    requireRecovery("exchange of tasks deleted");
    assertThat(traffic.refused())
        .allMatch(
            each ->
                each instanceof TopologyMismatchException || each instanceof TaskRefusedException);
  }

  @Test
  void aUserWhoIsDeletedAndMadeAgainIsServedAgain() throws Exception {
    URI workers = host.createUser(Permissions.ALL);
    URI clients = host.createUser(Permissions.ALL);
    begin(quick(workers), quick(clients), Duration.ofSeconds(1));
    host.deleteUser(workers);
    host.deleteUser(clients);
    await().atMost(LIMIT).until(() -> !worker.state().ready());
    await().atMost(LIMIT).until(() -> !traffic.refused().isEmpty());
    await()
        .atMost(LIMIT)
        .until(() -> worker.state().queues().getFirst().detail().contains("refused the login"));
    host.putUser(workers, Permissions.ALL);
    host.putUser(clients, Permissions.ALL);

    requireRecovery("users deleted");
    assertThat(traffic.refused())
        .anySatisfy(each -> assertThat(each).hasMessageContaining("refused the login"));
  }

  @Test
  void aPasswordThatIsChangedAndChangedBackIsSurvived() throws Exception {
    URI workers = host.createUser(Permissions.ALL);
    begin(quick(workers), quick(host.uri()), LIMIT);
    host.putUser(URI.create(workers.toString().replace("@", "x@")), Permissions.ALL);
    host.closeConnections(worker.process().text() + " consume");
    await()
        .atMost(LIMIT)
        .until(() -> worker.state().queues().getFirst().detail().contains("refused the login"));
    host.putUser(workers, Permissions.ALL);

    requireRecovery("password changed");
  }

  @Test
  void permissionsThatAreTakenAndGivenBackAreSurvived() throws Exception {
    URI workers = host.createUser(Permissions.ALL);
    URI clients = host.createUser(Permissions.ALL);
    begin(quick(workers), quick(clients), Duration.ofSeconds(5));
    host.putUser(workers, Permissions.NONE);
    host.putUser(clients, Permissions.NONE);
    host.closeConnections(worker.process().text() + " consume");
    host.closeConnections(client.connections().process().text() + " publish");
    await().atMost(LIMIT).until(() -> !worker.state().ready());
    await().atMost(LIMIT).until(() -> !traffic.refused().isEmpty());
    host.putUser(workers, Permissions.ALL);
    host.putUser(clients, Permissions.ALL);

    requireRecovery("permissions taken");
    assertThat(traffic.refused()).allMatch(AccessDeniedException.class::isInstance);
  }

  @Test
  @Tag("node")
  void aBrokerThatRestartsFindsItsWorkersBack(Broker broker) throws Exception {
    begin(host.uri(), host.uri());
    broker.node().restart();

    requireRecovery("broker restarted");
  }

  @Test
  @Tag("node")
  void aBrokerThatIsKilledFindsItsWorkersBack(Broker broker) throws Exception {
    begin(host.uri(), host.uri());
    broker.node().sync();
    broker.node().kill();
    await().during(Duration.ofSeconds(3)).atMost(LIMIT).until(() -> !worker.state().ready());
    broker.node().start();

    requireRecovery("broker killed");
  }

  @Test
  @Tag("node")
  void anAlarmHoldsUpTasksAndLosesNone(Broker broker) throws Exception {
    begin(quick(host.uri()), quick(host.uri()), Duration.ofSeconds(2));
    holdUp(broker.raiseMemoryAlarm());
    traffic.awaitRunningAgain();
    holdUp(broker.raiseDiskAlarm());

    requireRecovery("alarms");
    assertThat(traffic.refused())
        .allMatch(
            each ->
                each instanceof BrokerUnreachableException || each instanceof SendDeadlineException)
        .allSatisfy(each -> assertThat(each).hasMessageContaining("blocked publishers"));
  }

  private void holdUp(Alarm alarm) {
    try {
      int seen = traffic.refused().size();
      await().atMost(LIMIT).until(() -> traffic.refused().size() >= seen + 2);
    } finally {
      alarm.close();
    }
  }
}
