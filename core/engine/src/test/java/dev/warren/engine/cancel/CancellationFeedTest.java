package dev.warren.engine.cancel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.connection.ProcessName;
import dev.warren.engine.publish.Outgoing;
import dev.warren.engine.publish.PublishResult;
import dev.warren.engine.publish.Publisher;
import dev.warren.engine.topology.Declarer;
import dev.warren.engine.topology.Topology;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.Cancellation;
import dev.warren.engine.wire.CancellationCodec;
import dev.warren.engine.wire.TaskMessage;
import dev.warren.testkit.Permissions;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

@RabbitMq
class CancellationFeedTest {
  private static final Logger LOG = LoggerFactory.getLogger(CancellationFeedTest.class);
  private static final Duration AMPLE = Duration.ofSeconds(60);

  private final VirtualHost host;
  private final Connections connections;
  private final Publisher publisher;
  private final AtomicInteger changes = new AtomicInteger();

  CancellationFeedTest(VirtualHost host) {
    this.host = host;
    this.connections = new Connections(BrokerSettings.of(host.uri()), ProcessName.of("test"));
    this.publisher = new Publisher("test-publisher", () -> connections.open("publish"), 2_000);
  }

  @BeforeEach
  void declare() {
    new Declarer(connections).apply(Topology.fleet());
    publisher.start();
  }

  @AfterEach
  void close() {
    publisher.close();
  }

  private CancellationFeed started(Connections from) {
    CancellationFeed feed =
        new CancellationFeed(
            from, Clock.systemUTC(), CancellationFeed.DEFAULT_PATIENCE, changes::incrementAndGet);
    feed.start();
    return feed;
  }

  private static void awaitCurrent(CancellationFeed feed) {
    await().atMost(AMPLE).until(() -> feed.notCurrent().isEmpty());
  }

  private CompletableFuture<PublishResult> send(JsonText body) {
    Cancellation any = new Cancellation.OfBatch("any", Instant.now(), "");
    return publisher.publish(
        new Outgoing(
            TopologyNames.CANCELLATIONS, "", CancellationCodec.properties(any, "test"), body, true),
        AMPLE);
  }

  private void cancel(TaskId task) {
    Cancellation entry = new Cancellation.OfTask(task, 1, Instant.now(), "");
    assertThat(send(CancellationCodec.write(entry)).join()).isEqualTo(PublishResult.CONFIRMED);
  }

  private static boolean knows(CancellationFeed feed, TaskId task) {
    return feed.known()
        .cover(TaskMessage.of(task, "echo", "default", JsonText.EMPTY_OBJECT, Instant.now()));
  }

  @Test
  void whatWasCancelledBeforeIsKnownWhenItIsCurrentAndWhatComesLaterIsHeard() {
    TaskId before = TaskId.next();
    TaskId after = TaskId.next();
    cancel(before);
    try (CancellationFeed feed = started(connections)) {
      awaitCurrent(feed);
      assertThat(knows(feed, before)).isTrue();
      assertThat(knows(feed, after)).isFalse();
      int told = changes.get();

      cancel(after);

      await().atMost(AMPLE).until(() -> knows(feed, after) && changes.get() > told);
      assertThat(feed.overdue()).isFalse();
    }
  }

  @Test
  void anEntryThatCannotBeReadSpoilsNoOther() {
    TaskId task = TaskId.next();
    send(JsonText.of("\"nonsense\"")).join();
    send(JsonText.of("{\"task\":\"7\"}")).join();
    cancel(task);
    try (CancellationFeed feed = started(connections)) {
      awaitCurrent(feed);

      assertThat(knows(feed, task)).isTrue();
    }
  }

  @Test
  void aLostConnectionComesBackAndMissesNothing() {
    TaskId first = TaskId.next();
    TaskId second = TaskId.next();
    cancel(first);
    Connections own = new Connections(BrokerSettings.of(host.uri()), ProcessName.of("lost"));
    try (CancellationFeed feed = started(own)) {
      awaitCurrent(feed);

      host.closeConnections(own.process().text() + " cancellations");
      cancel(second);

      await().atMost(AMPLE).until(() -> knows(feed, second));
      awaitCurrent(feed);
      assertThat(knows(feed, first)).isTrue();
    }
  }

  @Test
  void aStreamThatWasMadeAnewIsReadFromItsBeginning() {
    TaskId old = TaskId.next();
    cancel(TaskId.next());
    cancel(TaskId.next());
    cancel(old);
    try (CancellationFeed feed = started(connections)) {
      awaitCurrent(feed);
      host.deleteQueue(TopologyNames.CANCELLATIONS);
      await().atMost(AMPLE).until(() -> feed.notCurrent().isPresent());
      new Declarer(connections).apply(Topology.fleet());
      TaskId young = TaskId.next();
      cancel(young);

      await().atMost(AMPLE).until(() -> knows(feed, young));
      awaitCurrent(feed);
      assertThat(knows(feed, old)).isTrue();
    }
  }

  @Test
  void whoMayNotReadIsNeverCurrentAndSaysWhy() {
    URI stranger = host.createUser(Permissions.of("^$", ".*", "^$"));
    Connections from = new Connections(BrokerSettings.of(stranger), ProcessName.of("stranger"));
    try (CancellationFeed feed = started(from)) {
      await().atMost(AMPLE).until(() -> feed.notCurrent().orElse("").contains("may not read"));

      assertThat(feed.overdue()).isTrue();
      assertThat(feed.notCurrent().orElse("")).contains(TopologyNames.CANCELLATIONS);
    }
  }

  @Test
  void hundredsOfThousandsAreReadBeforeItIsCurrent() {
    int count = 200_000;
    List<CompletableFuture<PublishResult>> sent = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Cancellation entry = new Cancellation.OfTask(TaskId.next(), 1, Instant.now(), "test");
      sent.add(send(CancellationCodec.write(entry)));
    }
    assertThat(sent).allMatch(each -> each.join() instanceof PublishResult.Confirmed);
    long started = System.nanoTime();
    try (CancellationFeed feed = started(connections)) {
      awaitCurrent(feed);

      LOG.info(
          "read {} cancellations in {} ms",
          feed.known().size(),
          (System.nanoTime() - started) / 1_000_000);
      assertThat(feed.known().size()).isGreaterThanOrEqualTo(count);
    }
  }
}
