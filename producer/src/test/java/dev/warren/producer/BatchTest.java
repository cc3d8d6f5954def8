package dev.warren.producer;

import static dev.warren.producer.TestFleet.BROKEN;
import static dev.warren.producer.TestFleet.ECHO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import dev.warren.api.GatewayRequiredException;
import dev.warren.api.Outcome;
import dev.warren.api.SendDeadlineException;
import dev.warren.api.SubmitOptions;
import dev.warren.api.TaskId;
import dev.warren.api.TaskRefusedException;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.connection.ProcessName;
import dev.warren.engine.topology.Declarer;
import dev.warren.engine.topology.Topology;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.BatchClosed;
import dev.warren.engine.wire.BatchOpened;
import dev.warren.engine.wire.Event;
import dev.warren.engine.wire.EventCodec;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.producer.TestFleet.Word;
import dev.warren.testkit.Broker;
import dev.warren.testkit.FaultProxy;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@RabbitMq
class BatchTest {
  private static final Duration AMPLE = Duration.ofSeconds(30);

  private final VirtualHost host;
  private final List<Event> gathered = new ArrayList<>();
  private @TempDir Path cache = Path.of("");
  private TestFleet fleet;
  private WarrenClient client;

  BatchTest(VirtualHost host) {
    this.host = host;
  }

  @BeforeEach
  void connect() throws IOException, TimeoutException {
    new Declarer(new Connections(BrokerSettings.of(host.uri()), ProcessName.of("test-gateway")))
        .apply(Topology.fleet().and(Topology.outcomes()));
    try (Connection connection = host.connect("purge");
        Channel channel = connection.createChannel()) {
      channel.queuePurge(TopologyNames.OUTCOMES);
    }
    fleet = new TestFleet(host);
    client = builder().connect();
  }

  private ClientBuilder builder() {
    return WarrenClient.builder().broker(host.uri()).typeCache(cache);
  }

  @AfterEach
  void close() {
    fleet.close();
    client.close();
  }

  /** What a gateway would have read of one batch, once there is so much. */
  private List<Event> events(String batch, int count) {
    List<Event> found = new ArrayList<>();
    await()
        .atMost(AMPLE)
        .untilAsserted(
            () -> {
              take();
              found.clear();
              gathered.stream().filter(event -> batch.equals(batchOf(event))).forEach(found::add);
              assertThat(found).hasSizeGreaterThanOrEqualTo(count);
            });
    return found;
  }

  private void take() throws IOException, TimeoutException {
    try (Connection connection = host.connect("gateway");
        Channel channel = connection.createChannel()) {
      for (GetResponse message = channel.basicGet(TopologyNames.OUTCOMES, true);
          message != null;
          message = channel.basicGet(TopologyNames.OUTCOMES, true)) {
        gathered.addAll(
            EventCodec.read(
                message.getBody(),
                unreadable -> {
                  throw unreadable;
                }));
      }
    }
  }

  private static String batchOf(Event event) {
    return switch (event) {
      case BatchOpened opened -> opened.batch();
      case BatchClosed closed -> closed.batch();
      case OutcomeEvent outcome -> String.valueOf(outcome.lineage().batch());
      default -> "";
    };
  }

  private static List<Long> endedIndexes(List<Event> events) {
    return events.stream()
        .filter(OutcomeEvent.class::isInstance)
        .map(event -> ((OutcomeEvent) event).lineage().batchIndex())
        .distinct()
        .sorted()
        .toList();
  }

  private static List<Long> closedWith(List<Event> events) {
    return events.stream()
        .filter(BatchClosed.class::isInstance)
        .map(event -> ((BatchClosed) event).members())
        .toList();
  }

  @Test
  void gatewaysHearOfTheBatchItsMembersAndHowManyTheyAre() {
    String id;
    try (Batch batch = client.openBatch("words of a test")) {
      id = batch.id();
      assertThat(batch.add(ECHO, new Word("zero")).await(AMPLE)).isEqualTo(new Word("zero"));
      assertThat(batch.addAsync(BROKEN, new Word("one"), SubmitOptions.DEFAULT))
          .succeedsWithin(AMPLE);
      assertThat(batch.add(RawTask.of("echo", JsonText.of("{\"word\":\"two\"}"))).queue())
          .isEqualTo("default");
      assertThat(batch.confirmed()).isEqualTo(3);
      assertThat(batch.seal().id()).isEqualTo(id);
      assertThat(batch.seal().id()).isEqualTo(id);
    }

    List<Event> events = events(id, 5);
    assertThat(events).hasSize(5);
    assertThat(events)
        .filteredOn(BatchOpened.class::isInstance)
        .singleElement()
        .satisfies(
            opened ->
                assertThat(((BatchOpened) opened).description()).isEqualTo("words of a test"));
    assertThat(endedIndexes(events)).containsExactly(0L, 1L, 2L);
    assertThat(closedWith(events)).containsExactly(3L);
    assertThat(events)
        .filteredOn(
            event ->
                event instanceof OutcomeEvent outcome && outcome.status() == Outcome.Status.DEAD)
        .hasSize(1);
  }

  @Test
  void aStreamOfMembersKeepsItsOrder() {
    try (Batch batch = client.openBatch("");
        Stream<RawHandle> handles =
            batch.addAll(
                Stream.iterate(0, number -> number < 2_500, number -> number + 1)
                    .map(
                        number ->
                            RawTask.of("echo", JsonText.of("{\"word\":\"" + number + "\"}"))))) {
      assertThat(handles.count()).isEqualTo(2_500);
      assertThat(batch.next()).isEqualTo(2_500);
      batch.seal();
      List<Event> events = events(batch.id(), 2_502);
      assertThat(endedIndexes(events)).hasSize(2_500);
      assertThat(closedWith(events)).containsExactly(2_500L);
    }
  }

  @Test
  void whereNoGatewayHasEverRunABatchCannotBeOpened(Broker broker) {
    try (VirtualHost bare = broker.createVirtualHost("bare")) {
      new Declarer(new Connections(BrokerSettings.of(bare.uri()), ProcessName.of("test")))
          .apply(Topology.fleet());
      try (WarrenClient alone = builder().broker(bare.uri()).connect()) {
        assertThatThrownBy(() -> alone.openBatch("x"))
            .isInstanceOf(GatewayRequiredException.class)
            .hasMessageContaining("no gateway")
            .hasMessageContaining("warren up");
      }
    }
  }

  @Test
  void aRefusedMemberIsNotCounted() {
    try (Batch batch = client.openBatch("with a gap")) {
      batch.add(ECHO, new Word("zero"));
      assertThatThrownBy(() -> batch.add(RawTask.of("nobody.knows", JsonText.of("{}"))))
          .isInstanceOf(TaskRefusedException.class);
      assertThatThrownBy(() -> batch.add(RawTask.of("echo", JsonText.of("{"))))
          .hasMessageContaining("not JSON");
      batch.add(ECHO, new Word("three"));
      batch.seal();
      List<Event> events = events(batch.id(), 4);
      assertThat(endedIndexes(events)).containsExactly(0L, 3L);
      assertThat(closedWith(events)).containsExactly(2L);
    }
  }

  @Test
  void whatIsClosedHalfFilledIsNotSealedAndCanBeResumed() {
    Batch first = client.openBatch("interrupted");
    first.add(ECHO, new Word("zero"));
    first.add(ECHO, new Word("one"));
    first.close();
    assertThatThrownBy(() -> first.add(ECHO, new Word("late")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("resume");
    assertThatThrownBy(first::seal).isInstanceOf(IllegalStateException.class);
    assertThat(closedWith(events(first.id(), 3))).isEmpty();

    try (Batch second = client.resumeBatch(first.id(), first.next())) {
      second.add(ECHO, new Word("two"));
      second.seal();
      assertThatThrownBy(() -> second.add(ECHO, new Word("late")))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("sealed");
    }
    List<Event> events = events(first.id(), 5);
    assertThat(endedIndexes(events)).containsExactly(0L, 1L, 2L);
    assertThat(closedWith(events)).containsExactly(3L);
  }

  @Test
  void aMemberThatIsAddedAgainCountsOnce() {
    try (Batch batch = client.resumeBatch(TaskId.next().toString(), 0)) {
      RawTask task =
          RawTask.of("echo", JsonText.of("{\"word\":\"same\"}"))
              .withOptions(SubmitOptions.DEFAULT.withId(TaskId.next()));
      batch.count(0);
      batch.addAsync(1, task).toCompletableFuture().join();
      batch.addAsync(1, task).toCompletableFuture().join();
      assertThat(batch.confirmed()).isEqualTo(2);
      assertThat(batch.next()).isEqualTo(2);
    }
  }

  @Test
  void aMemberOfUnknownFateIsSubmittedAgainBeforeTheBatchIsSealed() {
    try (FaultProxy proxy = FaultProxy.to(host.uri());
        WarrenClient hasty =
            builder()
                .broker(proxy.uri())
                .waiting(false)
                .sendDeadline(Duration.ofSeconds(1))
                .connect()) {
      Batch batch = hasty.openBatch("with a stalled network");
      batch.add(ECHO, new Word("zero"));
      proxy.stall();
      assertThatThrownBy(
              () ->
                  batch
                      .addAsync(ECHO, new Word("one"), SubmitOptions.DEFAULT)
                      .toCompletableFuture()
                      .join())
          .isInstanceOf(CompletionException.class)
          .hasCauseInstanceOf(SendDeadlineException.class);
      assertThatThrownBy(batch::seal)
          .isInstanceOf(SendDeadlineException.class)
          .hasMessageContaining("not sealed")
          .hasMessageContaining("of 1 member");
      proxy.restore();
      await().atMost(AMPLE).ignoreExceptions().until(() -> batch.seal().id().equals(batch.id()));
      List<Event> events = events(batch.id(), 4);
      assertThat(endedIndexes(events)).containsExactly(0L, 1L);
      assertThat(closedWith(events)).containsOnly(2L);
    }
  }
}
