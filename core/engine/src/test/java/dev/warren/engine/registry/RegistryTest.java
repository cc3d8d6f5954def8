package dev.warren.engine.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.warren.api.Lane;
import dev.warren.api.TaskType;
import dev.warren.api.TopologyMismatchException;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.connection.ProcessName;
import dev.warren.engine.connection.StreamReplay;
import dev.warren.engine.topology.Declarer;
import dev.warren.engine.topology.Topology;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.testkit.ConsumerView;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@RabbitMq
class RegistryTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

  record Words(String text) {}

  private final VirtualHost host;
  private Connections connections;
  @TempDir private Path folder;

  RegistryTest(VirtualHost host) {
    this.host = host;
    this.connections = connections(host);
  }

  private static Connections connections(VirtualHost host) {
    return new Connections(BrokerSettings.of(host.uri()), ProcessName.of("test"));
  }

  private static TypeAnnouncement type(String name, String queue) {
    return TypeAnnouncement.of(
        TaskType.of(name, Words.class, Integer.class)
            .with(options -> options.withQueue(queue))
            .describedAs("Counts words."),
        Lane.THREADS,
        "1.0",
        "warren-worker@here:1",
        NOON);
  }

  private static TypeAnnouncement renamed(TypeAnnouncement like, String name) {
    return new TypeAnnouncement(
        name,
        like.queue(),
        like.lane(),
        like.description(),
        like.argumentsSchema(),
        like.resultSchema(),
        like.timeLimit(),
        like.maxAttempts(),
        like.version(),
        like.process(),
        like.at(),
        like.guest());
  }

  private void announce(Instant at, TypeAnnouncement... types) {
    try (Announcer announcer =
        new Announcer(connections, List.of(types), Clock.fixed(at, ZoneOffset.UTC))) {
      announcer.announce();
    }
  }

  @BeforeEach
  void declare() {
    new Declarer(connections).apply(Topology.fleet());
  }

  @Test
  void theLatestAnnouncementOfEachTypeIsRead() {
    try (VirtualHost own = host.broker().createVirtualHost("registry-latest")) {
      connections = connections(own);
      declare();
      RegistryReader reader = new RegistryReader(connections);
      assertThat(reader.read(LIMIT)).isEmpty();

      announce(NOON, type("text.wordcount", "cpu"), type("echo", "default"));
      announce(NOON.plusSeconds(60), type("text.wordcount", "big"));
      announce(NOON.minusSeconds(60), type("text.wordcount", "old"));

      assertThat(reader.read(LIMIT))
          .containsExactly(
              type("echo", "default"), type("text.wordcount", "big").at(NOON.plusSeconds(60)));
    }
  }

  @Test
  void aTypeStaysInItsOwnQueueWhileThatIsServedWhoeverElseRunsIt() {
    TypeAnnouncement atHome = type("echo", "default");
    TypeAnnouncement guest = atHome.in("commands");

    assertThat(chosen(atHome.at(NOON), guest.at(NOON.plusSeconds(60)))).isEqualTo("default");
    assertThat(chosen(guest.at(NOON), atHome.at(NOON.minusSeconds(60)))).isEqualTo("default");
    assertThat(chosen(guest.at(NOON))).isEqualTo("commands");
    assertThat(chosen(atHome.at(NOON), guest.at(NOON.plus(Duration.ofDays(2)))))
        .as("announcements come daily: nobody serves its own queue any more")
        .isEqualTo("commands");
  }

  private static String chosen(TypeAnnouncement... announced) {
    return RegistryReader.latestOfEach(List.of(announced)).values().iterator().next().queue();
  }

  @Test
  void manyAnnouncementsAndUnreadableOnesAreReadToTheEnd() throws Exception {
    try (VirtualHost own = host.broker().createVirtualHost("registry-many")) {
      connections = connections(own);
      declare();
      TypeAnnouncement echo = type("echo", "default");
      List<TypeAnnouncement> many = new ArrayList<>();
      for (int i = 0; i < 1500; i++) {
        many.add(renamed(echo, "type-" + i));
      }
      announce(NOON, many.toArray(TypeAnnouncement[]::new));
      try (Connection connection = own.connect("test");
          Channel channel = connection.createChannel()) {
        channel.confirmSelect();
        for (String body : List.of("not JSON", "{}", "{\"type\": \"a..b\", \"lane\": \"x\"}")) {
          channel.basicPublish(
              TopologyNames.REGISTRY, "", null, body.getBytes(StandardCharsets.UTF_8));
        }
        channel.waitForConfirmsOrDie(10_000);
      }
      announce(NOON, type("last", "default"));

      assertThat(new RegistryReader(connections).read(LIMIT))
          .hasSize(1501)
          .anyMatch(each -> each.type().equals("last"));
    }
  }

  @Test
  void aHostWithoutRegistrySaysWhatToDo() {
    try (VirtualHost empty = host.broker().createVirtualHost("registry-none")) {
      RegistryReader reader = new RegistryReader(connections(empty));
      assertThatThrownBy(() -> reader.read(LIMIT))
          .isInstanceOf(TopologyMismatchException.class)
          .hasMessageContaining("topology apply")
          .hasMessageContaining(empty.name());
      TypeAnnouncement echo = type("echo", "default");
      try (Announcer announcer = new Announcer(connections(empty), List.of(echo))) {
        assertThatThrownBy(announcer::announce).isInstanceOf(TopologyMismatchException.class);
      }
    }
  }

  @Test
  void theAnnouncerAnnouncesAtItsStartAndWhenAsked() {
    try (VirtualHost own = host.broker().createVirtualHost("registry-announcer")) {
      connections = connections(own);
      RegistryReader reader = new RegistryReader(connections);
      try (Announcer announcer = new Announcer(connections, List.of(type("echo", "default")))) {
        announcer.start();
        // It starts before there is a registry, and tries again by itself.
        declare();
        Awaitility.await().atMost(LIMIT).until(() -> !reader.read(LIMIT).isEmpty());
        Instant first = reader.read(LIMIT).getFirst().at();

        announcer.again();
        Awaitility.await()
            .atMost(LIMIT)
            .until(() -> reader.read(LIMIT).getFirst().at().isAfter(first));
      }
      assertThat(Thread.getAllStackTraces().keySet())
          .noneMatch(thread -> thread.getName().equals("warren-announcer"));
    }
  }

  @Test
  void theCatalogKnowsItsTypesWithoutTheBrokerOnceTheyAreRead() throws Exception {
    try (VirtualHost own = host.broker().createVirtualHost("registry-catalog")) {
      connections = connections(own);
      declare();
      announce(NOON, type("text.wordcount", "cpu"), type("echo", "default"));

      TypeCatalog first = new TypeCatalog(connections, folder.resolve("new"));
      assertThat(first.find("text.wordcount")).map(TypeAnnouncement::queue).contains("cpu");
      assertThat(first.nearest("text.wordcout")).contains("text.wordcount");
      assertThat(first.find("missing")).isEmpty();
    }
    // The virtual host is gone: only the file can answer.
    TypeCatalog second = new TypeCatalog(connections, folder.resolve("new"));
    assertThat(second.cached("echo")).contains(type("echo", "default"));
    assertThat(second.find("echo")).isPresent();
    assertThat(second.all())
        .extracting(TypeAnnouncement::type)
        .containsExactly("echo", "text.wordcount");
    try (var files = Files.list(folder.resolve("new"))) {
      assertThat(files).hasSize(1);
    }
    TypeCatalog other =
        new TypeCatalog(
            new Connections(
                connections.settings().withVirtualHost("another"), connections.process()),
            folder.resolve("new"));
    assertThat(other.cached("echo")).isEmpty();
  }

  @Test
  void aBrokenCacheIsAsGoodAsNone() throws Exception {
    TypeCache cache = TypeCache.in(folder, connections.settings().uri());
    cache.save(List.of(type("echo", "default")));
    assertThat(cache.load()).containsExactly(type("echo", "default"));
    try (var files = Files.list(folder)) {
      Files.writeString(files.findFirst().orElseThrow(), "{ broken");
    }
    assertThat(cache.load()).isEmpty();
    TypeCatalog catalog = new TypeCatalog(limit -> List.of(type("sleep", "default")), cache);
    assertThat(catalog.all()).extracting(TypeAnnouncement::type).containsExactly("sleep");
    assertThat(cache.load()).extracting(TypeAnnouncement::type).containsExactly("sleep");
  }

  @Test
  void whoReadsItIsNamedInTheListOfConsumers() throws Exception {
    new Declarer(connections).apply(Topology.fleet());
    try (Connection connection = connections.open("registry");
        Channel channel = connection.createChannel()) {
      new StreamReplay(channel, TopologyNames.REGISTRY, delivery -> {}).start(() -> {});

      Awaitility.await()
          .atMost(LIMIT)
          .untilAsserted(
              () ->
                  assertThat(host.consumers())
                      .extracting(ConsumerView::tag)
                      .containsExactly(
                          connections.process().text() + " registry " + TopologyNames.REGISTRY));
    }
  }

  @Test
  void theCatalogKnowsEveryQueueOfATypeThatWasAnnouncedLately() {
    try (VirtualHost own = host.broker().createVirtualHost("registry-queues")) {
      connections = connections(own);
      declare();
      announce(NOON, type("echo", "abandoned"));
      announce(NOON.plus(Duration.ofDays(4)), type("echo", "default"));
      announce(NOON.plus(Duration.ofDays(5)), type("echo", "big"), type("sleep", "default"));
      TypeCatalog catalog = new TypeCatalog(connections, folder.resolve("queues"));

      assertThat(catalog.queues("echo")).isEmpty();
      assertThat(catalog.refresh(LIMIT))
          .extracting(TypeAnnouncement::type)
          .containsExactly("echo", "sleep");

      assertThat(catalog.queues("echo")).containsExactlyInAnyOrder("big", "default");
      assertThat(catalog.find("echo")).map(TypeAnnouncement::queue).contains("big");
      assertThat(new TypeCatalog(connections, folder.resolve("queues")).queues("echo"))
          .containsExactlyInAnyOrder("big", "default");
    }
  }
}
