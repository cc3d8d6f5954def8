package dev.warren.worker;

import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.warren.api.TaskId;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.EventCodec;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.testkit.VirtualHost;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Hears every outcome of a virtual host, duplicates too. */
final class Outcomes implements AutoCloseable {
  private final Connection connection;
  private final Map<TaskId, ConcurrentLinkedQueue<OutcomeEvent>> byTask = new ConcurrentHashMap<>();

  Outcomes(VirtualHost host) throws IOException {
    connection = host.connect("outcomes of a test");
    Channel channel = connection.createChannel();
    String queue = channel.queueDeclare().getQueue();
    channel.exchangeDeclare(TopologyNames.EVENTS, BuiltinExchangeType.TOPIC, true);
    channel.queueBind(queue, TopologyNames.EVENTS, "outcome.#");
    channel.basicConsume(
        queue,
        true,
        (tag, delivery) ->
            EventCodec.read(
                    delivery.getBody(),
                    unreadable -> {
                      throw unreadable;
                    })
                .forEach(event -> note((OutcomeEvent) event)),
        tag -> {});
  }

  private void note(OutcomeEvent event) {
    byTask.computeIfAbsent(event.task(), first -> new ConcurrentLinkedQueue<>()).add(event);
  }

  /** Tasks with at least one outcome. */
  int tasks() {
    return byTask.size();
  }

  /** Outcomes beyond the first of each task. */
  int duplicates() {
    return byTask.values().stream().mapToInt(ConcurrentLinkedQueue::size).sum() - byTask.size();
  }

  /** The outcomes of a task. */
  List<OutcomeEvent> of(TaskId task) {
    ConcurrentLinkedQueue<OutcomeEvent> known = byTask.get(task);
    return known == null ? List.of() : List.copyOf(known);
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }
}
