package dev.warren.producer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import dev.warren.producer.cli.CommandLineRun.Answer;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@RabbitMq
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MapCommandTest {
  private final VirtualHost host;
  private final LocalFleet fleet;
  @TempDir private Path home;

  MapCommandTest(VirtualHost host) {
    this.host = host;
    this.fleet = new LocalFleet(host);
  }

  @BeforeAll
  void start() {
    LocalFleet started = fleet.start();
    assertThat(started).isSameAs(fleet);
  }

  @AfterAll
  void stop() {
    fleet.close();
  }

  private CommandLineRun cli() {
    return new CommandLineRun(home).broker(host.uri());
  }

  private static String numbers(int from, int to) {
    return IntStream.rangeClosed(from, to)
        .mapToObj(number -> number + "\n")
        .collect(Collectors.joining());
  }

  private static List<String> expected(int from, int to) {
    return IntStream.rangeClosed(from, to).mapToObj(Integer::toString).toList();
  }

  @Test
  void eachOfManyLinesHasOneResult() {
    Answer answer = cli().in(numbers(1, 10_000)).run("map", "echo");
    assertThat(answer.err()).isEmpty();
    assertThat(answer.exit()).isZero();
    assertThat(answer.outLines()).containsExactlyInAnyOrderElementsOf(expected(1, 10_000));
  }

  @Test
  void resultsComeInOrderIfThatIsWanted() {
    Answer answer = cli().in(numbers(1, 2_000)).run("map", "echo", "--ordered", "--window", "50");
    assertThat(answer.outLines()).isEqualTo(expected(1, 2_000));
    assertThat(answer.exit()).isZero();
  }

  @Test
  void blankLinesAreNoItemsAndNoInputIsNoWork() {
    assertThat(cli().in("\n1\n  \n\n2").run("map", "echo", "--ordered").outLines())
        .containsExactly("1", "2");
    Answer nothing = cli().run("map", "echo");
    assertThat(nothing.exit()).isZero();
    assertThat(nothing.out() + nothing.err()).isEmpty();
  }

  @Test
  void aLineIsTheOneRequiredArgumentOfItsType() {
    Answer answer = cli().in("Ada\n{\"name\": \"Bob\"}\n").run("map", "people.greet", "--ordered");
    assertThat(answer.err()).isEmpty();
    assertThat(answer.outLines()).containsExactly("\"Hello Ada!\"", "\"Hello Bob!\"");
  }

  @Test
  void aTemplateSaysWhereTheLineGoes() {
    Answer answer =
        cli().in("Ada\n").run("map", "echo", "to={}@example.org", "tags:=[\"{}\"]", "--with-id");
    assertThat(answer.out())
        .startsWith("{\"item\":1,\"id\":\"")
        .endsWith("\"result\":{\"to\":\"Ada@example.org\",\"tags\":[\"Ada\"]}}\n");
  }

  @Test
  void behindTwoDashesStandTheWordsOfACommand() {
    Answer answer =
        cli()
            .in("a b.png\nc/d.png\n")
            .run("map", "echo", "n:={#}", "--ordered", "--", "--wait", "{}", "--to={/.}.jpg", "-h");
    assertThat(answer.err()).isEmpty();
    assertThat(answer.outLines())
        .containsExactly(
            "{\"n\":1,\"command\":[\"--wait\",\"a b.png\",\"--to=a b.jpg\",\"-h\"]}",
            "{\"n\":2,\"command\":[\"--wait\",\"c/d.png\",\"--to=d.jpg\",\"-h\"]}");
    assertThat(cli().in("x\n").run("map", "echo", "said={}", "--text", "said").out())
        .isEqualTo("x\n");
  }

  @Test
  void failedTasksAreCountedAndTheOthersPrinted() {
    Answer answer = cli().in(numbers(1, 100)).run("map", "odd");
    assertThat(answer.exit()).isEqualTo(ExitCodes.TASK_FAILED);
    assertThat(answer.outLines()).hasSize(50).allMatch(line -> Integer.parseInt(line) % 2 == 1);
    assertThat(answer.errLines()).hasSize(1);
    assertThat(answer.err())
        .startsWith("warren: 100 done: 50 succeeded, 50 dead in ")
        .containsPattern("first failure: item \\d+ \\([-0-9a-f]{36}\\) is dead .*\\d is even");
  }

  @Test
  void aBrokenLineEndsTheInputButNotWhatIsOnTheWay() {
    Answer answer = cli().in("{\"a\":1}\n{\"a\":2}\n{\"a\":\n{\"a\":4}\n").run("map", "echo");
    assertThat(answer.exit()).isEqualTo(ExitCodes.USAGE);
    assertThat(answer.outLines()).containsExactlyInAnyOrder("{\"a\":1}", "{\"a\":2}");
    assertThat(answer.errLines()).hasSize(1);
    assertThat(answer.err()).contains("line 3 is not JSON", "2 done: 2 succeeded");
  }

  @Test
  void aTypeThatNobodyKnowsIsRefused() {
    Answer answer = cli().in(numbers(1, 5)).run("map", "ecko", "n:={}");
    assertThat(answer.exit()).isEqualTo(ExitCodes.REFUSED);
    assertThat(answer.out()).isEmpty();
    assertThat(answer.err()).contains("'ecko'", "echo").doesNotContain("unexpected");
  }

  @Test
  void aJobLogIsResumedWithWhatHasNotSucceeded() throws IOException {
    Path log = home.resolve("resumed.log");
    Answer first =
        cli().in(numbers(1, 10)).run("map", "odd", "--joblog", log.toString(), "--ordered");
    assertThat(first.exit()).isEqualTo(ExitCodes.TASK_FAILED);
    List<String> lines = Files.readAllLines(log);
    assertThat(lines).hasSize(11);
    JsonNode entry = JsonCodec.tree(JsonText.of(lines.get(1)), "entry");
    assertThat(entry.path("item").asInt()).isEqualTo(1);
    assertThat(entry.path("status").asText()).isEqualTo("succeeded");
    assertThat(entry.path("exit").asInt()).isZero();
    assertThat(entry.hasNonNull("started") && entry.hasNonNull("ended")).isTrue();

    Answer second =
        cli()
            .in(numbers(1, 13))
            .run("map", "odd", "--joblog", log.toString(), "--resume", "--ordered");
    assertThat(second.outLines()).containsExactly("11", "13");
    assertThat(second.err()).contains("8 done: 2 succeeded, 6 dead, 5 skipped");

    Answer other =
        cli().in(numbers(5, 9)).run("map", "odd", "--joblog", log.toString(), "--resume");
    assertThat(other.exit()).isEqualTo(ExitCodes.USAGE);
    assertThat(other.err()).contains("item 1 has other arguments");
  }

  @Test
  void aJobLogThatIsThereIsNotOverwritten() throws IOException {
    Path log = Files.writeString(home.resolve("precious.log"), "precious\n");
    Answer answer = cli().in("1\n").run("map", "echo", "--joblog", log.toString());
    assertThat(answer.exit()).isEqualTo(ExitCodes.USAGE);
    assertThat(answer.errLines()).hasSize(1);
    assertThat(log).hasContent("precious\n");
  }

  @Test
  void anInterruptPrintsCountsAndWhatBecomesOfTheRest() throws IOException {
    Path log = home.resolve("interrupted.log");
    CommandLineRun cli = cli();
    // Standard input stays open, as that of a terminal does.
    try (PipedOutputStream keyboard = new PipedOutputStream();
        PipedInputStream in = new PipedInputStream(keyboard)) {
      cli.in(in);
      keyboard.write(numbers(1, 20).getBytes(StandardCharsets.UTF_8));
      keyboard.flush();
      CompletableFuture<Answer> running =
          CompletableFuture.supplyAsync(
              () -> cli.run("map", "held", "--joblog", log.toString(), "--window", "10"));
      await().atMost(Duration.ofSeconds(20)).until(() -> fleet.gate.getQueueLength() == 10);
      fleet.gate.release(3);
      await().atMost(Duration.ofSeconds(20)).until(() -> cli.outSoFar().lines().count() == 3);
      cli.interrupt();
      Answer answer = running.join();
      assertThat(answer.exit()).isEqualTo(ExitCodes.INTERRUPTED);
      assertThat(answer.err())
          .contains("interrupted; 3 done: 3 succeeded; 10 submitted and unfinished go on")
          .contains("--resume");
      cli.interrupt();
      assertThat(cli.hasLeft()).isTrue();
    }
    fleet.gate.release(10);
    assertThat(Files.readAllLines(log)).hasSize(4);
  }

  @Test
  void aClosedOutputEndsTheRun() {
    OutputStream closed =
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    Answer answer = cli().out(closed).in(numbers(1, 1_000)).run("map", "echo", "--window", "10");
    assertThat(answer.exit()).isEqualTo(ExitCodes.INTERRUPTED);
    assertThat(answer.errLines()).hasSize(1);
    assertThat(answer.err()).contains("nobody reads the results");
  }

  @Test
  void withoutResultsTheTimeoutEndsTheRun() {
    Answer answer = cli().in("1\n2\n").run("map", "held", "--timeout", "1s");
    assertThat(answer.exit()).isEqualTo(ExitCodes.OUTCOME_UNKNOWN);
    assertThat(answer.err()).contains("no result for 1s", "2 submitted and unfinished");
    fleet.gate.release(2);
  }

  @Test
  void lostConnectionsLoseNoResultAndDoubleNone() {
    CommandLineRun cli = cli();
    CompletableFuture<Answer> running =
        CompletableFuture.supplyAsync(
            () -> cli.in(numbers(1, 5_000)).run("map", "echo", "--window", "200"));
    await()
        .pollInterval(Duration.ofMillis(20))
        .atMost(Duration.ofSeconds(30))
        .until(() -> cli.outSoFar().lines().count() > 500 || running.isDone());
    host.connections().forEach(host::closeConnection);
    Answer answer = running.join();
    assertThat(answer.outLines()).containsExactlyInAnyOrderElementsOf(expected(1, 5_000));
    assertThat(answer.exit()).isZero();
  }
}
