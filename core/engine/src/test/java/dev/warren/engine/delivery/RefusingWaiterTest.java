package dev.warren.engine.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.warren.api.Lane;
import dev.warren.api.TaskId;
import dev.warren.api.TaskType;
import dev.warren.api.Verdict;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.TaskMessage;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A client that waits on a queue that takes nothing, as one on a node that is down. */
@RabbitMq
class RefusingWaiterTest {
  record Word(String text) {}

  private static final Duration AMPLE = Duration.ofSeconds(60);
  private static final String TOKEN = "0123456789abcdef0123456789abcdef";
  private static final TaskType<Word, Word> SAY = TaskType.of("say", Word.class, Word.class);

  @Test
  void holdsUpNoTask(VirtualHost host) throws Exception {
    EngineFixture fixture = new EngineFixture(host);
    try {
      fixture.queue("default", SAY.name());
      refuseOutcomes(host);
      AtomicInteger runs = new AtomicInteger();
      DeliveryEngine engine =
          fixture.started(
              fixture
                  .engine("default")
                  .register(
                      Registration.blocking(
                          SAY,
                          Lane.VIRTUAL,
                          (word, context) -> {
                            runs.incrementAndGet();
                            return Verdict.done(word);
                          })));
      TaskMessage task =
          TaskMessage.of(
              TaskId.next(), SAY.name(), "default", JsonText.of("{\"text\":\"x\"}"), Instant.now());
      fixture.send(task.withLineage(task.lineage().withReply(TOKEN)));

      await().atMost(AMPLE).until(() -> runs.get() == 1);
      await().atMost(AMPLE).until(() -> engine.state().queues().getFirst().unacknowledged() == 0);
      assertThat(runs).hasValue(1);
      await()
          .atMost(AMPLE)
          .until(() -> fixture.outcomes.stream().anyMatch(each -> each.task().equals(task.id())));
      assertThat(host.readyCount(TopologyNames.work("default"))).isZero();
    } finally {
      fixture.close();
    }
  }

  private static void refuseOutcomes(VirtualHost host) throws Exception {
    String queue = TopologyNames.waiting(TOKEN);
    try (Connection connection = host.connect("declare");
        Channel channel = connection.createChannel()) {
      channel.queueDeclare(
          queue, true, false, false, Map.of("x-max-length", 1, "x-overflow", "reject-publish"));
      channel.queueBind(queue, TopologyNames.EVENTS, "*.*." + TOKEN);
    }
    host.publish("", queue, new BasicProperties(), new byte[] {1});
  }
}
