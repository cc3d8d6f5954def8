package dev.warren.producer;

import static dev.warren.producer.TestFleet.ECHO;
import static dev.warren.producer.TestFleet.HELD;
import static dev.warren.producer.TestFleet.MOVED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import dev.warren.api.BrokerUnreachableException;
import dev.warren.api.Outcome;
import dev.warren.api.SubmitOptions;
import dev.warren.api.TaskHandle;
import dev.warren.api.TaskId;
import dev.warren.api.TaskRefusedException;
import dev.warren.api.TaskType;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.connection.ProcessName;
import dev.warren.engine.topology.Declarer;
import dev.warren.engine.topology.TopologyMode;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.TaskMessage;
import dev.warren.engine.wire.TaskReader;
import dev.warren.producer.TestFleet.Word;
import dev.warren.testkit.FaultProxy;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tasks that share messages. */
@RabbitMq
class BulkTest {
  private static final Duration AMPLE = Duration.ofSeconds(30);
  private static final String NOBODYS = "nobodys";

  private final VirtualHost host;
  private @TempDir Path cache = Path.of("");
  private TestFleet fleet;
  private WarrenClient client;

  BulkTest(VirtualHost host) {
    this.host = host;
  }

  @BeforeEach
  void connect() throws Exception {
    fleet = new TestFleet(host);
    client = builder().connect();
    new Declarer(new Connections(BrokerSettings.of(host.uri()), ProcessName.of("test")))
        .establish(TopologyMode.APPLY, Map.of(NOBODYS, Set.of("echo")));
    try (Connection connection = host.connect("purge");
        Channel channel = connection.createChannel()) {
      channel.queuePurge(TopologyNames.work(NOBODYS));
    }
  }

  private ClientBuilder builder() {
    return WarrenClient.builder().broker(host.uri()).typeCache(cache);
  }

  @AfterEach
  void close() {
    fleet.close();
    client.close();
  }

  private static Stream<Word> words(int count) {
    return IntStream.range(0, count).mapToObj(i -> new Word("w" + i));
  }

  /** What lies in the queue that nobody serves: the tasks of each message. */
  private List<List<TaskMessage>> messages() throws Exception {
    List<List<TaskMessage>> messages = new ArrayList<>();
    TaskReader reader = new TaskReader(Clock.systemUTC());
    try (Connection connection = host.connect("look");
        Channel channel = connection.createChannel()) {
      for (GetResponse one = channel.basicGet(TopologyNames.work(NOBODYS), true);
          one != null;
          one = channel.basicGet(TopologyNames.work(NOBODYS), true)) {
        messages.add(reader.read(NOBODYS, one.getProps(), one.getBody()));
      }
    }
    return messages;
  }

  @Test
  void manySmallTasksTravelInFewMessagesEachWithItsOwnId() throws Exception {
    SubmitOptions there = SubmitOptions.DEFAULT.withQueue(NOBODYS);
    List<TaskId> submitted =
        client.submitAll(ECHO, words(1_000), there).map(TaskHandle::id).toList();

    List<List<TaskMessage>> messages = messages();
    assertThat(messages).hasSizeLessThan(400);
    assertThat(messages.stream().flatMap(List::stream).map(TaskMessage::id))
        .containsExactlyInAnyOrderElementsOf(submitted);
    assertThat(messages.stream().flatMap(List::stream).map(each -> each.arguments().toString()))
        .containsExactlyInAnyOrderElementsOf(
            words(1_000).map(word -> "{\"word\":\"" + word.word() + "\"}").toList());
    assertThat(messages).allMatch(tasks -> tasks.size() <= ChunkRule.UNKNOWN_TASKS);
  }

  @Test
  void withoutChunksEachTaskHasItsMessage() throws Exception {
    try (WarrenClient plain = builder().chunks(false).connect()) {
      SubmitOptions there = SubmitOptions.DEFAULT.withQueue(NOBODYS);
      assertThat(plain.submitAll(ECHO, words(200), there).count()).isEqualTo(200);
    }

    assertThat(messages()).hasSize(200).allMatch(tasks -> tasks.size() == 1);
  }

  @Test
  void largeTasksTravelAloneAmongSmallOnes() throws Exception {
    SubmitOptions there = SubmitOptions.DEFAULT.withQueue(NOBODYS);
    String large = "x".repeat(ChunkRule.LARGEST_TASK);
    Stream<Word> mixed =
        IntStream.range(0, 300).mapToObj(i -> new Word(i % 10 == 0 ? large : "w" + i));
    assertThat(client.submitAll(ECHO, mixed, there).count()).isEqualTo(300);

    List<List<TaskMessage>> messages = messages();
    assertThat(messages.stream().mapToInt(List::size).sum()).isEqualTo(300);
    assertThat(messages.stream().filter(tasks -> tasks.size() > 1).flatMap(List::stream))
        .isNotEmpty()
        .allMatch(task -> task.arguments().size() < ChunkRule.LARGEST_TASK);
  }

  @Test
  void everyTaskHasItsOwnOutcomeAndChunksGrowWithThem() throws Exception {
    SubmitOptions there = SubmitOptions.DEFAULT.withQueue(NOBODYS);
    // On a busy machine the first ones take long, and what is learned of them is forgotten slowly.
    await()
        .atMost(AMPLE)
        .untilAsserted(
            () -> {
              List<TaskHandle<Word>> handles =
                  client.submitAll(ECHO, words(3_000), SubmitOptions.DEFAULT).toList();
              for (int i = 0; i < handles.size(); i++) {
                assertThat(handles.get(i).await(AMPLE)).isEqualTo(new Word("w" + i));
              }
              assertThat(client.submitAll(ECHO, words(1_000), there).count()).isEqualTo(1_000);
              assertThat(messages()).anyMatch(tasks -> tasks.size() > ChunkRule.UNKNOWN_TASKS);
            });
  }

  @Test
  void chunksGrowAlsoWhereNobodyWaitsForAnOutcome() throws Exception {
    RawTask task = RawTask.of("echo", JsonText.of("{\"word\":\"w\"}"));
    SubmitOptions there = SubmitOptions.DEFAULT.withQueue(NOBODYS);
    await()
        .atMost(AMPLE)
        .untilAsserted(
            () -> {
              client.submitAll(Stream.generate(() -> task).limit(500)).forEach(handle -> {});
              client
                  .submitAll(Stream.generate(() -> task.withOptions(there)).limit(1_000))
                  .forEach(handle -> {});
              assertThat(messages()).anyMatch(tasks -> tasks.size() > ChunkRule.UNKNOWN_TASKS);
            });
  }

  @Test
  void whoWantsNoOutcomesAtAllHasNoSamplesOfThem() throws Exception {
    try (WarrenClient quiet = builder().waiting(false).connect()) {
      SubmitOptions there = SubmitOptions.DEFAULT.withQueue(NOBODYS);
      assertThat(quiet.submitAll(ECHO, words(2_000), there).count()).isEqualTo(2_000);
    }

    assertThat(messages().stream().flatMap(List::stream).map(each -> each.lineage().reply()))
        .hasSize(2_000)
        .containsOnlyNulls();
  }

  @Test
  void aTaskDoesNotShareTheDeadlineOfOneThatWasSubmittedLongBefore() throws Exception {
    Duration patience = Duration.ofSeconds(6);
    try (FaultProxy proxy = FaultProxy.to(host.uri());
        WarrenClient stalled =
            builder().broker(proxy.uri()).waiting(false).sendDeadline(patience).connect()) {
      RawTask task = stalled.raw(ECHO, new Word("w"), SubmitOptions.DEFAULT.withQueue(NOBODYS));
      stalled.submit(task);
      proxy.stall();
      CompletableFuture<RawHandle> sent = stalled.submitInBulk(task).toCompletableFuture();
      CompletableFuture<RawHandle> early = stalled.submitInBulk(task).toCompletableFuture();
      await()
          .during(patience.dividedBy(2))
          .atMost(patience)
          .until(() -> !sent.isDone() && !early.isDone());
      CompletableFuture<RawHandle> late = stalled.submitInBulk(task).toCompletableFuture();

      assertThat(sent).failsWithin(AMPLE);
      assertThat(early)
          .failsWithin(AMPLE)
          .withThrowableOfType(ExecutionException.class)
          .withCauseInstanceOf(BrokerUnreachableException.class)
          .withMessageContaining("was not sent within 6 s");
      proxy.restore();

      assertThat(late).succeedsWithin(AMPLE);
      assertThat(messages().stream().flatMap(List::stream).map(TaskMessage::id))
          .contains(late.join().id());
    }
  }

  @Test
  void oneOfManyIsCancelledAlone() {
    List<TaskHandle<Word>> handles =
        client.submitAll(HELD, words(50), SubmitOptions.DEFAULT).toList();
    TaskHandle<Word> unlucky = handles.get(20);
    unlucky.cancel();
    assertThat(unlucky.outcome().toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join())
        .isInstanceOf(Outcome.Cancelled.class);

    fleet.gate.release(50);
    for (TaskHandle<Word> handle : handles) {
      if (!handle.equals(unlucky)) {
        assertThat(handle.await(AMPLE)).isNotNull();
      }
    }
  }

  @Test
  void whatNobodyTakesFailsEachTaskAsItWouldAlone() {
    TaskType<Word, Word> misspelt = TaskType.of("ecko", Word.class, Word.class);
    List<Throwable> failures =
        words(60)
            .map(word -> client.submitInBulk(client.raw(misspelt, word, SubmitOptions.DEFAULT)))
            .toList()
            .stream()
            .map(
                stage ->
                    stage
                        .handle((handle, failure) -> failure)
                        .toCompletableFuture()
                        .orTimeout(30, TimeUnit.SECONDS)
                        .join())
            .toList();

    assertThat(failures)
        .hasSize(60)
        .allSatisfy(
            failure ->
                assertThat(failure instanceof CompletionException ? failure.getCause() : failure)
                    .isInstanceOf(TaskRefusedException.class)
                    .hasMessageContaining("no task type 'ecko'")
                    .hasMessageContaining("did you mean 'echo'?"));
  }

  @Test
  void tasksOfATypeThatHasMovedFindItsQueueTogether() {
    List<RawTask> tasks =
        words(40)
            .map(word -> RawTask.of("moved", JsonText.of("{\"word\":\"" + word.word() + "\"}")))
            .map(task -> task.ofType(ECHO.options()).withOutcomeWanted(true))
            .toList();

    List<RawHandle> handles = client.submitAll(tasks.stream()).toList();

    assertThat(handles)
        .hasSize(40)
        .allMatch(handle -> handle.queue().equals(MOVED.options().queue()));
    for (RawHandle handle : handles) {
      assertThat(
              handle
                  .outcome()
                  .toCompletableFuture()
                  .orTimeout(30, TimeUnit.SECONDS)
                  .join()
                  .status())
          .isEqualTo(Outcome.Status.SUCCEEDED);
    }
  }

  @Test
  void aRefusalAmongManyIsOfOneTaskOnly() {
    assertThatThrownBy(
            () ->
                client
                    .submitAll(
                        Stream.of(
                            RawTask.of("echo", JsonText.of("{\"word\":\"a\"}")),
                            RawTask.of("echo", JsonText.of("{\"word\":"))))
                    .toList())
        .hasMessageContaining("not JSON");
    assertThat(client.submit(ECHO, new Word("after")).await(AMPLE)).isEqualTo(new Word("after"));
  }
}
