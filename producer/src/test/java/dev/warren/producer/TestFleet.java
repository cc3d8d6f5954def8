package dev.warren.producer;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.warren.api.Failure;
import dev.warren.api.Lane;
import dev.warren.api.TaskType;
import dev.warren.api.Verdict;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.connection.ProcessName;
import dev.warren.engine.delivery.Attempt;
import dev.warren.engine.delivery.DeliveryEngine;
import dev.warren.engine.delivery.EngineSettings;
import dev.warren.engine.delivery.LaneExecutor;
import dev.warren.engine.delivery.Registration;
import dev.warren.engine.registry.Announcer;
import dev.warren.engine.registry.TypeAnnouncement;
import dev.warren.engine.topology.Declarer;
import dev.warren.engine.topology.TopologyMode;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.testkit.VirtualHost;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A worker in the test's own JVM: the real delivery engine with a few simple types. */
final class TestFleet implements AutoCloseable {
  /** Arguments and result of the test's types. */
  record Word(String word) {}

  /** Returns its argument. */
  static final TaskType<Word, Word> ECHO = TaskType.of("echo", Word.class, Word.class);

  /** Returns its argument once {@link #gate} lets it. */
  static final TaskType<Word, Word> HELD = TaskType.of("held", Word.class, Word.class);

  /** Can never succeed. */
  static final TaskType<Word, Word> BROKEN = TaskType.of("broken", Word.class, Word.class);

  /** Can succeed once {@link #mended}. */
  static final TaskType<Word, Word> MOODY = TaskType.of("moody", Word.class, Word.class);

  /** Like echo, on another queue than clients think that know only its name. */
  static final TaskType<Word, Word> MOVED =
      TaskType.of("moved", Word.class, Word.class).with(options -> options.withQueue("cpu"));

  final Semaphore gate = new Semaphore(0);
  final AtomicBoolean mended = new AtomicBoolean();

  /** How often each word was worked on. */
  final Map<String, AtomicInteger> runs = new ConcurrentHashMap<>();

  private final VirtualHost host;
  private final Connections connections;
  private final DeliveryEngine engine;
  private final VirtualLane lane = new VirtualLane();

  TestFleet(VirtualHost host) {
    this.host = host;
    connections = new Connections(BrokerSettings.of(host.uri()), ProcessName.of("test-worker"));
    Declarer declarer = new Declarer(connections);
    EngineSettings settings =
        new EngineSettings(
            connections.process(),
            List.of("default", "cpu"),
            Map.of(),
            Duration.ofMinutes(30),
            Duration.ofSeconds(30));
    engine =
        DeliveryEngine.builder(connections, settings)
            .lane(lane)
            .register(blocking(ECHO))
            .register(blocking(MOVED))
            .register(
                Registration.blocking(
                    HELD,
                    Lane.VIRTUAL,
                    (word, context) -> {
                      gate.acquire();
                      return Verdict.done(noted(word));
                    }))
            .register(
                Registration.blocking(
                    BROKEN,
                    Lane.VIRTUAL,
                    (word, context) -> Verdict.reject(Failure.of("Broken", "never works"))))
            .register(
                Registration.blocking(
                    MOODY,
                    Lane.VIRTUAL,
                    (word, context) ->
                        mended.get()
                            ? Verdict.done(noted(word))
                            : Verdict.reject(Failure.of("Moody", "not today"))))
            .preparation(
                (queue, types) ->
                    declarer.establish(TopologyMode.APPLY, Map.of(queue, Set.copyOf(types))))
            .build();
    declarer.establish(
        TopologyMode.APPLY,
        Map.of("default", Set.of("echo", "held", "broken", "moody"), "cpu", Set.of("moved")));
    purge();
    announce(ECHO, HELD, BROKEN, MOODY, MOVED);
    engine.start();
  }

  /** What an earlier test left would take the permits of this one. */
  private void purge() {
    try (Connection connection = host.connect("purge");
        Channel channel = connection.createChannel()) {
      channel.queuePurge(TopologyNames.work("default"));
      channel.queuePurge(TopologyNames.work("cpu"));
    } catch (IOException | TimeoutException failure) {
      throw new IllegalStateException(failure);
    }
  }

  private Registration<Word, Word> blocking(TaskType<Word, Word> type) {
    return Registration.blocking(type, Lane.VIRTUAL, (word, context) -> Verdict.done(noted(word)));
  }

  private Word noted(Word word) {
    runs.computeIfAbsent(word.word(), each -> new AtomicInteger()).incrementAndGet();
    return word;
  }

  void announce(TaskType<?, ?>... types) {
    List<TypeAnnouncement> announcements =
        List.of(types).stream()
            .map(
                type ->
                    TypeAnnouncement.of(
                        type, Lane.VIRTUAL, "1", connections.process().text(), Instant.now()))
            .toList();
    new Announcer(connections, announcements).announce();
  }

  Connections connections() {
    return connections;
  }

  @Override
  public void close() {
    gate.release(1_000_000);
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
      return 200;
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
            attempt.run();
            running.decrementAndGet();
          });
    }

    @Override
    public void close() {
      threads.shutdownNow();
    }
  }
}
