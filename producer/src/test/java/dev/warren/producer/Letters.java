package dev.warren.producer;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.warren.api.Failure;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.connection.ProcessName;
import dev.warren.engine.topology.Declarer;
import dev.warren.engine.topology.Topology;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.TaskMessage;
import dev.warren.engine.wire.TaskWriter;
import dev.warren.engine.wire.WireTask;
import dev.warren.testkit.VirtualHost;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;

/** Puts dead letters, as workers write them, into the queues of a test. */
public final class Letters {
  private final VirtualHost host;

  public Letters(VirtualHost host) {
    this.host = host;
  }

  /** A queue with its dead letters, for one type, that nobody serves. */
  public Letters queue(String queue, String type) {
    new Declarer(new Connections(BrokerSettings.of(host.uri()), ProcessName.of("test")))
        .apply(Topology.fleet().and(Topology.workQueue(queue)).and(Topology.type(queue, type)));
    return this;
  }

  public static TaskMessage task(String queue, String type, String arguments) {
    return TaskMessage.of(TaskId.next(), type, queue, JsonText.of(arguments), Instant.now());
  }

  /** So many tasks of a type, dead of different reasons of one kind. */
  public List<TaskMessage> many(String queue, String type, int count) throws Exception {
    List<TaskMessage> tasks =
        IntStream.range(0, count).mapToObj(i -> task(queue, type, "{\"n\":" + i + "}")).toList();
    try (Connection connection = host.connect("letters");
        Channel channel = connection.createChannel()) {
      channel.confirmSelect();
      for (int i = 0; i < count; i++) {
        put(
            channel,
            tasks.get(i),
            Failure.of("java.io.IOException", "no route to host " + i),
            Instant.now());
      }
      channel.waitForConfirmsOrDie(20_000);
    }
    return tasks;
  }

  public void dead(TaskMessage task, Failure failure, Instant at) throws Exception {
    try (Connection connection = host.connect("letters");
        Channel channel = connection.createChannel()) {
      channel.confirmSelect();
      put(channel, task, failure, at);
      channel.waitForConfirmsOrDie(20_000);
    }
  }

  private static void put(Channel channel, TaskMessage task, Failure failure, Instant at)
      throws Exception {
    WireTask letter = new TaskWriter("test").writeDead(task, failure, at);
    channel.basicPublish(
        TopologyNames.DEAD, "told." + task.queue(), letter.properties(), letter.body().bytes());
  }
}
