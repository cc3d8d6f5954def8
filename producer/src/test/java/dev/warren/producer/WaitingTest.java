package dev.warren.producer;

import static dev.warren.producer.TestFleet.ECHO;
import static dev.warren.producer.TestFleet.HELD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.api.AccessDeniedException;
import dev.warren.api.AwaitTimeoutException;
import dev.warren.api.Outcome;
import dev.warren.api.SendDeadlineException;
import dev.warren.api.SubmitOptions;
import dev.warren.api.TaskHandle;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.EventCodec;
import dev.warren.engine.wire.Lineage;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.producer.TestFleet.Word;
import dev.warren.testkit.FaultProxy;
import dev.warren.testkit.Permissions;
import dev.warren.testkit.QueueView;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@RabbitMq
class WaitingTest {
  private static final Duration AMPLE = Duration.ofSeconds(30);

  private final VirtualHost host;
  private @TempDir Path cache = Path.of("");
  private TestFleet fleet;
  private WarrenClient client;

  WaitingTest(VirtualHost host) {
    this.host = host;
  }

  /** What a client that could not reach the broker any more has left to expire. */
  private Set<String> leftBefore = Set.of();

  @BeforeEach
  void connect() {
    leftBefore = waitingQueues().stream().map(QueueView::name).collect(Collectors.toSet());
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

  private List<QueueView> waitingQueues() {
    return host.queues().stream()
        .filter(queue -> queue.name().startsWith("warren.wait."))
        .filter(queue -> !leftBefore.contains(queue.name()))
        .toList();
  }

  private String clientConnection(String purpose) {
    return client.connections().process().text() + " " + purpose;
  }

  @Test
  void theWaitingQueueIsThereFromTheFirstTaskToTheEndOfTheClient() {
    assertThat(waitingQueues()).isEmpty();
    client.submit(ECHO, new Word("x")).await(AMPLE);
    client.submit(ECHO, new Word("y")).await(AMPLE);

    assertThat(waitingQueues())
        .singleElement()
        .satisfies(
            queue -> {
              assertThat(queue.name()).matches("warren\\.wait\\.[0-9a-f]{32}");
              assertThat(queue.durable()).isTrue();
              assertThat(queue.exclusive()).isFalse();
              assertThat(queue.arguments()).containsEntry("x-expires", 300_000);
            });
    client.close();
    assertThat(waitingQueues()).isEmpty();
  }

  @Test
  void aClientThatDoesNotWaitDeclaresNothingAndAsksForNothing() {
    try (WarrenClient quiet = builder().waiting(false).connect()) {
      TaskHandle<Word> handle = quiet.submit(ECHO, new Word("quiet"));
      Awaitility.await().until(() -> fleet.runs.containsKey("quiet"));

      assertThat(waitingQueues()).isEmpty();
      assertThatThrownBy(() -> handle.await(AMPLE))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("does not wait");
    }
  }

  @Test
  void outcomesThatComeWhileTheConnectionIsAwayAreNotLost() {
    List<TaskHandle<Word>> handles = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      handles.add(client.submit(HELD, new Word("held" + i)));
    }
    fleet.gate.release(40);
    host.closeConnections(clientConnection("wait"));
    fleet.gate.release(60);

    for (int i = 0; i < 100; i++) {
      assertThat(handles.get(i).await(AMPLE)).isEqualTo(new Word("held" + i));
    }
  }

  @Test
  void aWaitingQueueThatSomebodyDeletedIsDeclaredAgain() {
    client.submit(ECHO, new Word("before")).await(AMPLE);
    String queue = waitingQueues().getFirst().name();
    host.deleteQueue(queue);
    Awaitility.await().until(() -> !waitingQueues().isEmpty());

    Awaitility.await()
        .atMost(AMPLE)
        .until(
            () ->
                host.bindings().stream()
                    .anyMatch(
                        b ->
                            b.toString().contains(queue)
                                && b.toString().contains("warren.events")));
    assertThat(waitingQueues().getFirst().name()).isEqualTo(queue);
    assertThat(client.submit(ECHO, new Word("after")).await(AMPLE)).isEqualTo(new Word("after"));
  }

  @Test
  void duplicatesAndUnreadableEventsAreDropped() {
    AtomicInteger completions = new AtomicInteger();
    TaskHandle<Word> handle = client.submit(HELD, new Word("real"));
    CompletableFuture<Outcome<Word>> seen =
        handle
            .outcome()
            .whenComplete((outcome, failure) -> completions.incrementAndGet())
            .toCompletableFuture();
    String token = waitingQueues().getFirst().name().substring("warren.wait.".length());
    byte[] first = EventCodec.join(List.of(outcome(handle, "{\"word\":\"first\"}"))).bytes();
    byte[] second = EventCodec.join(List.of(outcome(handle, "{\"word\":\"second\"}"))).bytes();
    publishEvent(token, "this is no JSON".getBytes(StandardCharsets.UTF_8));
    publishEvent(
        token,
        "[{\"event\":\"outcome\"},{\"event\":\"from.the.future\"}]"
            .getBytes(StandardCharsets.UTF_8));
    publishEvent(token, first);
    publishEvent(token, second);

    assertThat(seen.join()).isEqualTo(new Outcome.Succeeded<>(new Word("first")));
    fleet.gate.release();
    assertThat(client.submit(ECHO, new Word("next")).await(AMPLE)).isEqualTo(new Word("next"));
    assertThat(completions).hasValue(1);
  }

  private void publishEvent(String token, byte[] body) {
    host.publish(
        TopologyNames.EVENTS,
        "outcome.default." + token,
        new BasicProperties.Builder().deliveryMode(2).build(),
        body);
  }

  private static JsonText outcome(TaskHandle<?> task, String result) {
    return EventCodec.write(
        new OutcomeEvent(
            task.id(),
            1,
            "held",
            "default",
            1,
            "somebody",
            "virtual",
            Instant.now(),
            null,
            Instant.now(),
            Outcome.Status.SUCCEEDED,
            JsonText.of(result),
            null,
            Lineage.of(task.id()),
            false));
  }

  @Test
  void aCallbackOfAnOutcomeMaySubmitButNotWaitForAnother() {
    CompletableFuture<TaskHandle<Word>> next =
        client
            .submit(ECHO, new Word("one"))
            .outcome()
            .thenApply(outcome -> client.submit(ECHO, new Word("two")))
            .toCompletableFuture();
    assertThat(next.join().await(AMPLE)).isEqualTo(new Word("two"));

    TaskHandle<Word> held = client.submit(HELD, new Word("held"));
    CompletableFuture<Word> forbidden =
        client
            .submit(HELD, new Word("one"))
            .outcome()
            .thenApply(outcome -> held.await(AMPLE))
            .toCompletableFuture();
    fleet.gate.release(2);
    assertThatThrownBy(forbidden::join)
        .isInstanceOf(CompletionException.class)
        .hasMessageContaining("wait for itself");
  }

  @Test
  void closingFailsWhatIsStillAwaitedAndLeavesNoThread() {
    List<String> before = ClientThreads.alive();
    WarrenClient other = builder().connect();
    TaskHandle<Word> handle = other.submit(HELD, new Word("never"));
    other.submitAsync(ECHO, new Word("x"), SubmitOptions.DEFAULT).toCompletableFuture().join();
    other.close();

    assertThatThrownBy(() -> handle.await(AMPLE))
        .isInstanceOf(AwaitTimeoutException.class)
        .hasMessageContaining("closed before the outcome");
    ClientThreads.requireNoneBut(before);
  }

  @Test
  void closingEndsInTimeAlsoWhereTheBrokerHasFallenSilent() {
    List<String> before = ClientThreads.alive();
    try (FaultProxy proxy = FaultProxy.to(host.uri())) {
      WarrenClient cut =
          builder().broker(proxy.uri()).sendDeadline(Duration.ofSeconds(1)).connect();
      assertThat(cut.submit(ECHO, new Word("x")).await(AMPLE)).isEqualTo(new Word("x"));
      proxy.stall();
      assertThatThrownBy(() -> cut.submit(ECHO, new Word("y")))
          .isInstanceOf(SendDeadlineException.class);

      Instant begin = Instant.now();
      cut.close();
      assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(40));
      ClientThreads.requireNoneBut(before);
    }
  }

  @Test
  void aProducersLeastPermissionsAreEnough() {
    URI user =
        host.createUser(
            Permissions.of(
                    "^warren\\.wait\\..*",
                    "^warren\\.(tasks|delay\\..*|wait\\..*)$",
                    "^warren\\.(wait\\..*|events|registry)$")
                .withTopic("warren.events", "^$", "^[^.]*\\.[^.]*\\.[0-9a-f]{32}$"));
    try (WarrenClient least = builder().broker(user).connect()) {
      assertThat(least.submit(ECHO, new Word("x")).await(AMPLE)).isEqualTo(new Word("x"));
    }
  }

  @Test
  void aUserWhoMayNotWaitIsToldAndMayStillSubmit() {
    URI user = host.createUser(Permissions.of("^$", "^warren\\.(tasks|delay\\..*)$", "^$"));
    try (WarrenClient waiting = builder().broker(user).connect();
        WarrenClient quiet = builder().broker(user).waiting(false).connect()) {
      assertThatThrownBy(() -> waiting.submit(ECHO, new Word("x")))
          .isInstanceOf(AccessDeniedException.class)
          .hasMessageContaining("cannot wait for outcomes");
      quiet.submit(ECHO, new Word("mute"));
      Awaitility.await().atMost(AMPLE).until(() -> fleet.runs.containsKey("mute"));
    }
  }
}
