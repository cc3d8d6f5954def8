package dev.warren.producer;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.api.Outcome;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.topology.Grant;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.producer.dead.PeekedMessage;
import dev.warren.producer.dead.PurgeReport;
import dev.warren.testkit.Permissions;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@RabbitMq
class WorkQueuesTest {
  private final VirtualHost host;
  private final Letters letters;
  private @TempDir Path cache = Path.of("");

  WorkQueuesTest(VirtualHost host) {
    this.host = host;
    this.letters = new Letters(host);
  }

  private WarrenClient as(URI uri) {
    return WarrenClient.builder().broker(uri).typeCache(cache).connect();
  }

  private URI operator() {
    return host.createUser(
        Permissions.of(Grant.OPERATOR.configure(), Grant.OPERATOR.write(), Grant.OPERATOR.read()));
  }

  private static List<RawHandle> submit(WarrenClient client, String queue, int count) {
    List<RawHandle> handles = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      handles.add(
          client.submit(
              RawTask.of("echo", JsonText.of("{\"word\":\"" + i + "\"}"))
                  .withOptions(dev.warren.api.SubmitOptions.DEFAULT.withQueue(queue))
                  .withOutcomeWanted(true)));
    }
    return handles;
  }

  @Test
  void fiftyPeeksLoseNothingAndMakeNoTaskASuspect() {
    letters.queue("looked", "echo");
    try (WarrenClient client = as(host.uri());
        WarrenClient operator = as(operator())) {
      Set<String> ids = new HashSet<>();
      submit(client, "looked", 3).forEach(handle -> ids.add(handle.id().toString()));

      for (int look = 0; look < 50; look++) {
        List<PeekedMessage> seen = operator.workQueues().peek("looked", 10);
        assertThat(seen).hasSize(3).allMatch(message -> message.returned() < 5);
        assertThat(seen)
            .flatExtracting(PeekedMessage::tasks)
            .extracting(task -> task.id().toString())
            .containsExactlyInAnyOrderElementsOf(ids);
      }

      assertThat(host.readyCount(TopologyNames.work("looked"))).isEqualTo(3);
      assertThat(operator.workQueues().peek("looked", 2)).hasSize(2);
    }
  }

  @Test
  void manyTasksThatAreLookedAtOftenStayAsManyAsTheyWere() {
    letters.queue("often", "echo");
    try (WarrenClient client = as(host.uri())) {
      Set<String> ids = new HashSet<>();
      submit(client, "often", 300).forEach(handle -> ids.add(handle.id().toString()));

      for (int look = 0; look < 12; look++) {
        assertThat(client.workQueues().peek("often", 300))
            .flatExtracting(PeekedMessage::tasks)
            .extracting(task -> task.id().toString())
            .containsExactlyInAnyOrderElementsOf(ids);
      }
      assertThat(host.readyCount(TopologyNames.work("often"))).isEqualTo(300);
    }
  }

  @Test
  void anEmptyQueueShowsNothing() {
    letters.queue("empty", "echo");
    try (WarrenClient client = as(host.uri())) {
      assertThat(client.workQueues().peek("empty", 10)).isEmpty();
      assertThat(client.workQueues().purge("empty", () -> false).cancelled()).isZero();
    }
  }

  @Test
  void whatIsPurgedEndsAsCancelledForWhoeverWaits() throws Exception {
    letters.queue("full", "echo");
    try (WarrenClient client = as(host.uri());
        WarrenClient operator = as(operator())) {
      List<RawHandle> handles = submit(client, "full", 700);
      host.publish(
          TopologyNames.TASKS,
          "full.echo",
          new BasicProperties.Builder().type("echo").build(),
          "{no json".getBytes(java.nio.charset.StandardCharsets.UTF_8));
      assertThat(operator.workQueues().ready("full")).isEqualTo(701);

      PurgeReport report = operator.workQueues().purge("full", () -> false);

      assertThat(report.broken()).isEmpty();
      assertThat(report.cancelled()).isEqualTo(700);
      assertThat(report.unreadable()).isEqualTo(1);
      assertThat(host.readyCount(TopologyNames.work("full"))).isZero();
      for (RawHandle handle : handles) {
        OutcomeEvent outcome = handle.outcome().toCompletableFuture().get(30, TimeUnit.SECONDS);
        assertThat(outcome.status()).isEqualTo(Outcome.Status.CANCELLED);
      }
    }
  }

  @Test
  void aPurgeThatIsStoppedLeavesTheRest() {
    letters.queue("stopped", "echo");
    try (WarrenClient client = as(host.uri())) {
      List<RawHandle> handles = submit(client, "stopped", 20);
      int[] asked = new int[1];
      PurgeReport report = client.workQueues().purge("stopped", () -> ++asked[0] > 5);
      assertThat(report.cancelled()).isEqualTo(5);
      assertThat(host.readyCount(TopologyNames.work("stopped"))).isEqualTo(15);
      assertThat(handles).hasSize(20);
    }
  }
}
