package dev.warren.engine.publish;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import dev.warren.api.LoginRefusedException;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.connection.ProcessName;
import dev.warren.testkit.FaultProxy;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@RabbitMq
class TwinPublisherTest {
  private static final Duration AMPLE = Duration.ofSeconds(60);
  private static final String EXCHANGE = "twin-letters";
  private static final String QUEUE = "twin-inbox";
  private static final int LETTERS = 5_000;

  private final VirtualHost host;
  private final Results results = new Results();
  private final AtomicInteger opened = new AtomicInteger();
  private final List<AutoCloseable> toClose = new ArrayList<>();

  TwinPublisherTest(VirtualHost host) {
    this.host = host;
  }

  @BeforeEach
  void declare() throws Exception {
    try (Connection connection = host.connect("declare");
        Channel channel = connection.createChannel()) {
      channel.exchangeDeclare(EXCHANGE, "direct", true);
      channel.queueDeclare(QUEUE, true, false, false, Map.of("x-queue-type", "quorum"));
      channel.queueBind(QUEUE, EXCHANGE, "in");
      channel.queuePurge(QUEUE);
    }
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : toClose.reversed()) {
      each.close();
    }
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.startsWith("test-twin"));
  }

  private <C extends AutoCloseable> C closing(C closeable) {
    toClose.add(closeable);
    return closeable;
  }

  /** The first connection is so slow that much is unconfirmed on it. */
  private TwinPublisher twin(Publisher.Opener second) {
    FaultProxy slow = closing(FaultProxy.to(host.uri()));
    slow.latency(Duration.ofMillis(30));
    return twin(slow.uri(), second);
  }

  private TwinPublisher twin(URI firstUri, Publisher.Opener second) {
    Publisher first = closing(new Publisher("test-twin-1", opener(firstUri), 1_000));
    first.start();
    Publisher.Opener counted =
        () -> {
          opened.incrementAndGet();
          return second.open();
        };
    return closing(new TwinPublisher(first, "test-twin-2", counted, 1_000));
  }

  private static Publisher.Opener opener(URI uri) {
    Connections connections = new Connections(BrokerSettings.of(uri), ProcessName.of("test"));
    return () -> connections.open("publish");
  }

  private void publish(TwinPublisher twin, int from, int to) {
    IntStream.range(from, to)
        .mapToObj(number -> Results.message("m" + number, EXCHANGE, "in"))
        .forEach(letter -> results.publish(twin, letter, AMPLE));
  }

  private List<String> arrived() {
    return host.peek(QUEUE, Integer.MAX_VALUE).stream()
        .map(GetResponse::getProps)
        .map(AMQP.BasicProperties::getMessageId)
        .toList();
  }

  @Test
  void muchIsSharedWithTheSecondConnectionAndArrivesOnce() throws Exception {
    FaultProxy quick = closing(FaultProxy.to(host.uri()));
    TwinPublisher twin = twin(opener(quick.uri()));

    publish(twin, 0, 200);
    Awaitility.await().atMost(AMPLE).until(() -> quick.connectionCount() == 1);
    publish(twin, 200, LETTERS);

    results.await(AMPLE);
    assertThat(results.all()).hasSize(LETTERS).containsOnly(PublishResult.CONFIRMED);
    assertThat(arrived()).hasSize(LETTERS).doesNotHaveDuplicates();
    assertThat(opened).hasValue(1);
  }

  @Test
  void littleStaysOnTheFirstConnection() throws Exception {
    TwinPublisher twin = twin(host.uri(), opener(host.uri()));
    for (int number = 0; number < 300; number++) {
      publish(twin, number, number + 1);
      results.await(AMPLE);
    }

    assertThat(results.all()).hasSize(300).containsOnly(PublishResult.CONFIRMED);
    assertThat(opened).hasValue(0);
  }

  @Test
  void aBrokerThatRefusesTheSecondConnectionIsAskedOnce() throws Exception {
    TwinPublisher twin =
        twin(
            () -> {
              throw new LoginRefusedException("no more connections for you");
            });
    publish(twin, 0, LETTERS);

    results.await(AMPLE);
    assertThat(results.all()).hasSize(LETTERS).containsOnly(PublishResult.CONFIRMED);
    assertThat(opened).hasValue(1);
    Awaitility.await("its threads end")
        .atMost(AMPLE)
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().startsWith("test-twin-2")));
  }

  @Test
  void whatTheSecondConnectionHadIsSentAgainWhenItIsLost() throws Exception {
    FaultProxy lost = closing(FaultProxy.to(host.uri()));
    TwinPublisher twin = twin(opener(lost.uri()));
    publish(twin, 0, 200);
    Awaitility.await().atMost(AMPLE).until(() -> lost.connectionCount() == 1);
    publish(twin, 200, 2_000);
    lost.cut();
    publish(twin, 2_000, LETTERS);

    results.await(AMPLE);
    assertThat(results.all()).hasSize(LETTERS).containsOnly(PublishResult.CONFIRMED);
    assertThat(arrived().stream().distinct()).hasSize(LETTERS);
    assertThat(opened).hasValueGreaterThan(1);
  }

  @Test
  void theFirstConnectionTakesOverWhenTheSecondCannotBeOpenedAgain() throws Exception {
    FaultProxy lost = closing(FaultProxy.to(host.uri()));
    TwinPublisher twin = twin(opener(lost.uri()));
    publish(twin, 0, 200);
    Awaitility.await().atMost(AMPLE).until(() -> lost.connectionCount() == 1);
    lost.stall();
    publish(twin, 200, 2_000);
    lost.refuse();
    lost.cut();

    results.await(AMPLE);
    assertThat(results.all()).hasSize(2_000).containsOnly(PublishResult.CONFIRMED);
    assertThat(arrived().stream().distinct()).hasSize(2_000);

    lost.restore();
    AtomicInteger next = new AtomicInteger(2_000);
    Awaitility.await("a second connection is opened again")
        .atMost(AMPLE)
        .until(
            () -> {
              publish(twin, next.get(), next.addAndGet(500));
              return lost.connectionCount() == 1;
            });
    results.await(AMPLE);
    assertThat(results.all()).containsOnly(PublishResult.CONFIRMED);
  }
}
