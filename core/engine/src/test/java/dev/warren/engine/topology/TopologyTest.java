package dev.warren.engine.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.api.ConfigurationException;
import dev.warren.engine.wire.BatchClosed;
import dev.warren.engine.wire.BatchOpened;
import dev.warren.engine.wire.DelayRoute;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.engine.wire.TaskDelayed;
import dev.warren.engine.wire.TaskRetrying;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class TopologyTest {
  @Test
  void aWorkQueueHasItsFrozenArgumentsAndNoLengthLimit() {
    QueueDefinition work = Topology.workQueue("cpu").queues().getLast();

    assertThat(work.name()).isEqualTo("warren.q.cpu");
    assertThat(work.durable()).isTrue();
    assertThat(work.arguments())
        .containsOnly(
            Map.entry("x-queue-type", "quorum"),
            Map.entry("x-delivery-limit", 20),
            Map.entry("x-dead-letter-exchange", "warren.dead"),
            Map.entry("x-dead-letter-routing-key", "broker.cpu"),
            Map.entry("x-dead-letter-strategy", "at-least-once"),
            Map.entry("x-overflow", "reject-publish"));
  }

  @Test
  void deadLetterQueuesComeBeforeTheQueuesThatFeedThem() {
    assertThat(Topology.fleet().and(Topology.workQueue("cpu")).queues())
        .extracting(QueueDefinition::name)
        .containsSubsequence(
            "warren.unrouted", "warren.dead.inbox", "warren.dead.cpu", "warren.q.cpu");
  }

  @Test
  void everyDelayPassesExactlyTheLevelsOfItsBitsAndLeavesToItsWorkQueue() {
    Topology ladder = Topology.fleet().and(Topology.workQueue("cpu"));
    for (long seconds : List.of(1L, 2L, 3L, 60L, 3600L, 86_399L, (1L << 20) - 1)) {
      DelayRoute route = DelayRoute.of(Duration.ofSeconds(seconds), "cpu", "image.thumbnail");
      String at = route.exchange();
      long waited = 0;
      while (!at.equals("warren.q.cpu")) {
        String exchange = at;
        List<BindingDefinition> taken =
            ladder.bindings().stream()
                .filter(binding -> binding.exchange().equals(exchange))
                .filter(binding -> matches(binding.key(), route.routingKey()))
                .toList();
        assertThat(taken).as("%s s at %s", seconds, exchange).hasSize(1);
        at = taken.getFirst().target();
        if (at.startsWith("warren.delay.") && !taken.getFirst().toExchange()) {
          QueueDefinition level = queue(ladder, at);
          waited += Long.parseLong(argument(level, "x-message-ttl"));
          at = argument(level, "x-dead-letter-exchange");
        }
      }
      assertThat(waited).isEqualTo(seconds * 1000);
    }
  }

  @Test
  void gatewaysGetTheEventsThatTheWireContractNames() {
    assertThat(Topology.outcomes().bindings())
        .extracting(BindingDefinition::key)
        .containsExactly(
            OutcomeEvent.NAME + ".#",
            BatchOpened.NAME + ".#",
            BatchClosed.NAME + ".#",
            TaskDelayed.NAME + ".#",
            TaskRetrying.NAME + ".#");
  }

  @Test
  void cancellationsOutliveTheReachOfTheLadder() {
    assertThat(Topology.CANCELLATION_RETENTION).isGreaterThan(DelayRoute.REACH.plusDays(1));
  }

  @Test
  void aUnionKeepsOrderAndNamesEachPartOnce() {
    Topology once = Topology.workQueue("cpu").and(Topology.type("cpu", "echo"));
    assertThat(once.and(once)).isEqualTo(once);
  }

  @Test
  void namesOutsideTheGrammarAreRefused() {
    assertThatThrownBy(() -> Topology.workQueue("a.b")).isInstanceOf(ConfigurationException.class);
    assertThatThrownBy(() -> Topology.type("cpu", "a..b"))
        .isInstanceOf(ConfigurationException.class);
  }

  private static String argument(QueueDefinition queue, String name) {
    return String.valueOf(queue.arguments().get(name));
  }

  private static QueueDefinition queue(Topology topology, String name) {
    return topology.queues().stream().filter(q -> q.name().equals(name)).findFirst().orElseThrow();
  }

  /** Topic matching by its specification: a star is one word, a hash any number. */
  private static boolean matches(String pattern, String key) {
    String regex = pattern.replace("*", "[^.]+").replace(".#", "(\\..*)?");
    return Pattern.matches(regex, key);
  }
}
