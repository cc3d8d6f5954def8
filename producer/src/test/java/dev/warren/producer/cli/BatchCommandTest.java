package dev.warren.producer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import dev.warren.api.TaskId;
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
import dev.warren.producer.cli.CommandLineRun.Answer;
import dev.warren.producer.gateway.FakeGateway;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@RabbitMq
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BatchCommandTest {
  private static final Duration AMPLE = Duration.ofSeconds(30);
  private static final String NO_BATCH = "01999999-0000-7000-8000-0000000000b1";

  private final VirtualHost host;
  private final LocalFleet fleet;
  private final FakeGateway gateway = new FakeGateway();
  private final List<Event> gathered = new ArrayList<>();
  @TempDir private Path home;

  BatchCommandTest(VirtualHost host) throws IOException {
    this.host = host;
    this.fleet = new LocalFleet(host);
  }

  @BeforeAll
  void start() {
    LocalFleet started = fleet.start();
    assertThat(started).isSameAs(fleet);
    new Declarer(new Connections(BrokerSettings.of(host.uri()), ProcessName.of("test-gateway")))
        .apply(Topology.outcomes());
  }

  @AfterAll
  void stop() {
    fleet.close();
    gateway.close();
  }

  @AfterEach
  void forget() {
    gathered.clear();
  }

  private CommandLineRun cli() {
    return new CommandLineRun(home)
        .broker(host.uri())
        .with("WARREN_GATEWAY_URI", gateway.uri().toString());
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

  private List<Long> endedMembers(String batch) {
    return gathered.stream()
        .filter(event -> event instanceof OutcomeEvent outcome && of(batch, outcome))
        .map(event -> ((OutcomeEvent) event).lineage().batchIndex())
        .distinct()
        .sorted()
        .toList();
  }

  private static boolean of(String batch, OutcomeEvent outcome) {
    return batch.equals(outcome.lineage().batch());
  }

  private List<Long> closedWith(String batch) {
    return gathered.stream()
        .filter(event -> event instanceof BatchClosed closed && closed.batch().equals(batch))
        .map(event -> ((BatchClosed) event).members())
        .toList();
  }

  private void awaitClosed(String batch, long members, int distinct) {
    await()
        .atMost(AMPLE)
        .untilAsserted(
            () -> {
              take();
              assertThat(closedWith(batch)).containsOnly(members).isNotEmpty();
              assertThat(endedMembers(batch)).hasSize(distinct);
            });
  }

  private static String status(String id, String state, int succeeded, int dead) {
    return "{\"id\":\""
        + id
        + "\",\"description\":\"numbers\",\"state\":\""
        + state
        + "\",\"members\":3,\"succeeded\":"
        + succeeded
        + ",\"dead\":"
        + dead
        + ",\"openedAt\":\"2026-11-22T10:00:00Z\",\"completedAt\":\"2026-11-22T10:00:02Z\","
        + "\"sequence\":1}";
  }

  @Test
  void aBatchIsFilledInSeveralStepsAndClosedWithWhatWasConfirmed() {
    Answer created = cli().run("batch", "create", "--description", "numbers");
    assertThat(created.err()).isEmpty();
    assertThat(created.exit()).isZero();
    String id = created.out().strip();
    assertThat(TaskId.of(id).toString()).isEqualTo(id);

    Answer first = cli().in("1\n2\n\n3\n").run("batch", "add", id, "echo");
    assertThat(first.exit()).isZero();
    assertThat(first.err())
        .isEqualTo("warren: 3 members added to batch " + id + ", from index 0\n");
    Answer second = cli().in("{\"a\":1}\n").run("batch", "add", id, "echo");
    assertThat(second.err()).contains("1 member added", "from index 3");

    Answer closed = cli().run("batch", "close", id);
    assertThat(closed.exit()).isZero();
    assertThat(closed.err()).isEqualTo("warren: batch " + id + " is closed with 4 members\n");
    awaitClosed(id, 4, 4);
    assertThat(gathered)
        .filteredOn(event -> event instanceof BatchOpened opened && opened.batch().equals(id))
        .singleElement()
        .satisfies(opened -> assertThat(((BatchOpened) opened).description()).isEqualTo("numbers"));

    Answer again = cli().run("batch", "close", id);
    assertThat(again.exit()).isEqualTo(ExitCodes.USAGE);
    assertThat(again.err()).contains("--members");
  }

  @Test
  void linesThatAreAddedAgainAreTheSameMembers() {
    String id = cli().run("batch", "create").out().strip();
    assertThat(cli().in("1\n2\n").run("batch", "add", id, "echo").exit()).isZero();
    assertThat(cli().in("1\n2\n3\n").run("batch", "add", id, "echo", "--from", "0").exit())
        .isZero();
    assertThat(cli().run("batch", "close", id).err()).contains("3 members");
    awaitClosed(id, 3, 3);
  }

  @Test
  void aLineThatCannotBeAddedEndsTheAdding() {
    String id = cli().run("batch", "create").out().strip();
    Answer answer = cli().in("{\"a\":1}\n{\"a\":\n{\"a\":3}\n").run("batch", "add", id, "echo");
    assertThat(answer.exit()).isEqualTo(ExitCodes.USAGE);
    assertThat(answer.errLines().getFirst()).startsWith("warren: line 2").contains("not JSON");
    assertThat(answer.errLines().getLast()).contains("1 member added");
    Answer unknown = cli().in("1\n").run("batch", "add", id, "no.such.type", "--arg", "x");
    assertThat(unknown.exit()).isEqualTo(ExitCodes.REFUSED);
    assertThat(unknown.errLines().getFirst()).startsWith("warren: line 1: no task type");
    assertThat(cli().run("batch", "close", id).err()).contains("with 1 member\n");
  }

  @Test
  void whatWasNotCreatedHereMustBeCounted() {
    Answer add = cli().in("1\n").run("batch", "add", NO_BATCH, "echo");
    assertThat(add.exit()).isEqualTo(ExitCodes.USAGE);
    assertThat(add.errLines()).hasSize(1);
    assertThat(add.err()).contains("--from N");
    assertThat(cli().run("batch", "add", "7", "echo").err()).contains("UUID");
  }

  @Test
  void aBatchIsWatchedUntilItIsOver() {
    gateway.on(
        "/v1/batches/" + NO_BATCH,
        FakeGateway.Answer.problem(404, "unknown-batch", "not yet"),
        FakeGateway.Answer.json(status(NO_BATCH, "closed", 1, 0)),
        FakeGateway.Answer.problem(503, "stopping", "the gateway stops"),
        FakeGateway.Answer.json(status(NO_BATCH, "completed", 2, 1)));
    Answer answer = cli().run("batch", "watch", NO_BATCH);
    assertThat(answer.exit()).isEqualTo(ExitCodes.TASK_FAILED);
    assertThat(answer.out()).isEmpty();
    assertThat(answer.errLines().getLast())
        .isEqualTo(
            "warren: batch "
                + NO_BATCH
                + " is completed: 2 succeeded, 1 dead, 2s after it was opened");
    gateway.on(
        "/v1/batches/" + NO_BATCH, FakeGateway.Answer.json(status(NO_BATCH, "completed", 3, 0)));
    assertThat(cli().run("batch", "watch", NO_BATCH).exit()).isZero();
  }

  @Test
  void statusAndListAreForPeopleAndPrograms() {
    gateway.on(
        "/v1/batches/" + NO_BATCH, FakeGateway.Answer.json(status(NO_BATCH, "closed", 1, 1)));
    gateway.on(
        "/v1/batches",
        FakeGateway.Answer.json("{\"batches\":[" + status(NO_BATCH, "closed", 1, 1) + "]}"));
    assertThat(cli().run("batch", "status", NO_BATCH).out())
        .contains("state        closed", "ended        1 succeeded, 1 dead");
    assertThat(cli().run("batch", "status", NO_BATCH, "-o", "json").outLines())
        .singleElement()
        .asString()
        .startsWith("{\"id\":\"" + NO_BATCH);
    assertThat(cli().run("batch", "list").outLines()).hasSize(2);
    assertThat(cli().run("batch", "list", "-o", "json").out())
        .startsWith("[{\"batch\":\"" + NO_BATCH);
  }

  @Test
  void resultsAreBareAndFailuresTold() {
    gateway.on(
        "/v1/batches/" + NO_BATCH, FakeGateway.Answer.json(status(NO_BATCH, "completed", 1, 1)));
    gateway.on(
        "/v1/batches/" + NO_BATCH + "/results",
        FakeGateway.Answer.lines(
            "{\"id\":\""
                + NO_BATCH
                + "\",\"state\":\"succeeded\",\"result\":{\"a\":1},\"batchIndex\":0,\"sequence\":1}\n"
                + "{\"id\":\""
                + NO_BATCH
                + "\",\"state\":\"dead\",\"attempt\":2,\"failure\":{\"type\":\"a.B\","
                + "\"message\":\"no\"},\"batchIndex\":1,\"sequence\":2}\n"));
    Answer bare = cli().run("batch", "results", NO_BATCH);
    assertThat(bare.out()).isEqualTo("{\"a\":1}\n");
    assertThat(bare.exit()).isEqualTo(ExitCodes.TASK_FAILED);
    assertThat(bare.err()).contains("1 succeeded, 1 not", "member 1", "is dead after 2", "B: no");
    assertThat(cli().run("batch", "results", NO_BATCH, "--with-id").out())
        .isEqualTo("{\"member\":0,\"id\":\"" + NO_BATCH + "\",\"result\":{\"a\":1}}\n");
    assertThat(cli().run("batch", "results", NO_BATCH, "-o", "json").outLines()).hasSize(2);
  }

  @Test
  void whereNoGatewayAnswersTheExitCodeSaysSo() {
    for (String[] args :
        new String[][] {
          {"batch", "list"},
          {"batch", "status", NO_BATCH},
          {"batch", "watch", NO_BATCH},
          {"batch", "results", NO_BATCH},
          {"task", "show", NO_BATCH},
          {"task", "result", NO_BATCH},
          {"events"}
        }) {
      Answer answer =
          new CommandLineRun(home).with("WARREN_GATEWAY_URI", "http://127.0.0.1:1").run(args);
      assertThat(answer.exit()).as(String.join(" ", args)).isEqualTo(ExitCodes.NEEDS_GATEWAY);
      assertThat(answer.errLines()).hasSize(1);
      assertThat(answer.err()).startsWith("warren: no gateway answers at http://127.0.0.1:1");
      assertThat(answer.out()).isEmpty();
    }
  }

  @Test
  void whatTheGatewayDoesNotKnowIsRefused() {
    gateway.on("/v1/tasks/" + NO_BATCH, FakeGateway.Answer.problem(404, "unknown-task", "not yet"));
    Answer answer = cli().run("task", "show", NO_BATCH);
    assertThat(answer.exit()).isEqualTo(ExitCodes.REFUSED);
    assertThat(answer.errLines()).hasSize(1);
    assertThat(answer.err()).contains("knows no task", "warren task why");
  }

  @Test
  void aMapUnderABatchIsSealedWithAllItsItems() {
    Answer answer = cli().in("1\n2\n3\n").run("map", "odd", "--batch=numbers");
    assertThat(answer.exit()).isEqualTo(ExitCodes.TASK_FAILED);
    String id = answer.errLines().getFirst().replace("warren: batch ", "");
    awaitClosed(id, 3, 3);
    assertThat(endedMembers(id)).containsExactly(0L, 1L, 2L);
  }

  @Test
  void aMapThatIsCutOffLeavesItsBatchOpenAndIsResumedInIt() throws Exception {
    Path log = home.resolve("jobs.log");
    CommandLineRun cut = cli();
    PipedOutputStream lines = new PipedOutputStream();
    CommandLineRun fed = cut.in(new PipedInputStream(lines));
    CompletableFuture<Answer> running =
        CompletableFuture.supplyAsync(
            () -> fed.run("map", "--batch", "echo", "--joblog", log.toString()));
    lines.write("1\n2\n".getBytes(StandardCharsets.UTF_8));
    lines.flush();
    await().atMost(AMPLE).until(() -> cut.outSoFar().lines().count() == 2);
    cut.interrupt();
    Answer first = running.join();
    lines.close();
    assertThat(first.exit()).isEqualTo(ExitCodes.INTERRUPTED);
    String id = first.errLines().getFirst().replace("warren: batch ", "");
    assertThat(first.err())
        .contains("warren batch watch " + id, "warren batch cancel " + id, "--resume");
    take();
    assertThat(closedWith(id)).isEmpty();

    Answer second =
        cli().in("1\n2\n3\n4\n").run("map", "echo", "--resume", "--joblog", log.toString());
    assertThat(second.err()).startsWith("warren: batch " + id);
    assertThat(second.outLines()).containsExactlyInAnyOrder("3", "4");
    awaitClosed(id, 4, 4);
    assertThat(Files.readString(log)).contains("\"opened\":\"" + id, "\"sealed\":\"" + id);
  }
}
