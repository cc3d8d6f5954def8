package dev.warren.engine.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.warren.engine.cancel.CancellationFeed;
import dev.warren.engine.connection.ConsumerTags;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Consumers that get nothing although tasks wait, and such that have nothing to get. */
@RabbitMq
class StarvingConsumerTest {
  private static final Duration AMPLE = Duration.ofSeconds(30);
  private static final Duration QUIET = Duration.ofMillis(300);
  private static final String TYPE = "word.any";
  private static final AtomicInteger QUEUES = new AtomicInteger();

  /** A delivery, and the channel on which it came. */
  private record Came(ConsumeSession session, long tag) {
    void acknowledge() {
      session.acknowledge(tag);
    }
  }

  private final VirtualHost host;
  private final String queue = "starving" + QUEUES.incrementAndGet();
  private final BlockingQueue<Came> came = new LinkedBlockingQueue<>();
  private final AtomicInteger sessionsOver = new AtomicInteger();
  private final Queue<EngineListener.Reopened> reopened = new ConcurrentLinkedQueue<>();
  private EngineFixture fixture;
  private CancellationFeed cancellations;
  private ConsumeConnection connection;
  private volatile @Nullable Consumer consumer;

  StarvingConsumerTest(VirtualHost host) {
    this.host = host;
  }

  @BeforeEach
  void open() throws Exception {
    fixture = new EngineFixture(host);
    connection = new ConsumeConnection(fixture.connections);
    cancellations =
        new CancellationFeed(
            fixture.connections,
            Clock.systemUTC(),
            CancellationFeed.DEFAULT_PATIENCE,
            () -> {
              Consumer told = consumer;
              if (told != null) {
                told.look();
              }
            });
  }

  @AfterEach
  void close() throws Exception {
    Consumer made = consumer;
    if (made != null) {
      made.close();
    }
    cancellations.close();
    connection.close();
    fixture.close();
  }

  private Pacer holdsTen() {
    return new Pacer(
        queue,
        new QueuePace(List.of(), type -> new QueuePace.Place(type, 1)),
        10,
        new Pacer.Unstarted() {
          @Override
          public boolean waited(ConsumeSession session, Duration atLeast) {
            return false;
          }

          @Override
          public void giveBack(ConsumeSession session, Duration atLeast) {
            throw new AssertionError("nothing waits");
          }
        });
  }

  private Consumer started() {
    Consumer made =
        new Consumer(
            new Consumer.Subscription(
                queue, List.of(TYPE), holdsTen(), Duration.ofMinutes(30), QUIET),
            new Consumer.Approach(connection, QueuePreparation.NONE, cancellations, () -> false),
            (from, envelope, properties, body) ->
                came.add(new Came(from, envelope.getDeliveryTag())),
            new EngineListener() {
              @Override
              public void reopened(String of, Reopened why) {
                assertThat(of).isEqualTo(queue);
                reopened.add(why);
              }
            },
            new Consumer.SessionWatch() {
              @Override
              public void paused(String of) {
                throw new AssertionError("nobody paused it");
              }

              @Override
              public void over(ConsumeSession session) {
                sessionsOver.incrementAndGet();
              }
            });
    consumer = made;
    cancellations.start();
    made.start();
    await().atMost(AMPLE).until(() -> made.state().consuming());
    return made;
  }

  private void send() {
    fixture.send(queue, TYPE, "{}");
  }

  private Came next() throws InterruptedException {
    Came one = came.poll(AMPLE.toSeconds(), TimeUnit.SECONDS);
    assertThat(one).as("a delivery").isNotNull();
    return one;
  }

  @Test
  void aConsumerThatTheBrokerForgotGetsANewChannel() throws Exception {
    fixture.queue(queue, TYPE);
    Consumer running = started();
    send();
    Came first = next();
    first.acknowledge();

    // Behind its back: nobody tells the consumer that nothing will come any more.
    Channel channel = first.session().channel();
    channel.basicCancel(ConsumerTags.of(channel, queue));
    send();

    Came second = next();
    assertThat(second.session()).isNotSameAs(first.session());
    assertThat(sessionsOver).hasValue(1);
    assertThat(reopened).containsExactly(EngineListener.Reopened.STARVING);
    second.acknowledge();
    assertThat(running.state().consuming()).isTrue();
  }

  @Test
  void aConsumerThatWasTakenAlongToANewQueueOfTheSameNameGetsAnotherChannel() throws Exception {
    fixture.queue(queue, TYPE);
    Consumer running = started();
    send();
    next().acknowledge();

    // RabbitMQ 3.10 does not tell it, and gives it nothing; others cancel it.
    try (Connection other = host.connect("other")) {
      other.createChannel().queueDelete(TopologyNames.work(queue));
      fixture.queue(queue, TYPE);
    }
    send();

    next().acknowledge();
    await().atMost(AMPLE).until(() -> running.state().consuming());
    assertThat(running.state().inOrder()).isTrue();
  }

  @Test
  void whereANewChannelDoesNotHelpTheQueueCountsAsNotConsumedUntilSomethingComes()
      throws Exception {
    Consumer running;
    // Somebody else is the only one who gets the tasks, and does nothing with them.
    try (Connection other = host.connect("other")) {
      Channel channel = other.createChannel();
      channel.queueDeclare(
          TopologyNames.work(queue),
          true,
          false,
          false,
          Map.of("x-queue-type", "quorum", "x-single-active-consumer", true));
      channel.queueBind(
          TopologyNames.work(queue), TopologyNames.TASKS, queue + "." + TYPE, Map.of());
      channel.basicQos(1);
      channel.basicConsume(TopologyNames.work(queue), false, (tag, delivery) -> {}, tag -> {});
      send();
      send();
      running = started();

      await()
          .atMost(AMPLE)
          .until(() -> running.state().detail().contains("tasks wait, and opening"));
      assertThat(running.state().consuming()).isFalse();
      assertThat(running.state().inOrder()).isFalse();
      assertThat(sessionsOver.get()).isGreaterThanOrEqualTo(Watchdog.PATIENCE);
    }

    next().acknowledge();
    next().acknowledge();
    await().atMost(AMPLE).until(() -> running.state().consuming());
    assertThat(running.state().detail()).isEqualTo("consuming");
  }

  @Test
  void whoHasNothingToGetOrIsBusyKeepsItsChannel() throws Exception {
    fixture.queue(queue, TYPE);
    Consumer running = started();
    send();
    Set<ConsumeSession> sessions = new HashSet<>();

    Came slow = next();
    sessions.add(slow.session());
    await()
        .during(QUIET.multipliedBy(4))
        .atMost(AMPLE)
        .until(() -> running.state().consuming() && running.state().unacknowledged() == 1);
    slow.acknowledge();
    await()
        .during(QUIET.multipliedBy(4))
        .atMost(AMPLE)
        .until(() -> running.state().consuming() && sessionsOver.get() == 0);
    send();
    Came last = next();
    sessions.add(last.session());
    last.acknowledge();

    assertThat(sessions).hasSize(1);
    assertThat(sessionsOver).hasValue(0);
  }
}
