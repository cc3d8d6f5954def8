package dev.warren.producer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.api.Failure;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.TaskMessage;
import dev.warren.producer.Letters;
import dev.warren.producer.cli.CommandLineRun.Answer;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@RabbitMq
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeadCommandTest {
  private final VirtualHost host;
  private final LocalFleet fleet;
  private final Letters letters;
  @TempDir private Path home;

  DeadCommandTest(VirtualHost host) {
    this.host = host;
    this.fleet = new LocalFleet(host);
    this.letters = new Letters(host);
  }

  @BeforeAll
  void work() {
    assertThat(fleet.start()).isSameAs(fleet);
  }

  @AfterAll
  void stop() {
    fleet.close();
  }

  private CommandLineRun shell() {
    return new CommandLineRun(home).broker(host.uri());
  }

  private Answer run(String... args) {
    return shell().run(args);
  }

  private static JsonNode json(String line) throws IOException {
    return JsonCodec.json().readTree(line);
  }

  /** Submits a task that dies at once; its id. */
  private String dead(int number) {
    Answer died = run("submit", "odd", "" + number, "--wait", "--with-id");
    assertThat(died.exit()).isEqualTo(ExitCodes.TASK_FAILED);
    String id = died.err().replaceAll("(?s).*task ([0-9a-f-]{36}) .*", "$1");
    assertThat(id).hasSize(36);
    return id;
  }

  @Test
  void aDeadTaskIsListedShownChangedAndRunsAgain() throws IOException {
    String id = dead(1234);

    Answer list = run("dead", "list", "--queue", "default", "--error", "1234 is even");
    assertThat(list.exit()).isZero();
    assertThat(list.err()).isEmpty();
    assertThat(list.outLines()).hasSize(1);
    JsonNode line = json(list.out());
    assertThat(line.path("id").asText()).isEqualTo(id);
    assertThat(line.path("error").asText()).isEqualTo("Even");
    assertThat(line.path("generation").asInt()).isEqualTo(1);
    assertThat(Instant.parse(line.path("died").asText())).isBefore(Instant.now());

    JsonNode shown = json(run("dead", "show", id).out());
    assertThat(shown.path("arguments").asInt()).isEqualTo(1234);
    assertThat(shown.path("story")).hasSize(1);
    assertThat(shown.path("story").get(0).path("attempt").asInt()).isEqualTo(1);
    assertThat(shell().onTerminal().run("dead", "show", id).out())
        .contains("type        odd", "arguments   1234", "attempt 1  ");

    Answer edited = run("dead", "edit", id, "1236");
    assertThat(edited.exit()).isZero();
    assertThat(json(run("dead", "show", id).out()).path("arguments").asInt()).isEqualTo(1236);

    Answer again = run("dead", "replay", id, "--wait");
    assertThat(again.exit()).isEqualTo(ExitCodes.TASK_FAILED);
    assertThat(again.err()).contains("1 task replayed", "1236 is even");
    assertThat(json(run("dead", "show", id).out()).path("generation").asInt()).isEqualTo(2);

    Answer mended = run("dead", "edit", id, "1237", "--replay", "--wait", "--timeout", "30s");
    assertThat(mended.err()).isEqualTo("warren: 1 task replayed\n");
    assertThat(mended.exit()).isZero();
    assertThat(mended.out()).isEqualTo("1237\n");
    Answer gone = run("dead", "show", id);
    assertThat(gone.exit()).isEqualTo(ExitCodes.REFUSED);
    assertThat(gone.err()).isEqualTo("warren: no dead letter of task " + id + " in any queue\n");
  }

  @Test
  void lettersAreGroupedAndReplayedTogether() throws Exception {
    letters.queue("idle", "echo");
    letters.many("idle", "echo", 7);
    Answer groups = run("dead", "list", "--queue", "idle", "--group");
    assertThat(groups.outLines()).hasSize(1);
    assertThat(json(groups.out()).path("letters").asInt()).isEqualTo(7);
    assertThat(json(groups.out()).path("message").asText()).isEqualTo("no route to host #");
    assertThat(shell().onTerminal().run("dead", "list", "--queue", "idle", "--limit", "3"))
        .satisfies(
            answer -> {
              assertThat(answer.outLines()).hasSize(4);
              assertThat(answer.out()).startsWith("DIED ").contains("IOException: no route");
              assertThat(answer.err()).contains("7 letters; these are the newest 3");
            });

    Answer dry =
        run("dead", "replay", "--all", "--queue", "idle", "--error", "host 3", "--dry-run");
    assertThat(dry.exit()).isZero();
    assertThat(dry.err()).isEqualTo("warren: 1 letter would be replayed\n");
    assertThat(host.readyCount(TopologyNames.dead("idle"))).isEqualTo(7);

    Answer some = run("dead", "replay", "--all", "--queue", "idle", "--error", "host 3", "--yes");
    assertThat(some.exit()).isZero();
    assertThat(some.outLines()).hasSize(1);
    assertThat(host.readyCount(TopologyNames.dead("idle"))).isEqualTo(6);
    assertThat(host.readyCount(TopologyNames.work("idle"))).isEqualTo(1);

    Answer peeked = run("queue", "peek", "idle");
    assertThat(json(peeked.out()).path("id").asText()).isEqualTo(some.outLines().getFirst());
    assertThat(json(peeked.out()).path("generation").asInt()).isEqualTo(2);
    assertThat(json(peeked.out()).path("arguments").path("n").asInt()).isEqualTo(3);
  }

  @Test
  void nothingIsRemovedWithoutConsent() throws Exception {
    letters.queue("kept", "echo");
    letters.many("kept", "echo", 3);

    Answer unasked = run("dead", "purge", "--all", "--queue", "kept");
    assertThat(unasked.exit()).isEqualTo(ExitCodes.USAGE);
    assertThat(unasked.err()).contains("add --yes");
    Answer no = shell().onTerminal().in("n\n").run("dead", "purge", "--all", "--queue", "kept");
    assertThat(no.exit()).isEqualTo(ExitCodes.REFUSED);
    assertThat(no.err()).contains("remove 3 letters for good? [y/N]", "nothing was done");
    assertThat(host.readyCount(TopologyNames.dead("kept"))).isEqualTo(3);

    Answer yes = shell().onTerminal().in("y\n").run("dead", "purge", "--all", "--queue", "kept");
    assertThat(yes.exit()).isZero();
    assertThat(yes.err()).contains("3 letters removed");
    assertThat(host.readyCount(TopologyNames.dead("kept"))).isZero();
  }

  @Test
  void aTaskThatNoWorkerTakesSaysSoAndStays() throws Exception {
    letters.queue("stays", "echo");
    TaskMessage task = Letters.task("stays", "nobody", "{}");
    letters.dead(task, Failure.of("Unknown", "who?"), Instant.now());
    Answer answer = run("dead", "replay", task.id().toString(), "--queue", "stays");
    assertThat(answer.exit()).isEqualTo(ExitCodes.REFUSED);
    assertThat(answer.out()).isEmpty();
    assertThat(answer.err())
        .contains("0 tasks replayed", "1 letter stayed: no queue takes stays.nobody");
    assertThat(host.readyCount(TopologyNames.dead("stays"))).isEqualTo(1);
  }

  @Test
  void aQueueIsEmptiedWithConsentOnly() {
    letters.queue("heap", "echo");
    assertThat(run("submit", "echo", "1", "--queue", "heap").exit()).isZero();
    assertThat(run("submit", "echo", "2", "--queue", "heap").exit()).isZero();

    assertThat(run("queue", "purge", "heap").exit()).isEqualTo(ExitCodes.USAGE);
    assertThat(run("queue", "purge", "heap", "--dry-run").err()).contains("2 messages");
    Answer purged = run("queue", "purge", "heap", "--yes");
    assertThat(purged.exit()).isZero();
    assertThat(purged.err())
        .isEqualTo("warren: 2 tasks were removed from queue 'heap' and cancelled\n");
    Answer empty = run("queue", "peek", "heap");
    assertThat(empty.out()).isEmpty();
    assertThat(empty.err()).isEqualTo("warren: no task waits in queue 'heap'\n");
  }

  @Test
  void whatIsNotThereIsSaidInOneLine() {
    Answer queue = run("queue", "peek", "nowhere");
    assertThat(queue.exit()).isEqualTo(ExitCodes.REFUSED);
    assertThat(queue.errLines()).hasSize(1);
    Answer box = run("dead", "list", "--queue", "nowhere");
    assertThat(box.exit()).isEqualTo(ExitCodes.REFUSED);
    assertThat(box.err()).contains("there is no warren.dead.nowhere");
    assertThat(run("dead", "list", "--inbox").exit()).isZero();
    assertThat(run("dead", "list", "--unrouted", "--type", "none").err())
        .isEqualTo("warren: no dead letters like that in what was not routed\n");
    assertThat(run("dead", "purge", "--all", "--inbox", "--yes").exit()).isEqualTo(ExitCodes.USAGE);
  }
}
