package dev.warren.engine.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.MessageProperties;
import dev.warren.api.Lane;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.configuration.Defaults;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.connection.BrokerVersion;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.connection.ProcessName;
import dev.warren.engine.connection.Secret;
import dev.warren.engine.doctor.Finding.Severity;
import dev.warren.engine.registry.Announcer;
import dev.warren.engine.registry.TypeAnnouncement;
import dev.warren.engine.topology.Declarer;
import dev.warren.engine.topology.Topology;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.testkit.Alarm;
import dev.warren.testkit.Permissions;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@RabbitMq
class DoctorTest {
  private final VirtualHost shared;

  DoctorTest(VirtualHost shared) {
    this.shared = shared;
  }

  private static Connections connections(BrokerSettings settings) {
    return new Connections(settings, ProcessName.of("test"));
  }

  private static Connections connections(VirtualHost host) {
    return connections(BrokerSettings.of(host.uri()));
  }

  private static List<Finding> check(VirtualHost host) {
    Optional<URI> management = Optional.of(host.broker().managementUri());
    return new Doctor(connections(host), management, Defaults.CONSUMER_TIMEOUT).check();
  }

  private static TypeAnnouncement type(String name, String queue, Duration limit) {
    ObjectNode any = JsonCodec.json().createObjectNode();
    return new TypeAnnouncement(
        name, queue, Lane.THREADS, "", any, any, limit, 1, "", "test", Instant.EPOCH, false);
  }

  private static void announce(VirtualHost host, TypeAnnouncement... types) {
    try (Announcer announcer = new Announcer(connections(host), List.of(types))) {
      announcer.announce();
    }
  }

  private static void publish(VirtualHost host, String exchange, String key) {
    host.publish(exchange, key, MessageProperties.PERSISTENT_BASIC, new byte[] {1});
  }

  private static void assertFinding(
      List<Finding> findings, Severity severity, String what, String detail) {
    assertThat(findings)
        .anySatisfy(
            finding -> {
              assertThat(finding.severity()).isEqualTo(severity);
              assertThat(finding.what()).isEqualTo(what);
              assertThat(finding.detail()).contains(detail);
              assertThat(finding.howToMend().isEmpty()).isEqualTo(severity == Severity.OK);
            });
  }

  @Test
  void aCompleteFleetIsWell() throws Exception {
    try (VirtualHost host = shared.broker().createVirtualHost("doctor-well")) {
      new Declarer(connections(host))
          .apply(
              Topology.fleet()
                  .and(Topology.workQueue("default"))
                  .and(Topology.type("default", "echo")));
      announce(host, type("echo", "default", Duration.ofMinutes(10)));
      try (Connection worker = host.connect("worker");
          Channel channel = worker.createChannel()) {
        channel.basicConsume("warren.q.default", (tag, delivery) -> {}, tag -> {});

        List<Finding> findings = check(host);

        assertThat(findings)
            .filteredOn(finding -> !finding.what().equals("broker version"))
            .allSatisfy(finding -> assertThat(finding.severity()).isEqualTo(Severity.OK));
        assertThat(findings)
            .extracting(Finding::what)
            .contains(
                "connection",
                "task types",
                "topology",
                "submitting",
                "waiting",
                "time limits",
                "queue default",
                "unrouted",
                "alarms",
                "bindings");
      }
      assertThat(host.queues()).noneMatch(queue -> queue.name().startsWith("warren.wait."));
      assertThat(host.readyCount("warren.q.default")).isZero();
    }
  }

  @Test
  void anEmptyVirtualHostHasNothingDeclared() {
    try (VirtualHost host = shared.broker().createVirtualHost("doctor-empty")) {
      List<Finding> findings = check(host);

      assertFinding(findings, Severity.ERROR, "topology", "nothing is declared");
      assertFinding(findings, Severity.ERROR, "submitting", "warren.tasks");
    }
  }

  @Test
  void whatWaitsWithoutAServerIsNamed() throws Exception {
    try (VirtualHost host = shared.broker().createVirtualHost("doctor-waits")) {
      new Declarer(connections(host))
          .apply(
              Topology.fleet()
                  .and(Topology.workQueue("cpu"))
                  .and(Topology.outcomes())
                  .and(Topology.type("cpu", "crunch")));
      announce(
          host,
          type("crunch", "cpu", Duration.ofHours(2)),
          type("unbound", "cpu", Duration.ofSeconds(1)));
      publish(host, TopologyNames.TASKS, "cpu.crunch");
      publish(host, TopologyNames.DEAD, "told.cpu");
      publish(host, TopologyNames.DEAD, "broker.cpu");
      publish(host, TopologyNames.DEAD, "told.gone");
      publish(host, TopologyNames.EVENTS, "outcome.cpu.-");

      List<Finding> findings = check(host);

      assertFinding(findings, Severity.WARNING, "queue cpu", "1 tasks wait and no worker");
      assertFinding(findings, Severity.NOTE, "dead tasks", "1 in queue cpu");
      assertFinding(findings, Severity.WARNING, "dead inbox", "1 tasks");
      assertFinding(findings, Severity.WARNING, "unrouted", TopologyNames.UNROUTED);
      assertFinding(findings, Severity.WARNING, "outcomes", "no gateway");
      assertFinding(findings, Severity.ERROR, "bindings", "cpu.unbound");
      assertThat(findings)
          .noneMatch(
              finding -> finding.what().equals("topology") && finding.severity() == Severity.ERROR);
    }
  }

  @Test
  void aDifferentArgumentAndAMissingQueueAreNamed() throws Exception {
    try (VirtualHost host = shared.broker().createVirtualHost("doctor-differs")) {
      Connections connections = connections(host);
      new Declarer(connections).apply(Topology.fleet());
      try (Connection connection = host.connect("test");
          Channel channel = connection.createChannel()) {
        channel.queueDeclare(
            "warren.q.default", true, false, false, Map.of("x-queue-type", "quorum"));
      }
      host.deleteQueue(TopologyNames.UNROUTED);

      List<Finding> findings = check(host);

      assertFinding(findings, Severity.ERROR, "topology", "queue warren.q.default: x-");
      assertFinding(findings, Severity.ERROR, "topology", "missing: queue warren.unrouted");
    }
  }

  @Test
  @Tag("node")
  void anAlarmIsSeenWithAndWithoutTheManagementApi() {
    new Declarer(connections(shared)).apply(Topology.fleet());
    try (Alarm alarm = shared.broker().raiseMemoryAlarm()) {
      assertThat(alarm).isNotNull();
      Optional<URI> management = Optional.of(shared.broker().managementUri());
      for (Optional<URI> known : List.of(management, Optional.<URI>empty())) {
        List<Finding> findings =
            new Doctor(connections(shared), known, Defaults.CONSUMER_TIMEOUT).check();

        assertFinding(findings, Severity.ERROR, "alarms", "memory");
      }
    }
  }

  @Test
  void aUserWithoutPermissionsLearnsWhichAreNeeded() {
    new Declarer(connections(shared)).apply(Topology.fleet());
    BrokerSettings user = BrokerSettings.of(shared.createUser(Permissions.NONE));

    List<Finding> findings =
        new Doctor(connections(user), Optional.empty(), Defaults.CONSUMER_TIMEOUT).check();

    assertFinding(findings, Severity.ERROR, "submitting", "refused");
    assertThat(findings)
        .filteredOn(finding -> finding.what().equals("submitting"))
        .allSatisfy(
            finding -> assertThat(finding.howToMend()).contains("rabbitmqctl set_permissions"));
    assertFinding(findings, Severity.WARNING, "waiting", "may not declare");
    assertFinding(findings, Severity.WARNING, "task types", "no permission");
  }

  @Test
  void aRefusedLoginIsTheOnlyFinding() {
    BrokerSettings wrong =
        BrokerSettings.of(shared.uri()).withCredentials("nobody", Secret.of("wr0ng"));

    List<Finding> findings =
        new Doctor(connections(wrong), Optional.empty(), Defaults.CONSUMER_TIMEOUT).check();

    assertThat(findings).hasSize(1);
    assertFinding(findings, Severity.ERROR, "connection", "refused the login of user 'nobody'");
    assertThat(findings.toString()).doesNotContain("wr0ng");
  }

  @Test
  void aWrongManagementAddressIsANote() {
    new Declarer(connections(shared)).apply(Topology.fleet());
    URI amqpPort = URI.create("http://127.0.0.1:" + BrokerSettings.of(shared.uri()).port());

    List<Finding> findings =
        new Doctor(connections(shared), Optional.of(amqpPort), Defaults.CONSUMER_TIMEOUT).check();

    assertFinding(findings, Severity.NOTE, "management API", "no answer from 127.0.0.1");
  }

  @Test
  void timeLimitsAreComparedWithTheConsumerTimeoutWhereWorkersCannotSetIt() {
    List<TypeAnnouncement> types =
        List.of(
            type("short", "default", Duration.ofMinutes(24)),
            type("long", "default", Duration.ofMinutes(25)));
    Optional<BrokerVersion> old = Optional.of(new BrokerVersion(3, 10, 8));
    Optional<BrokerVersion> recent = Optional.of(new BrokerVersion(4, 3, 0));
    Duration halfHour = Duration.ofMinutes(30);

    assertThat(TimeLimitCheck.of(types, halfHour, old))
        .singleElement()
        .satisfies(
            finding -> assertThat(finding.detail()).contains("type long may run 25m", "after 30m"));
    assertThat(TimeLimitCheck.of(types, Duration.ofHours(1), old))
        .allMatch(finding -> finding.severity() == Severity.OK);
    assertThat(TimeLimitCheck.of(types, halfHour, recent))
        .allMatch(finding -> finding.severity() == Severity.OK);
  }

  @Test
  void oldVersionsAreToldWhatTheyLack() {
    assertThat(VersionCheck.of(Optional.empty()).getFirst().severity()).isEqualTo(Severity.WARNING);
    assertThat(VersionCheck.of(Optional.of(new BrokerVersion(3, 9, 0))).getFirst().severity())
        .isEqualTo(Severity.ERROR);
    assertThat(VersionCheck.of(Optional.of(new BrokerVersion(3, 10, 8))).getFirst())
        .matches(finding -> finding.severity() == Severity.NOTE)
        .matches(finding -> finding.detail().contains("priorities"));
    assertThat(VersionCheck.of(Optional.of(new BrokerVersion(4, 0, 5))).getFirst().severity())
        .isEqualTo(Severity.NOTE);
    assertThat(VersionCheck.of(Optional.of(new BrokerVersion(4, 3, 6))).getFirst().severity())
        .isEqualTo(Severity.OK);
  }
}
