package dev.warren.engine.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.GetResponse;
import dev.warren.api.Lane;
import dev.warren.api.TaskId;
import dev.warren.api.TaskType;
import dev.warren.api.Verdict;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.publish.Outgoing;
import dev.warren.engine.publish.PublishResult;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.DelayRoute;
import dev.warren.engine.wire.TaskMessage;
import dev.warren.engine.wire.TaskWriter;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tasks that are to run later, on the broker's ladder. */
@RabbitMq
class DelaysTest {
  record Word(String text) {}

  private static final Logger LOG = LoggerFactory.getLogger(DelaysTest.class);
  private static final Duration AMPLE = Duration.ofSeconds(60);
  private static final String NOTE = "note";
  private static final AtomicInteger QUEUES = new AtomicInteger();

  private final VirtualHost host;

  /** Of each test its own: a test may end before the broker has its last acknowledgement. */
  private final String queue = "later" + QUEUES.incrementAndGet();

  private final Map<TaskId, Instant> startedAt = new ConcurrentHashMap<>();
  private EngineFixture fixture;

  DelaysTest(VirtualHost host) {
    this.host = host;
  }

  @BeforeEach
  void open() throws Exception {
    fixture = new EngineFixture(host);
    fixture.queue(queue, NOTE);
  }

  @AfterEach
  void close() throws Exception {
    fixture.close();
  }

  private DeliveryEngine.Builder noting() {
    return fixture
        .engine(queue)
        .register(
            Registration.blocking(
                TaskType.of(NOTE, Word.class, Word.class).with(options -> options.withQueue(queue)),
                Lane.VIRTUAL,
                (arguments, context) -> {
                  startedAt.put(context.id(), Instant.now());
                  return Verdict.done(arguments);
                }));
  }

  private static TaskMessage due(String queue, Instant when) {
    TaskMessage task =
        TaskMessage.of(TaskId.next(), NOTE, queue, JsonText.of("{\"text\":\"\"}"), Instant.now());
    return task.withTerms(task.terms().dueAt(when));
  }

  private CompletableFuture<PublishResult> sendDelayed(TaskMessage task, Instant due) {
    DelayRoute route =
        DelayRoute.of(Duration.between(Instant.now(), due), task.queue(), task.type());
    return fixture
        .publisher()
        .publish(
            Outgoing.task(route.exchange(), route.routingKey(), new TaskWriter("test").write(task)),
            AMPLE);
  }

  @Test
  void noneOfManyRandomDelaysEndsEarly() {
    fixture.started(noting());
    Random random = new Random();
    Map<TaskId, Instant> dueAt = new HashMap<>();
    for (int i = 0; i < 500; i++) {
      Instant due = Instant.now().plusMillis(random.nextInt(7_500)).truncatedTo(ChronoUnit.MILLIS);
      TaskMessage task = due(queue, due);
      dueAt.put(task.id(), due);
      assertThat(sendDelayed(task, due).join()).isEqualTo(PublishResult.CONFIRMED);
    }

    await().atMost(AMPLE).until(() -> startedAt.size() == dueAt.size());

    Duration latest = Duration.ZERO;
    for (Map.Entry<TaskId, Instant> each : dueAt.entrySet()) {
      Instant started = startedAt.get(each.getKey());
      assertThat(started).isAfterOrEqualTo(each.getValue());
      Duration late = Duration.between(each.getValue(), started);
      latest = late.compareTo(latest) > 0 ? late : latest;
    }
    LOG.info(
        "of {} delayed tasks none was early, the latest {} ms late",
        dueAt.size(),
        latest.toMillis());
  }

  @Test
  void aTaskThatSurfacesBeforeItIsDueGoesRoundAgainAndRunsWhenItIs() throws Exception {
    Instant due = Instant.now().plus(Duration.ofDays(400)).truncatedTo(ChronoUnit.MILLIS);
    TaskMessage task = due(queue, due);
    String highest = TopologyNames.delay(TopologyNames.DELAY_LEVELS - 1);
    DeliveryEngine today = fixture.started(noting());
    fixture.send(task);

    await().atMost(AMPLE).until(() -> host.readyCount(highest) == 1);
    GetResponse waiting = host.peek(highest, 1).getFirst();
    assertThat(waiting.getEnvelope().getRoutingKey())
        .isEqualTo("1.".repeat(TopologyNames.DELAY_LEVELS) + queue + "." + NOTE);
    assertThat(startedAt).isEmpty();
    today.close();

    Clock nextYear = Clock.offset(Clock.systemUTC(), Duration.ofDays(401));
    fixture.started(noting().clock(nextYear));
    fixture.send(due(queue, due));
    await().atMost(AMPLE).until(() -> !startedAt.isEmpty());
    assertThat(host.readyCount(highest)).isEqualTo(1);
  }

  @Test
  void delayedTasksOfADeletedQueueHoldUpNobodyElses() {
    fixture.started(noting());
    fixture.queue("gone", NOTE);
    long unroutedBefore = host.readyCount(TopologyNames.UNROUTED);
    Instant due = Instant.now().plusSeconds(3);
    List<TaskMessage> lost = IntStream.range(0, 40).mapToObj(i -> due("gone", due)).toList();
    lost.forEach(
        task -> assertThat(sendDelayed(task, due).join()).isEqualTo(PublishResult.CONFIRMED));
    host.deleteQueue(TopologyNames.work("gone"));
    TaskMessage kept = due(queue, due.plusSeconds(1));
    assertThat(sendDelayed(kept, due.plusSeconds(1)).join()).isEqualTo(PublishResult.CONFIRMED);

    // Without a way out they would stop the ladder for three minutes.
    await().atMost(AMPLE).until(() -> startedAt.containsKey(kept.id()));
    await()
        .atMost(AMPLE)
        .until(() -> host.readyCount(TopologyNames.UNROUTED) - unroutedBefore == lost.size());
    assertThat(startedAt).containsOnlyKeys(kept.id());
  }
}
