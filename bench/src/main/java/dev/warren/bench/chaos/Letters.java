package dev.warren.bench.chaos;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import dev.warren.bench.BenchException;
import dev.warren.engine.topology.TopologyNames;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * What the queues hold when all is over.
 *
 * @param dead ids of the tasks with a letter
 * @param left messages in queues that must be empty by then, by queue; empty ones are not named
 */
record Letters(Set<String> dead, Map<String, Long> left) {
  private static final List<String> QUEUES = List.of(ChaosTasks.QUEUE, ChaosTasks.WAITING_QUEUE);

  Letters {
    dead = Set.copyOf(dead);
    left = Map.copyOf(left);
  }

  /** Reads the dead letters, which takes them, and counts the rest. */
  static Letters read(ChaosBroker broker) {
    try (Connection connection = broker.connect("chaos-letters");
        Channel channel = connection.createChannel()) {
      Set<String> dead = new HashSet<>();
      for (String queue : QUEUES) {
        for (GetResponse letter = channel.basicGet(TopologyNames.dead(queue), true);
            letter != null;
            letter = channel.basicGet(TopologyNames.dead(queue), true)) {
          dead.add(letter.getProps().getMessageId() + "");
        }
      }
      return new Letters(dead, left(channel));
    } catch (IOException | TimeoutException failed) {
      throw new BenchException("the dead letters cannot be read: " + failed, failed);
    }
  }

  /** Messages that wait now where none must be left at the end, by queue. */
  static Map<String, Long> left(ChaosBroker broker) {
    try (Connection connection = broker.connect("chaos-depths");
        Channel channel = connection.createChannel()) {
      return left(channel);
    } catch (IOException | TimeoutException failed) {
      throw new BenchException("the queues cannot be counted: " + failed, failed);
    }
  }

  private static Map<String, Long> left(Channel channel) throws IOException {
    Map<String, Long> left = new LinkedHashMap<>();
    List<String> queues =
        Stream.of(
                QUEUES.stream().map(TopologyNames::work),
                Stream.iterate(0, level -> level + 1)
                    .limit(TopologyNames.DELAY_LEVELS)
                    .map(TopologyNames::delay),
                Stream.of(TopologyNames.OUTCOMES, TopologyNames.DEAD_INBOX, TopologyNames.UNROUTED))
            .flatMap(names -> names)
            .toList();
    for (String queue : queues) {
      long count = channel.messageCount(queue);
      if (count > 0) {
        left.put(queue, count);
      }
    }
    return left;
  }
}
