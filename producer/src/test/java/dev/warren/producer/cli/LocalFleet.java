package dev.warren.producer.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.api.Failure;
import dev.warren.api.Lane;
import dev.warren.api.TaskHandler;
import dev.warren.api.TaskType;
import dev.warren.api.Verdict;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.connection.ProcessName;
import dev.warren.engine.control.ControlListener;
import dev.warren.engine.control.ProcessReport;
import dev.warren.engine.delivery.Attempt;
import dev.warren.engine.delivery.DeliveryEngine;
import dev.warren.engine.delivery.EngineSettings;
import dev.warren.engine.delivery.LaneExecutor;
import dev.warren.engine.delivery.Registration;
import dev.warren.engine.registry.Announcer;
import dev.warren.engine.registry.TypeAnnouncement;
import dev.warren.engine.topology.Declarer;
import dev.warren.engine.topology.TopologyMode;
import dev.warren.testkit.VirtualHost;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** A worker inside the test: the real engine with types that do what the tests need. */
final class LocalFleet implements AutoCloseable {
  /** How to greet. */
  record Greeting(String name, Optional<Integer> times) {}

  static final TaskType<Object, Object> ECHO =
      TaskType.of("echo", Object.class, Object.class).describedAs("Returns its argument");
  static final TaskType<Greeting, String> GREET =
      TaskType.of("people.greet", Greeting.class, String.class)
          .with(options -> options.withQueue("people"))
          .describedAs("Greets somebody");
  static final TaskType<JsonNode, JsonNode> ODD =
      TaskType.of("odd", JsonNode.class, JsonNode.class).describedAs("Takes odd numbers only");
  static final TaskType<Object, Object> HELD = TaskType.of("held", Object.class, Object.class);

  /** A permit lets one {@code held} task end. */
  final Semaphore gate = new Semaphore(0);

  private final Connections connections;
  private final DeliveryEngine engine;
  private final List<TypeAnnouncement> announced = new ArrayList<>();
  private final ControlListener control;
  private final VirtualLane lane = new VirtualLane();

  LocalFleet(VirtualHost host) {
    connections = new Connections(BrokerSettings.of(host.uri()), ProcessName.of("worker"));
    Declarer declarer = new Declarer(connections);
    EngineSettings settings =
        new EngineSettings(
            connections.process(),
            List.of("default", "people"),
            Map.of(),
            Duration.ofMinutes(30),
            Duration.ofSeconds(30));
    DeliveryEngine.Builder builder =
        DeliveryEngine.builder(connections, settings)
            .lane(lane)
            .preparation(
                (queue, types) ->
                    declarer.establish(TopologyMode.APPLY, Map.of(queue, Set.copyOf(types))));
    add(builder, ECHO, (argument, context) -> Verdict.done(argument));
    add(builder, GREET, (greeting, context) -> Verdict.done("Hello " + greeting.name() + "!"));
    add(
        builder,
        ODD,
        (number, context) ->
            number.asInt() % 2 == 1
                ? Verdict.done(number)
                : Verdict.reject(Failure.of("Even", number + " is even")));
    add(
        builder,
        HELD,
        (argument, context) -> {
          gate.acquire();
          return Verdict.done(argument);
        });
    engine = builder.build();
    control =
        new ControlListener(
            connections,
            () ->
                new ProcessReport(
                        connections.process(), Instant.now(), engine.state(), List.of(lane), 0, 0)
                    .json(),
            engine::find);
  }

  private <A, R> void add(
      DeliveryEngine.Builder builder, TaskType<A, R> type, TaskHandler<A, R> handler) {
    builder.register(Registration.blocking(type, Lane.VIRTUAL, handler));
    announced.add(
        TypeAnnouncement.of(
            type, Lane.VIRTUAL, "1.2", connections.process().text(), Instant.now()));
  }

  /** Makes the topology, announces the types and starts to work. */
  LocalFleet start() {
    announce();
    engine.start();
    control.start();
    return this;
  }

  /** Makes the topology and announces the types; nobody works. */
  LocalFleet announce() {
    Set<String> types = new LinkedHashSet<>();
    announced.forEach(type -> types.add(type.type()));
    types.remove("people.greet");
    new Declarer(connections)
        .establish(TopologyMode.APPLY, Map.of("default", types, "people", Set.of("people.greet")));
    new Announcer(connections, announced).announce();
    return this;
  }

  @Override
  public void close() {
    gate.release(1_000_000);
    control.close();
    engine.close();
    lane.close();
  }

  private static final class VirtualLane implements LaneExecutor {
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger running = new AtomicInteger();

    @Override
    public Lane lane() {
      return Lane.VIRTUAL;
    }

    @Override
    public int concurrency() {
      return 100;
    }

    @Override
    public int running() {
      return running.get();
    }

    @Override
    public void execute(Attempt attempt) {
      threads.execute(
          () -> {
            running.incrementAndGet();
            try {
              attempt.run();
            } finally {
              running.decrementAndGet();
            }
          });
    }

    @Override
    public void close() {
      threads.shutdownNow();
    }
  }
}
