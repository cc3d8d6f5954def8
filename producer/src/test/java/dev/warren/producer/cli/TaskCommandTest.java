package dev.warren.producer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.producer.cli.CommandLineRun.Answer;
import dev.warren.producer.gateway.FakeGateway;
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
class TaskCommandTest {
  private static final String TASK = "01999999-0000-7000-8000-0000000000a1";

  private final VirtualHost host;
  private final LocalFleet fleet;
  private final FakeGateway gateway = new FakeGateway();
  @TempDir private Path home;

  TaskCommandTest(VirtualHost host) throws IOException {
    this.host = host;
    this.fleet = new LocalFleet(host);
  }

  @BeforeAll
  void announce() {
    // Queues and types are there; nobody works.
    LocalFleet announced = fleet.announce();
    assertThat(announced).isSameAs(fleet);
  }

  @AfterAll
  void stop() {
    // The fleet was never started.
    gateway.close();
  }

  private Answer run(String... args) {
    return new CommandLineRun(home)
        .broker(host.uri())
        .with("WARREN_GATEWAY_URI", gateway.uri().toString())
        .run(args);
  }

  private void recorded(String state, String more) {
    gateway.on(
        "/v1/tasks/" + TASK,
        FakeGateway.Answer.json(
            "{\"id\":\""
                + TASK
                + "\",\"type\":\"echo\",\"queue\":\"default\",\"attempt\":2,\"state\":\""
                + state
                + "\""
                + more
                + ",\"sequence\":3}"));
  }

  private static final String FAILURE =
      ",\"failure\":{\"type\":\"java.io.IOException\",\"message\":\"no route\"}";

  @Test
  void aResultIsPrintedBare() {
    recorded("succeeded", ",\"result\":{\"a\":[1,2]}");
    assertThat(run("task", "result", TASK).out()).isEqualTo("{\"a\":[1,2]}\n");
    assertThat(run("task", "result", TASK, "--wait", "--with-id").out())
        .isEqualTo("{\"id\":\"" + TASK + "\",\"result\":{\"a\":[1,2]}}\n");
    assertThat(run("task", "show", TASK).out()).contains("state    succeeded", "attempt  2");
  }

  @Test
  void aTaskWithoutResultSaysWhyInItsExitCode() {
    recorded("dead", FAILURE);
    Answer dead = run("task", "result", TASK);
    assertThat(dead.exit()).isEqualTo(ExitCodes.TASK_FAILED);
    assertThat(dead.out()).isEmpty();
    assertThat(dead.err()).contains("is dead after 2 attempts: IOException: no route");

    recorded("retrying", FAILURE);
    Answer waits = run("task", "result", TASK);
    assertThat(waits.exit()).isEqualTo(ExitCodes.OUTCOME_UNKNOWN);
    assertThat(waits.errLines()).hasSize(1);
    assertThat(waits.err()).contains("is to be tried again", "--wait");

    recorded("delayed", ",\"dueAt\":\"2126-01-01T00:00:00Z\"");
    Answer waited = run("task", "result", TASK, "--wait", "--timeout", "1s");
    assertThat(waited.exit()).isEqualTo(ExitCodes.OUTCOME_UNKNOWN);
    assertThat(waited.err())
        .contains("is delayed until 2126-01-01T00:00:00Z so far")
        .doesNotContain("--wait");
  }

  @Test
  void aTaskThatIsTriedAgainSaysWhenAndWhy() {
    recorded("retrying", FAILURE + ",\"dueAt\":\"" + Instant.now().plusSeconds(600) + "\"");
    Answer answer = run("task", "why", TASK);
    assertThat(answer.exit()).isZero();
    assertThat(answer.err()).isEmpty();
    assertThat(answer.outLines()).hasSize(2);
    assertThat(answer.outLines().getFirst())
        .contains("is tried again: attempt 3 is due at ", "(in 9m");
    assertThat(answer.outLines().getLast()).isEqualTo("attempt 2 failed: IOException: no route");
    assertThat(run("task", "why", TASK, "-o", "json").out()).contains("\"why\":\"retrying\"");
  }

  @Test
  void aTaskInAQueueThatNobodyServesSaysSo() {
    recorded("submitted", "");
    Answer answer = run("task", "why", TASK);
    assertThat(answer.exit()).isZero();
    assertThat(answer.out())
        .contains("waits in queue 'default', which no worker serves", "no worker answers at all");
  }

  @Test
  void anEndedTaskNeedsNoFurtherQuestions() {
    recorded("cancelled", ",\"endedAt\":\"2026-11-22T10:00:00.123Z\"");
    assertThat(run("task", "why", TASK).out())
        .isEqualTo("task " + TASK + " (echo) was cancelled, at 2026-11-22T10:00:00Z\n");
  }

  @Test
  void whatNobodyKnowsIsSaidToBeUnknown() {
    gateway.on("/v1/tasks/" + TASK, FakeGateway.Answer.problem(404, "unknown-task", "not yet"));
    Answer answer = run("task", "why", TASK);
    assertThat(answer.exit()).isEqualTo(ExitCodes.REFUSED);
    assertThat(answer.out()).isEmpty();
    assertThat(answer.err()).contains("no process holds task", "--queue NAME");
  }

  @Test
  void eventsAreLinesForPeopleAndPrograms() {
    gateway.on(
        "/v1/events",
        FakeGateway.Answer.events(
            "id: 1\nevent: task\ndata: {\"id\":\""
                + TASK
                + "\",\"type\":\"echo\",\"queue\":\"default\",\"state\":\"dead\","
                + "\"endedAt\":\"2026-11-22T10:00:00.5Z\",\"failure\":{\"message\":\"no\"}}\n\n"));
    assertThat(run("events").out())
        .isEqualTo("2026-11-22T10:00:00Z  dead       default     " + TASK + "  echo: no\n");
    assertThat(run("events", "-o", "json", "--state", "dead").out()).startsWith("{\"id\":\"");
    assertThat(run("events", "--state", "delayed").exit()).isEqualTo(ExitCodes.USAGE);
  }
}
