package dev.warren.producer;

import static dev.warren.producer.TestFleet.BROKEN;
import static dev.warren.producer.TestFleet.ECHO;
import static dev.warren.producer.TestFleet.HELD;
import static dev.warren.producer.TestFleet.MOVED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.warren.api.AwaitTimeoutException;
import dev.warren.api.BrokerUnreachableException;
import dev.warren.api.LoginRefusedException;
import dev.warren.api.Outcome;
import dev.warren.api.Priority;
import dev.warren.api.SendDeadlineException;
import dev.warren.api.SubmitOptions;
import dev.warren.api.TaskFailedException;
import dev.warren.api.TaskHandle;
import dev.warren.api.TaskId;
import dev.warren.api.TaskOptions;
import dev.warren.api.TaskRefusedException;
import dev.warren.api.TaskType;
import dev.warren.api.TopologyMismatchException;
import dev.warren.api.WarrenException;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.topology.Declarer;
import dev.warren.engine.topology.Topology;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.EventCodec;
import dev.warren.engine.wire.TaskDelayed;
import dev.warren.producer.TestFleet.Word;
import dev.warren.testkit.Alarm;
import dev.warren.testkit.Broker;
import dev.warren.testkit.FaultProxy;
import dev.warren.testkit.Permissions;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@RabbitMq
class SubmittingTest {
  private static final Duration AMPLE = Duration.ofSeconds(30);

  private final VirtualHost host;
  private @TempDir Path cache = Path.of("");
  private TestFleet fleet;
  private WarrenClient client;

  SubmittingTest(VirtualHost host) {
    this.host = host;
  }

  @BeforeEach
  void connect() {
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

  @Test
  void aSubmittedTaskComesBackWithItsResult() {
    TaskHandle<Word> handle = client.submit(ECHO, new Word("hello"));

    assertThat(handle.await(AMPLE)).isEqualTo(new Word("hello"));
    assertThat(handle.outcome().toCompletableFuture().join())
        .isEqualTo(new Outcome.Succeeded<>(new Word("hello")));
  }

  @Test
  void aDeadTaskFailsTheWaitWithItsReason() {
    TaskHandle<Word> handle = client.submit(BROKEN, new Word("x"));

    TaskFailedException failure =
        catchThrowableOfType(TaskFailedException.class, () -> handle.await(AMPLE));
    assertThat(failure).hasMessageContaining("never works").hasMessageContaining("broken");
    assertThat(failure.task()).isEqualTo(handle.id());
    assertThat(failure.outcome()).isInstanceOf(Outcome.Dead.class);
  }

  @Test
  void aWaitEndsAtItsLimitAndTheTaskGoesOn() {
    TaskHandle<Word> handle = client.submit(HELD, new Word("later"));

    assertThatThrownBy(() -> handle.await(Duration.ofMillis(300)))
        .isInstanceOf(AwaitTimeoutException.class)
        .hasMessageContaining(handle.id().toString())
        .hasMessageContaining("300 ms");
    fleet.gate.release();
    assertThat(handle.await(AMPLE)).isEqualTo(new Word("later"));
  }

  @Test
  void aMisspeltTypeIsRefusedWithTheNameThatWasMeant() {
    assertThatThrownBy(
            () -> client.submit(TaskType.of("ecco", Word.class, Word.class), new Word("x")))
        .isInstanceOfSatisfying(
            TaskRefusedException.class,
            refused ->
                assertThat(refused.reason()).isEqualTo(TaskRefusedException.Reason.UNKNOWN_TYPE))
        .hasMessageContaining("'ecco'")
        .hasMessageContaining("queue 'default'")
        .hasMessageContaining("did you mean 'echo'?");
  }

  @Test
  void aTypeThatIsClosedIsRefusedWithHowToOpenIt() {
    assertThatThrownBy(
            () -> client.submit(TaskType.of("exec", Word.class, Word.class), new Word("x")))
        .isInstanceOf(TaskRefusedException.class)
        .hasMessageContaining("no task type 'exec' in queue 'default'")
        .hasMessageContaining("--exec-allow");
  }

  @Test
  void aQueueThatWasChosenStaysChosen() {
    assertThatThrownBy(
            () -> client.submit(ECHO, new Word("x"), SubmitOptions.DEFAULT.withQueue("cpu")))
        .isInstanceOf(TaskRefusedException.class)
        .hasMessageContaining("no task type 'echo' in queue 'cpu'")
        .hasMessageContaining("its workers serve queue 'default'");
  }

  @Test
  void aTypeThatMovedToAnotherQueueIsFoundThereOnTheSecondTry() {
    TaskType<Word, Word> asClientsKnowIt = TaskType.of("moved", Word.class, Word.class);

    assertThat(client.submit(asClientsKnowIt, new Word("found")).await(AMPLE))
        .isEqualTo(new Word("found"));
    assertThat(fleet.runs.get("found")).hasValue(1);
  }

  @Test
  void aTaskWithoutDefinitionGoesToTheQueueThatItsWorkersAnnounced() {
    RawHandle handle =
        client.submit(
            RawTask.of(MOVED.name(), JsonText.of("{\"word\":\"raw\"}")).withOutcomeWanted(true));

    assertThat(handle.queue()).isEqualTo("cpu");
    assertThat(
            handle.outcome().toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join().result())
        .isEqualTo(JsonText.of("{\"word\":\"raw\"}"));
  }

  @Test
  void argumentsThatDoNotFitAreRefusedBeforeTheyAreSent() {
    // Any submission of a raw task teaches the client the registry.
    client.submit(RawTask.of("echo", JsonText.of("{\"word\":\"fits\"}")));

    assertThatThrownBy(() -> client.submit(RawTask.of("echo", JsonText.of("{\"wrod\":\"x\"}"))))
        .isInstanceOfSatisfying(
            TaskRefusedException.class,
            refused ->
                assertThat(refused.reason())
                    .isEqualTo(TaskRefusedException.Reason.INVALID_ARGUMENTS))
        .hasMessageContaining("word")
        .hasMessageContaining("'echo'");
    assertThatThrownBy(() -> client.submit(RawTask.of("echo", JsonText.of("{\"word\":"))))
        .isInstanceOf(WarrenException.class)
        .hasMessageContaining("not JSON");
  }

  @Test
  void argumentsAboveAMegabyteAreRefused() {
    assertThatThrownBy(() -> client.submit(ECHO, new Word("x".repeat(1 << 20))))
        .isInstanceOfSatisfying(
            TaskRefusedException.class,
            refused ->
                assertThat(refused.reason()).isEqualTo(TaskRefusedException.Reason.TOO_LARGE))
        .hasMessageContaining("1048576");
    assertThat(client.submit(ECHO, new Word("x".repeat(1_000_000))).await(AMPLE).word())
        .hasSize(1_000_000);
  }

  @Test
  void aFullQueueRefuses() throws Exception {
    try (Connection connection = host.connect("declare");
        Channel channel = connection.createChannel()) {
      String queue = TopologyNames.work("tiny");
      channel.queueDeclare(
          queue, true, false, false, Map.of("x-max-length", 1, "x-overflow", "reject-publish"));
      channel.queueBind(queue, TopologyNames.TASKS, "tiny." + ECHO.name());
    }
    TaskType<Word, Word> tiny = ECHO.with(options -> options.withQueue("tiny"));
    client.submit(tiny, new Word("fits"));

    assertThatThrownBy(() -> client.submit(tiny, new Word("too many")))
        .isInstanceOfSatisfying(
            TaskRefusedException.class,
            refused -> assertThat(refused.reason()).isEqualTo(TaskRefusedException.Reason.QUEUE))
        .hasMessageContaining("queue 'tiny'")
        .hasMessageContaining("takes no more");
  }

  @Test
  void aDelayedTaskRunsWhenItIsDue() {
    Instant due = Instant.now().plusSeconds(2);
    TaskHandle<Word> handle =
        client.submit(ECHO, new Word("due"), SubmitOptions.DEFAULT.withNotBefore(due));

    assertThat(handle.await(AMPLE)).isEqualTo(new Word("due"));
    assertThat(Instant.now()).isAfterOrEqualTo(due);
  }

  @Test
  void aDelayedSubmissionIsToldAndOneWithoutDelayIsNot() throws Exception {
    try (Connection connection = host.connect("listener");
        Channel channel = connection.createChannel()) {
      String heard = channel.queueDeclare().getQueue();
      channel.queueBind(heard, TopologyNames.EVENTS, "delayed.#");
      Instant due = Instant.now().plusSeconds(600).truncatedTo(ChronoUnit.MILLIS);

      client.submit(ECHO, new Word("at once")).await(AMPLE);
      TaskHandle<Word> later =
          client.submit(ECHO, new Word("later"), SubmitOptions.DEFAULT.withNotBefore(due));

      Awaitility.await().atMost(AMPLE).until(() -> channel.messageCount(heard) > 0);
      assertThat(EventCodec.read(channel.basicGet(heard, true).getBody(), unreadable -> {}))
          .singleElement()
          .isInstanceOfSatisfying(
              TaskDelayed.class,
              told -> {
                assertThat(told.task()).isEqualTo(later.id());
                assertThat(told.dueAt()).isEqualTo(due);
                assertThat(told.queue()).isEqualTo("default");
              });
      assertThat(channel.messageCount(heard)).isZero();
    }
  }

  @Test
  void whoMayNotTellOfDelaysStillSubmitsDelayed() {
    URI quiet =
        host.createUser(
            Permissions.of("^$", "^warren\\.(tasks|delay\\..*)$", "^warren\\.registry$"));
    Instant due = Instant.now().plusSeconds(600);
    try (WarrenClient limited = builder().broker(quiet).waiting(false).connect()) {
      for (int i = 0; i < 20; i++) {
        limited.submit(ECHO, new Word("w" + i), SubmitOptions.DEFAULT.withNotBefore(due));
      }
      limited.submit(ECHO, new Word("at once"));

      Awaitility.await().atMost(AMPLE).until(() -> fleet.runs.containsKey("at once"));
    }
  }

  @Test
  void aDelayedTaskOfATypeThatNobodyAnnouncedIsRefusedBeforeItIsSent() {
    TaskType<Word, Word> misspelt = TaskType.of("ecko", Word.class, Word.class);
    SubmitOptions later = SubmitOptions.DEFAULT.withNotBefore(Instant.now().plusSeconds(600));

    assertThatThrownBy(() -> client.submit(misspelt, new Word("x"), later))
        .isInstanceOfSatisfying(
            TaskRefusedException.class,
            refused ->
                assertThat(refused.reason()).isEqualTo(TaskRefusedException.Reason.UNKNOWN_TYPE))
        .hasMessageContaining("no task type 'ecko' in queue 'default'")
        .hasMessageContaining("did you mean 'echo'?");
    assertThatThrownBy(() -> client.submit(ECHO, new Word("x"), later.withQueue("nowhere")))
        .isInstanceOf(TaskRefusedException.class)
        .hasMessageContaining("its workers serve queue 'default'");
    assertThat(client.submit(misspelt, new Word("x"), later.withUnannounced()).id()).isNotNull();
  }

  @Test
  void aDelayedTaskGoesWhereItsWorkersAre() {
    TaskType<Word, Word> elsewhere = TaskType.of("moved", Word.class, Word.class);

    assertThat(
            client
                .submit(
                    elsewhere,
                    new Word("found"),
                    SubmitOptions.DEFAULT.withNotBefore(Instant.now().plusSeconds(1)))
                .await(AMPLE))
        .isEqualTo(new Word("found"));
  }

  @Test
  void aTypeThatWasAnnouncedSinceTheClientLookedIsTakenDelayed() {
    TaskType<Word, Word> late = TaskType.of("late", Word.class, Word.class);
    SubmitOptions later = SubmitOptions.DEFAULT.withNotBefore(Instant.now().plusSeconds(600));
    assertThatThrownBy(() -> client.submit(late, new Word("x"), later))
        .isInstanceOf(TaskRefusedException.class);

    fleet.announce(late);

    assertThat(client.submit(late, new Word("x"), later).id()).isNotNull();
  }

  @Test
  void whereNobodyCanTellADelayedTaskIsTaken() {
    URI blind = host.createUser(Permissions.of("^$", "^warren\\.(tasks|events|delay\\..*)$", "^$"));
    try (WarrenClient limited =
        builder().broker(blind).typeCache(cache.resolve("blind")).waiting(false).connect()) {
      TaskType<Word, Word> unknown = TaskType.of("ecko", Word.class, Word.class);
      assertThat(
              limited
                  .submit(
                      unknown,
                      new Word("x"),
                      SubmitOptions.DEFAULT.withNotBefore(Instant.now().plusSeconds(600)))
                  .id())
          .isNotNull();
    }
  }

  @Test
  void submissionsUnderOneIdShareTheOutcome() {
    TaskId id = TaskId.next();
    SubmitOptions options = SubmitOptions.DEFAULT.withId(id);
    TaskHandle<Word> first = client.submit(ECHO, new Word("same"), options);
    TaskHandle<Word> second = client.submit(HELD, new Word("same"), options);

    assertThat(first.id()).isEqualTo(id).isEqualTo(second.id());
    assertThat(first.await(AMPLE)).isEqualTo(new Word("same"));
    fleet.gate.release();
    assertThat(second.await(AMPLE)).isEqualTo(new Word("same"));
  }

  @Test
  void manySubmissionsAreInOrderAndReadTheirSourceAsTheyAreRead() {
    AtomicInteger read = new AtomicInteger();
    try (WarrenClient narrow = builder().window(50).connect()) {
      List<TaskHandle<Word>> handles =
          narrow
              .submitAll(
                  ECHO,
                  Stream.generate(() -> new Word("w" + read.getAndIncrement())),
                  SubmitOptions.DEFAULT)
              .limit(500)
              .toList();

      assertThat(read.get()).isBetween(500, 551);
      for (int i = 0; i < 500; i++) {
        assertThat(handles.get(i).await(AMPLE)).isEqualTo(new Word("w" + i));
      }
    }
  }

  @Test
  void aRefusalAmongManyComesInItsTurn() {
    List<String> confirmed = new ArrayList<>();
    assertThatThrownBy(
            () ->
                client
                    .submitAll(
                        ECHO,
                        Stream.of("a", "b", "x".repeat(1 << 20), "c").map(Word::new),
                        SubmitOptions.DEFAULT)
                    .forEach(handle -> confirmed.add(handle.await(AMPLE).word())))
        .isInstanceOf(TaskRefusedException.class);
    assertThat(confirmed).containsExactly("a", "b");
  }

  @Test
  void aStageOfASubmissionMayItselfSubmitAndWait() {
    Word result =
        client
            .submitAsync(ECHO, new Word("first"), SubmitOptions.DEFAULT)
            .thenApply(first -> client.submit(ECHO, first.await(AMPLE)).await(AMPLE))
            .toCompletableFuture()
            .orTimeout(60, TimeUnit.SECONDS)
            .join();

    assertThat(result).isEqualTo(new Word("first"));
  }

  @Test
  void aStageOfASubmissionFailsAsTheSubmissionWould() {
    assertThatThrownBy(
            () ->
                client
                    .submitAsync(
                        TaskType.of("nobody.has.it", Word.class, Word.class),
                        new Word("x"),
                        SubmitOptions.DEFAULT)
                    .toCompletableFuture()
                    .join())
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(TaskRefusedException.class);
    assertThat(
            client
                .submitAsync(ECHO, new Word("x".repeat(1 << 20)), SubmitOptions.DEFAULT)
                .toCompletableFuture())
        .isCompletedExceptionally();
  }

  @Test
  @Tag("node")
  void aBlockedBrokerIsToldWhenTheDeadlinePasses(Broker broker) {
    try (WarrenClient hasty = builder().sendDeadline(Duration.ofSeconds(2)).connect()) {
      Alarm alarm = broker.raiseMemoryAlarm();
      try {
        assertThatThrownBy(() -> hasty.submit(ECHO, new Word("sent before it was told")))
            .isInstanceOf(SendDeadlineException.class)
            .hasMessageContaining("within 2 s")
            .hasMessageContaining("blocked publishers");
        assertThat(hasty.blocked()).isPresent();
        assertThatThrownBy(() -> hasty.submit(ECHO, new Word("held back")))
            .isInstanceOf(BrokerUnreachableException.class)
            .hasMessageContaining("was not sent")
            .hasMessageContaining("blocked publishers");
      } finally {
        alarm.close();
      }
      assertThat(hasty.submit(ECHO, new Word("again")).await(AMPLE)).isEqualTo(new Word("again"));
    }
  }

  @Test
  void aWrongPasswordAndAnEmptyPortFailAtOnce() {
    URI wrong = URI.create(host.uri().toString().replaceFirst("://([^:]+):[^@]+@", "://$1:no@"));
    Instant before = Instant.now();

    assertThatThrownBy(() -> WarrenClient.connect(wrong))
        .isInstanceOf(LoginRefusedException.class)
        .hasMessageContaining("password");
    assertThatThrownBy(() -> WarrenClient.connect(URI.create("amqp://127.0.0.1:1")))
        .isInstanceOf(BrokerUnreachableException.class)
        .hasMessageContaining("127.0.0.1:1");
    assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void aBrokerThatDoesNotAnswerFailsWithinFiveSeconds() {
    try (FaultProxy silent = FaultProxy.to(host.uri())) {
      silent.stall();
      Instant before = Instant.now();
      assertThatThrownBy(() -> WarrenClient.connect(silent.uri()))
          .isInstanceOf(BrokerUnreachableException.class)
          .hasMessageContaining("no answer within 4000 ms");
      assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(5));
    }
  }

  @Test
  void anEmptyVirtualHostIsToldToLackTheTopology(Broker broker) {
    try (VirtualHost empty = broker.createVirtualHost("empty");
        WarrenClient lost = builder().broker(empty.uri()).waiting(false).connect();
        WarrenClient waiting = builder().broker(empty.uri()).connect()) {
      assertThatThrownBy(() -> lost.submit(ECHO, new Word("x")))
          .isInstanceOf(TopologyMismatchException.class)
          .hasMessageContaining("warren.tasks")
          .hasMessageContaining("warren topology apply");
      assertThatThrownBy(() -> waiting.submit(ECHO, new Word("x")))
          .isInstanceOf(TopologyMismatchException.class)
          .hasMessageContaining("warren topology apply");
    }
  }

  @Test
  void aClosedClientSaysSo() {
    client.close();
    client.close();

    assertThatThrownBy(() -> client.submit(ECHO, new Word("x")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void whatASubmissionSaysOfItsTypeIsOnlyWrittenWhereItDiffers() {
    try (WarrenClient quiet = builder().waiting(false).connect()) {
      TaskType<Word, Word> parked =
          ECHO.with(options -> options.withQueue("parked").withPriority(Priority.HIGH));
      declareParked();
      quiet.submit(parked, new Word("x"));
      quiet.submit(
          RawTask.of("echo", JsonText.of("{\"word\":\"y\"}"))
              .withOptions(
                  SubmitOptions.DEFAULT
                      .withQueue("parked")
                      .withTimeLimit(TaskOptions.DEFAULT_TIME_LIMIT)));

      var messages = host.peek(TopologyNames.work("parked"), 10);
      assertThat(messages).hasSize(2);
      assertThat(messages.getFirst().getProps().getPriority()).isEqualTo(8);
      assertThat(messages.getFirst().getProps().getHeaders().keySet())
          .noneMatch(name -> name.startsWith("warren-"));
      // Nobody here knows the type's own limit, so it is said even where it is the usual one.
      assertThat(messages.getLast().getProps().getHeaders()).containsKey("warren-time-limit-ms");
    }
  }

  private void declareParked() {
    new Declarer(fleet.connections())
        .apply(Topology.workQueue("parked").and(Topology.type("parked", "echo")));
  }
}
