package dev.warren.producer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.engine.topology.Grant;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.producer.cli.CommandLineRun.Answer;
import dev.warren.testkit.Permissions;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@RabbitMq
class QueuePauseCommandTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final VirtualHost host;
  private final LocalFleet fleet;
  @TempDir private Path home;

  QueuePauseCommandTest(VirtualHost host) {
    this.host = host;
    this.fleet = new LocalFleet(host);
  }

  @BeforeEach
  void start() {
    LocalFleet started = fleet.start();
    assertThat(started).isSameAs(fleet);
    awaitConsumers(1);
  }

  @AfterEach
  void stop() {
    run("queue", "resume", "default", "people");
    fleet.close();
  }

  private Answer run(String... args) {
    return new CommandLineRun(home).broker(host.uri()).run(args);
  }

  private void awaitConsumers(int count) {
    await()
        .atMost(LIMIT)
        .until(
            () -> run("queues", "default", "-o", "json").out().contains("\"consumers\":" + count));
  }

  @Test
  void aPausedQueueIsNotServedAndEverybodySaysSoUntilItIsResumed() {
    Answer paused = run("queue", "pause", "default", "--by", "the night shift");

    assertThat(paused.exit()).as(paused.err()).isZero();
    assertThat(paused.out()).isEmpty();
    assertThat(paused.err()).contains("queue 'default' is paused");
    awaitConsumers(0);
    String id = run("submit", "echo", "7").out().strip();
    assertThat(run("queues", "default").out()).contains("by the night shift since ");
    assertThat(run("queues", "people", "-o", "json").out()).contains("\"paused\":null");
    assertThat(run("workers", "-o", "json").out())
        .contains("\"state\":\"ready\"", "\"paused\":[\"default\"]");
    assertThat(run("top", "--once", "--interval", "100ms").out())
        .contains("PAUSED", "by the night shift since ");
    assertThat(run("doctor").out())
        .contains("queue default: 1 tasks wait; it is paused by the night shift since ")
        .contains("'warren queue resume default'")
        .doesNotContain("no worker serves it");
    Answer why = run("task", "why", id, "--queue", "default");
    assertThat(why.out()).contains("is paused by the night shift", "queue resume default");

    assertThat(run("submit", "people.greet", "name=Ada", "--wait").out())
        .as("another queue")
        .isEqualTo("\"Hello Ada!\"\n");
    Answer resumed = run("queue", "resume", "default");

    assertThat(resumed.exit()).isZero();
    awaitConsumers(1);
    assertThat(run("submit", "echo", "8", "--wait").out()).isEqualTo("8\n");
    assertThat(run("queues", "default", "-o", "json").out())
        .contains("\"ready\":0", "\"paused\":null");
  }

  @Test
  void anOperatorMayPauseAndSee() {
    URI operator =
        host.createUser(
            Permissions.of(
                Grant.OPERATOR.configure(), Grant.OPERATOR.write(), Grant.OPERATOR.read()));

    Answer paused = new CommandLineRun(home).broker(operator).run("queue", "pause", "people");

    assertThat(paused.exit()).as(paused.err()).isZero();
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () ->
                assertThat(
                        new CommandLineRun(home)
                            .broker(operator)
                            .run("queues", "people", "-o", "json")
                            .out())
                    .contains(
                        "\"consumers\":0",
                        "\"paused\":\"by " + System.getProperty("user.name") + "@"));
  }

  @Test
  void whoMayNotPauseIsToldInOneLine() {
    URI stranger = host.createUser(Permissions.of("^$", "^warren\\.tasks$", "^$"));

    Answer answer = new CommandLineRun(home).broker(stranger).run("queue", "pause", "default");

    assertThat(answer.exit()).isEqualTo(ExitCodes.REFUSED);
    assertThat(answer.errLines()).hasSize(1);
    assertThat(answer.err()).contains(TopologyNames.CANCELLATIONS);
  }

  @Test
  void aQueueThatIsNotThereYetMayBePausedAndANameThatIsNoneMayNot() {
    Answer early = run("queue", "pause", "later");
    assertThat(early.exit()).isZero();
    assertThat(early.err()).contains("there is no queue 'later' yet");

    assertThat(run("queue", "pause", "a.b").exit()).isEqualTo(ExitCodes.USAGE);
    assertThat(run("queue", "pause").exit()).isEqualTo(ExitCodes.USAGE);
    assertThat(run("queue").exit()).isEqualTo(ExitCodes.USAGE);
  }
}
