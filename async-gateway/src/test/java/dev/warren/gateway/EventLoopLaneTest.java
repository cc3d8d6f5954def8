package dev.warren.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.warren.api.RejectedTask;
import dev.warren.api.RetryPolicy;
import dev.warren.api.TaskId;
import dev.warren.api.TaskType;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.connection.ProcessName;
import dev.warren.engine.delivery.DeliveryEngine;
import dev.warren.engine.delivery.EngineSettings;
import dev.warren.engine.topology.Declarer;
import dev.warren.engine.topology.Topology;
import dev.warren.engine.topology.TopologyMode;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.Cancellation;
import dev.warren.engine.wire.CancellationCodec;
import dev.warren.engine.wire.EventCodec;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.engine.wire.TaskMessage;
import dev.warren.engine.wire.TaskWriter;
import dev.warren.engine.wire.WireTask;
import dev.warren.gateway.lane.AsyncTasks;
import dev.warren.gateway.lane.EventLoopLane;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@RabbitMq
class EventLoopLaneTest {
  record Pause(int millis) {}

  record Woken(String thread) {}

  private static final int IN_FLIGHT = 2_000;
  private static final Duration STOP_GRACE = Duration.ofSeconds(2);

  private final VirtualHost host;
  private final Queue<OutcomeEvent> outcomes = new ConcurrentLinkedQueue<>();
  private final Vertx vertx = Vertx.vertx();
  private final AsyncTasks tasks = new AsyncTasks(vertx, Map.of());
  private final EventLoopLane lane = new EventLoopLane(vertx, IN_FLIGHT, 2);
  private final Connections connections;
  private final Connection recorder;
  private @Nullable DeliveryEngine engine;

  EventLoopLaneTest(VirtualHost host) throws Exception {
    this.host = host;
    connections = new Connections(BrokerSettings.of(host.uri()), ProcessName.of("gateway"));
    new Declarer(connections).apply(Topology.fleet());
    recorder = host.connect("recorder");
    Channel channel = recorder.createChannel();
    String record = channel.queueDeclare().getQueue();
    channel.queueBind(record, "warren.events", "outcome.#");
    channel.basicConsume(
        record,
        true,
        (tag, delivery) ->
            EventCodec.read(
                    delivery.getBody(),
                    error -> {
                      throw error;
                    })
                .forEach(event -> outcomes.add((OutcomeEvent) event)),
        tag -> {});
  }

  private void start() {
    Declarer declarer = new Declarer(connections);
    DeliveryEngine.Builder builder =
        DeliveryEngine.builder(
                connections,
                new EngineSettings(
                    ProcessName.of("gateway"),
                    List.of("async"),
                    Map.of("async", 2_000),
                    Duration.ofMinutes(30),
                    Duration.ofSeconds(30),
                    STOP_GRACE))
            .lane(lane)
            .preparation(
                (queue, types) ->
                    declarer.establish(TopologyMode.APPLY, Map.of(queue, Set.copyOf(types))));
    tasks.registrations().forEach(builder::register);
    DeliveryEngine started = builder.build();
    engine = started;
    started.start();
    await().atMost(Duration.ofSeconds(30)).until(() -> started.state().ready());
  }

  @AfterEach
  void close() throws Exception {
    if (engine != null) {
      engine.close();
    }
    lane.close();
    vertx.close().await();
    recorder.close();
  }

  private TaskType<Pause, Woken> pause() {
    return TaskType.of("pause", Pause.class, Woken.class)
        .with(
            options ->
                options
                    .withQueue("async")
                    .withRetry(
                        new RetryPolicy(2, Duration.ofMillis(1), 1, Duration.ofMillis(1), false)));
  }

  private void send(int count, int millis) throws Exception {
    try (Connection connection = host.connect("sender");
        Channel channel = connection.createChannel()) {
      channel.confirmSelect();
      for (int i = 0; i < count; i++) {
        WireTask task =
            new TaskWriter("test")
                .write(
                    TaskMessage.of(
                        TaskId.next(),
                        "pause",
                        "async",
                        JsonText.of("{\"millis\":" + millis + "}"),
                        Instant.now()));
        channel.basicPublish(
            "warren.tasks", "async.pause", true, task.properties(), task.body().bytes());
      }
      channel.waitForConfirmsOrDie(30_000);
    }
  }

  @Test
  void thousandsAreInFlightOnTwoThreadsAndEachStaysOnItsLoop() throws Exception {
    AtomicInteger inFlight = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Set<String> threads = ConcurrentHashMap.newKeySet();
    AtomicInteger strayed = new AtomicInteger();
    tasks.register(
        pause(),
        (arguments, context) -> {
          Context began = Vertx.currentContext();
          threads.add(Thread.currentThread().getName());
          most.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
          return vertx
              .timer(arguments.millis(), java.util.concurrent.TimeUnit.MILLISECONDS)
              .map(
                  fired -> {
                    inFlight.decrementAndGet();
                    if (!Objects.equals(began, Vertx.currentContext())) {
                      strayed.incrementAndGet();
                    }
                    return new Woken(Thread.currentThread().getName());
                  });
        });
    start();

    send(3_000, 500);
    await().atMost(Duration.ofSeconds(60)).until(() -> outcomes.size() == 3_000);

    assertThat(outcomes.stream().map(OutcomeEvent::task).collect(Collectors.toSet()))
        .hasSize(3_000);
    assertThat(outcomes).allMatch(outcome -> outcome.lane().equals("async"));
    assertThat(most.get()).isGreaterThan(100).isLessThanOrEqualTo(IN_FLIGHT);
    assertThat(threads).hasSize(2).allMatch(name -> name.startsWith("vert.x-eventloop"));
    assertThat(strayed).hasValue(0);
    await().until(() -> lane.running() == 0);
  }

  @Test
  void aFailedFutureIsAFailedAttemptAndIsTriedAgain() throws Exception {
    tasks.register(
        pause(),
        (arguments, context) ->
            context.attempt() == 1
                ? Future.failedFuture(new IllegalStateException("not yet"))
                : Future.succeededFuture(new Woken("second attempt")));
    start();

    send(1, 0);
    await().atMost(Duration.ofSeconds(30)).until(() -> outcomes.size() == 1);

    assertThat(outcomes.element().attempt()).isEqualTo(2);
    assertThat(outcomes.element().result()).hasToString("{\"thread\":\"second attempt\"}");
  }

  @Test
  void aRejectedTaskIsDeadAtOnceAndAThrowingHandlerIsOnlyAFailedAttempt() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    tasks.register(
        pause(),
        (arguments, context) -> {
          if (attempts.incrementAndGet() == 1) {
            throw new IllegalStateException("thrown, not returned");
          }
          return Future.failedFuture(new RejectedTask("never"));
        });
    start();

    send(1, 0);
    await().atMost(Duration.ofSeconds(30)).until(() -> outcomes.size() == 1);

    assertThat(outcomes.element().status()).isEqualTo(dev.warren.api.Outcome.Status.DEAD);
    assertThat(attempts).hasValue(2);
  }

  @Test
  void whatIsInFlightIsToldToStopOnItsLoopWhenItsTaskIsCancelled() throws Exception {
    Set<TaskId> begun = ConcurrentHashMap.newKeySet();
    Set<String> told = ConcurrentHashMap.newKeySet();
    tasks.register(
        pause(),
        (arguments, context) -> {
          begun.add(context.id());
          Promise<Woken> end = Promise.promise();
          context.onCancel(
              () -> {
                told.add(Thread.currentThread().getName());
                end.fail("told to stop");
              });
          return end.future();
        });
    start();
    send(20, 0);
    await().atMost(Duration.ofSeconds(30)).until(() -> begun.size() == 20);

    begun.forEach(this::cancel);
    await().atMost(Duration.ofSeconds(30)).until(() -> outcomes.size() == 20);

    assertThat(outcomes)
        .allMatch(outcome -> outcome.status() == dev.warren.api.Outcome.Status.CANCELLED)
        .allMatch(outcome -> outcome.attempt() == 1);
    assertThat(told).isNotEmpty().allMatch(name -> name.startsWith("vert.x-eventloop"));
    await().until(() -> lane.running() == 0);
  }

  @Test
  void whatDoesNotEndAfterItWasToldToIsGivenUpAndItsPlaceComesBack() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    Promise<Woken> late = Promise.promise();
    tasks.register(
        pause().with(options -> options.withTimeLimit(Duration.ofMillis(200))),
        (arguments, context) ->
            attempts.incrementAndGet() == 1
                ? late.future()
                : Future.succeededFuture(new Woken("attempt " + context.attempt())));
    start();

    send(1, 0);
    await().atMost(Duration.ofSeconds(30)).until(() -> outcomes.size() == 1);

    assertThat(outcomes.element().result()).hasToString("{\"thread\":\"attempt 2\"}");
    await().until(() -> lane.running() == 0);
    assertThat(Objects.requireNonNull(engine).state().stuck()).isEmpty();
    late.complete(new Woken("too late"));
    send(1, 0);
    await().atMost(Duration.ofSeconds(30)).until(() -> outcomes.size() == 2);
    assertThat(outcomes).noneMatch(outcome -> ("" + outcome.result()).contains("too late"));
  }

  private void cancel(TaskId task) {
    Cancellation entry =
        new Cancellation.OfTask(task, Cancellation.EVERY_GENERATION, Instant.now(), "test");
    host.publish(
        TopologyNames.CANCELLATIONS,
        "",
        CancellationCodec.properties(entry, "test"),
        CancellationCodec.write(entry).bytes());
  }
}
