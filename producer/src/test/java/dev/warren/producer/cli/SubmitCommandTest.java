package dev.warren.producer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import dev.warren.api.TaskId;
import dev.warren.producer.WarrenClient;
import dev.warren.producer.cli.CommandLineRun.Answer;
import dev.warren.testkit.Alarm;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@RabbitMq
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SubmitCommandTest {
  private final VirtualHost host;
  private final LocalFleet fleet;
  @TempDir private Path home;

  SubmitCommandTest(VirtualHost host) {
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

  private static void assertOneLine(Answer answer, int exit, String... parts) {
    assertThat(answer.errLines()).hasSize(1);
    assertThat(answer.err()).startsWith("warren: ").contains(parts);
    assertThat(answer.out()).isEmpty();
    assertThat(answer.exit()).isEqualTo(exit);
  }

  @Test
  void printsTheBareId() {
    TaskId id = TaskId.next();
    Answer answer = cli().run("submit", "echo", "a=b", "--id", id.toString());
    assertThat(answer.err()).isEmpty();
    assertThat(answer.out()).isEqualTo(id + "\n");
    assertThat(answer.exit()).isZero();
    assertThat(TaskId.of(cli().run("submit", "echo").out().strip())).isNotEqualTo(id);
  }

  @Test
  void waitsAndPrintsTheBareResult() {
    Answer answer = cli().run("submit", "echo", "{\"message\": \"hello\"}", "--wait");
    assertThat(answer.err()).isEmpty();
    assertThat(answer.out()).isEqualTo("{\"message\":\"hello\"}\n");
    assertThat(answer.exit()).isZero();
  }

  @Test
  void findsTheQueueOfAType() {
    Answer answer = cli().run("submit", "people.greet", "name=Ada", "--wait", "--with-id");
    assertThat(answer.err()).isEmpty();
    assertThat(answer.out()).endsWith(",\"result\":\"Hello Ada!\"}\n").startsWith("{\"id\":\"");
  }

  @Test
  void aFailedTaskIsOneLineAndExitCodeOne() {
    assertOneLine(
        cli().run("submit", "odd", "4", "--wait"), ExitCodes.TASK_FAILED, "(odd)", "4 is even");
  }

  @Test
  void aMisspeltTypeIsAnsweredWithTheNearOne() {
    assertOneLine(cli().run("submit", "ecko"), ExitCodes.REFUSED, "'ecko'", "mean 'echo'?");
    assertOneLine(
        cli().run("submit", "ecko", "--in", "10m"),
        ExitCodes.REFUSED,
        "'ecko'",
        "mean 'echo'?",
        "--unannounced");
    assertThat(cli().run("submit", "ecko", "--in", "10m", "--unannounced").exit()).isZero();
    assertOneLine(
        cli().run("types", "ecko"), ExitCodes.REFUSED, "no task type 'ecko'", "mean 'echo'?");
    assertOneLine(cli().run("submit", "ecko", "--help"), ExitCodes.REFUSED, "mean 'echo'?");
  }

  @Test
  void aTypeInPlaceOfACommandIsExplained() {
    assertOneLine(cli().run("echo", "x=1"), ExitCodes.USAGE, "warren submit echo");
    assertOneLine(cli().run("ecko"), ExitCodes.USAGE, "'ecko'", "mean task type 'echo'");
  }

  @Test
  void argumentsThatDoNotFitTheTypeAreRefused() {
    cli().run("types");
    assertOneLine(cli().run("submit", "people.greet", "nmae=Ada"), ExitCodes.REFUSED, "name");
  }

  @Test
  void anArgumentThatIsTooLargeIsRefused() throws IOException {
    Path file = home.resolve("large.json");
    Files.writeString(file, "\"" + "x".repeat(2 << 20) + "\"");
    assertOneLine(cli().run("submit", "echo", "@" + file), ExitCodes.REFUSED, "bytes");
  }

  @Test
  void aWrongPasswordIsOneLine() {
    URI uri = host.uri();
    String wrong = uri.toString().replaceFirst("://([^:]+):[^@]+@", "://$1:wrong@");
    Answer answer =
        new CommandLineRun(home).with("WARREN_URI", wrong).run("submit", "echo", "--wait");
    assertOneLine(answer, ExitCodes.UNREACHABLE, "refused the login");
  }

  @Test
  void helpOfATypeShowsItsArguments() {
    for (String[] args :
        new String[][] {
          {"people.greet", "--help"},
          {"submit", "people.greet", "--help"},
          {"types", "people.greet"}
        }) {
      Answer answer = cli().run(args);
      assertThat(answer.err()).isEmpty();
      assertThat(answer.exit()).isZero();
      assertThat(answer.out())
          .contains("people.greet: Greets somebody")
          .containsPattern("name +text\n")
          .containsPattern("times +whole number, optional")
          .contains("Queue people, lane virtual")
          .contains("warren submit people.greet name=NAME --wait");
    }
  }

  @Test
  void theTimeoutIsExitCodeFiveAndTheTaskGoesOn() {
    assertOneLine(
        cli().run("submit", "held", "{}", "--wait", "--timeout", "300ms"),
        ExitCodes.OUTCOME_UNKNOWN,
        "300ms",
        "goes on");
    fleet.gate.release();
  }

  @Test
  void anInterruptNamesTheTaskThatGoesOn() {
    CommandLineRun cli = cli();
    CompletableFuture<Answer> answer =
        CompletableFuture.supplyAsync(() -> cli.run("submit", "held", "{}", "--wait"));
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> host.connections().size() > 0 && fleet.gate.hasQueuedThreads());
    cli.interrupt();
    assertThat(answer.join().exit()).isEqualTo(ExitCodes.INTERRUPTED);
    assertThat(answer.join().err()).contains("interrupted; task ", "goes on");
    assertThat(cli.hasLeft()).isFalse();
    fleet.gate.release();
  }

  @Test
  void whoWaitsForLongIsToldWhatTheQueueLooksLikeAndWhatToDo() {
    ByteArrayOutputStream told = new ByteArrayOutputStream();
    TaskId id = TaskId.next();
    try (WarrenClient client = WarrenClient.builder().broker(host.uri()).typeCache(home).connect();
        PrintStream err = new PrintStream(told, true, StandardCharsets.UTF_8)) {
      new WorkerHint(client.fleet(), err).lookAgain("default", id);
    }

    assertThat(told.toString(StandardCharsets.UTF_8).lines())
        .singleElement()
        .asString()
        .startsWith("warren: no outcome of task " + id + " after 30 s (queue 'default': ")
        .containsPattern("[0-9]+ messages wait, [0-9]+ consumers")
        .contains("still waiting", "'warren cancel " + id + "'");
  }

  @Test
  void aDelayedTaskComesLater() {
    long begun = System.nanoTime();
    Answer answer = cli().run("submit", "echo", "1", "--in", "2s", "--wait");
    assertThat(answer.out()).isEqualTo("1\n");
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(900));
  }

  @Test
  void typesQueuesAndWorkersAreTables() {
    Answer types = cli().run("types");
    assertThat(types.outLines().getFirst()).startsWith("TYPE").contains("QUEUE", "ARGUMENTS");
    assertThat(types.out()).containsPattern("people.greet +people +virtual +name, \\[times\\]");
    Answer queues = cli().run("queues", "--output", "json");
    assertThat(queues.out()).contains("\"queue\":\"people\"", "\"types\":[\"people.greet\"]");
    Answer workers = cli().run("workers");
    assertThat(workers.exit()).isZero();
    assertThat(workers.out()).containsPattern("worker .*default, people +virtual 100 +- +\\d");
    assertThat(cli().run("topology", "verify").exit()).isZero();
    assertThat(cli().run("topology", "diff").exit()).isZero();
  }

  @Test
  void theDoctorSaysWhatIsWrongAndHowToMendIt() {
    Answer well = cli().run("doctor");
    assertThat(well.err()).isEmpty();
    assertThat(well.out()).contains("ok       connection: ", "queue people");
    assertThat(well.exit()).isZero();

    host.publish(
        "warren.unrouted", "", new AMQP.BasicProperties(), "lost".getBytes(StandardCharsets.UTF_8));
    Answer ill = cli().run("doctor");
    assertThat(ill.exit()).isEqualTo(ExitCodes.TASK_FAILED);
    assertThat(ill.out()).containsPattern("WARNING +unrouted: 1 .*\n +→ ");
    assertThat(cli().run("doctor", "-o", "json").out())
        .contains("{\"severity\":\"warning\",\"what\":\"unrouted\"");
  }

  @Test
  @Tag("node")
  void aBrokerThatBlocksPublishersIsTold() {
    try (Alarm alarm = host.broker().raiseMemoryAlarm()) {
      Answer answer = cli().run("submit", "echo", "--client-send-deadline", "2s");
      assertThat(alarm).isNotNull();
      assertThat(answer.exit()).isEqualTo(ExitCodes.OUTCOME_UNKNOWN);
      assertThat(answer.errLines()).hasSize(2);
      assertThat(answer.err())
          .contains("warren: the broker has blocked publishers: low on memory; waiting up to 2s")
          .contains("not confirmed within 2 s");
    }
  }
}
