package dev.warren.engine.delivery;

import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.warren.api.Lane;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.connection.ProcessName;
import dev.warren.engine.publish.Outgoing;
import dev.warren.engine.publish.PublishResult;
import dev.warren.engine.publish.Publisher;
import dev.warren.engine.topology.Declarer;
import dev.warren.engine.topology.Topology;
import dev.warren.engine.topology.TopologyMode;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.Event;
import dev.warren.engine.wire.EventCodec;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.engine.wire.RoutingKeys;
import dev.warren.engine.wire.TaskMessage;
import dev.warren.engine.wire.TaskRetrying;
import dev.warren.engine.wire.TaskWriter;
import dev.warren.testkit.VirtualHost;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A virtual host with Warren's topology, a way to send tasks, and a record of every outcome. */
final class EngineFixture {
  private static final String RECORD = "test.outcomes";

  final Connections connections;
  final Declarer declarer;
  final Queue<OutcomeEvent> outcomes = new ConcurrentLinkedQueue<>();
  final Queue<TaskRetrying> retrying = new ConcurrentLinkedQueue<>();
  final AtomicInteger outcomeMessages = new AtomicInteger();
  private final Publisher publisher;
  private final Connection recorder;
  private final List<AutoCloseable> opened = new ArrayList<>();
  private final Map<String, Set<String>> bound = new ConcurrentHashMap<>();

  EngineFixture(VirtualHost host) throws IOException {
    connections = new Connections(BrokerSettings.of(host.uri()), ProcessName.of("test"));
    declarer = new Declarer(connections);
    declarer.apply(Topology.fleet());
    publisher = new Publisher("test-publisher", () -> connections.open("publish"), 1000);
    publisher.start();
    recorder = host.connect("recorder");
    Channel channel = recorder.createChannel();
    channel.queueDeclare(RECORD, true, false, false, Map.of());
    channel.exchangeDeclare(TopologyNames.EVENTS, BuiltinExchangeType.TOPIC, true);
    channel.queueBind(RECORD, TopologyNames.EVENTS, "outcome.#");
    channel.queueBind(RECORD, TopologyNames.EVENTS, "retrying.#");
    channel.basicConsume(
        RECORD,
        true,
        (tag, delivery) -> {
          if (OutcomeEvent.NAME.equals(delivery.getProperties().getType())) {
            outcomeMessages.incrementAndGet();
          }
          EventCodec.read(
                  delivery.getBody(),
                  error -> {
                    throw error;
                  })
              .forEach(this::record);
        },
        tag -> {});
  }

  private void record(Event event) {
    switch (event) {
      case OutcomeEvent outcome -> outcomes.add(outcome);
      case TaskRetrying again -> retrying.add(again);
      default -> throw new AssertionError("nobody asked for " + event);
    }
  }

  /** Declares a queue and binds types to it. */
  void queue(String queue, String... types) {
    declarer.establish(TopologyMode.APPLY, Map.of(queue, Set.of(types)));
    bound.put(queue, Set.of(types));
  }

  TaskId send(String queue, String type, String arguments) {
    TaskMessage task =
        TaskMessage.of(TaskId.next(), type, queue, JsonText.of(arguments), Instant.now());
    send(task);
    return task.id();
  }

  void send(TaskMessage task) {
    PublishResult result =
        publisher
            .publish(
                Outgoing.task(
                    TopologyNames.TASKS,
                    RoutingKeys.task(task.queue(), task.type()),
                    new TaskWriter("test").write(task)),
                Duration.ofSeconds(20))
            .join();
    if (!(result instanceof PublishResult.Confirmed)) {
      throw new AssertionError("task was not accepted: " + result);
    }
  }

  Publisher publisher() {
    return publisher;
  }

  DeliveryEngine.Builder engine(String... queues) {
    return engineWithGrace(Duration.ofSeconds(30), queues);
  }

  /** With little time for attempts that were told to stop. */
  DeliveryEngine.Builder engineWithGrace(Duration stopGrace, String... queues) {
    return engine(
        new EngineSettings(
            ProcessName.of("test-worker"),
            List.of(queues),
            Map.of(),
            Duration.ofMinutes(30),
            Duration.ofSeconds(30),
            stopGrace));
  }

  DeliveryEngine.Builder engine(EngineSettings settings) {
    return DeliveryEngine.builder(connections, settings)
        .lane(keep(new PoolLane(Lane.VIRTUAL, 50)))
        .lane(keep(new PoolLane(Lane.THREADS, 2)))
        .preparation(
            (queue, types) ->
                declarer.establish(TopologyMode.APPLY, Map.of(queue, Set.copyOf(types))));
  }

  /** A lane of the tests' own. */
  LaneExecutor lane(Lane lane, int concurrency) {
    return keep(new PoolLane(lane, concurrency));
  }

  DeliveryEngine started(DeliveryEngine.Builder builder) {
    DeliveryEngine engine = keep(builder.build());
    engine.start();
    return engine;
  }

  private <T extends AutoCloseable> T keep(T part) {
    opened.addFirst(part);
    return part;
  }

  void close() throws Exception {
    for (AutoCloseable part : opened) {
      part.close();
    }
    publisher.close();
    recorder.close();
  }

  /** A lane of the tests: a fixed pool. */
  static final class PoolLane implements LaneExecutor {
    private final Lane lane;
    private final int concurrency;
    private final ThreadPoolExecutor pool;

    @Override
    public void replace(Attempt stuck) {
      pool.setMaximumPoolSize(pool.getMaximumPoolSize() + 1);
      pool.setCorePoolSize(pool.getCorePoolSize() + 1);
    }

    PoolLane(Lane lane, int concurrency) {
      this.lane = lane;
      this.concurrency = concurrency;
      this.pool =
          new ThreadPoolExecutor(
              concurrency, concurrency, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
    }

    @Override
    public Lane lane() {
      return lane;
    }

    @Override
    public int concurrency() {
      return concurrency;
    }

    @Override
    public int running() {
      return pool.getActiveCount();
    }

    @Override
    public void execute(Attempt attempt) {
      pool.execute(attempt);
    }

    @Override
    public void close() {
      pool.shutdownNow();
      try {
        if (!pool.awaitTermination(10, TimeUnit.SECONDS)) {
          throw new AssertionError("a body does not end");
        }
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
