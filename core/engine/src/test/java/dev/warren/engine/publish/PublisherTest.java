package dev.warren.engine.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import dev.warren.api.BrokerUnreachableException;
import dev.warren.api.CodecException;
import dev.warren.api.TaskRefusedException;
import dev.warren.api.TopologyMismatchException;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.connection.ProcessName;
import dev.warren.testkit.Alarm;
import dev.warren.testkit.Broker;
import dev.warren.testkit.FaultProxy;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@RabbitMq
class PublisherTest {
  private static final Duration AMPLE = Duration.ofSeconds(60);
  private static final String EXCHANGE = "letters";
  private static final String QUEUE = "inbox";
  private static final String FULL = "full";

  private final VirtualHost host;
  private final ProcessName process = ProcessName.of("test");
  private final List<Publisher> publishers = new ArrayList<>();
  private final Results results = new Results();

  PublisherTest(VirtualHost host) {
    this.host = host;
  }

  @BeforeEach
  void declare() throws Exception {
    try (Connection connection = host.connect("declare");
        Channel channel = connection.createChannel()) {
      channel.exchangeDeclare(EXCHANGE, "topic", true);
      channel.queueDeclare(QUEUE, true, false, false, Map.of("x-queue-type", "quorum"));
      channel.queueBind(QUEUE, EXCHANGE, "in.#");
      channel.queueDeclare(
          FULL, true, false, false, Map.of("x-max-length", 1, "x-overflow", "reject-publish"));
      channel.queueBind(FULL, EXCHANGE, "full.#");
      channel.queuePurge(QUEUE);
      channel.queuePurge(FULL);
    }
  }

  @AfterEach
  void closePublishers() {
    publishers.forEach(Publisher::close);
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.startsWith("test-publish"));
  }

  private Publisher publisher(URI uri, int window) {
    return publisher(BrokerSettings.of(uri), window);
  }

  private Publisher publisher(BrokerSettings settings, int window) {
    Connections connections = new Connections(settings, process);
    Publisher publisher = new Publisher("test-publish", () -> connections.open("publish"), window);
    publishers.add(publisher);
    publisher.start();
    return publisher;
  }

  private Publisher publisher() {
    return publisher(host.uri(), 1_000);
  }

  private static Outgoing letter(int number) {
    return Results.message("m" + number, EXCHANGE, "in.box");
  }

  private List<String> received() {
    return host.peek(QUEUE, Integer.MAX_VALUE).stream()
        .map(GetResponse::getBody)
        .map(body -> new String(body, StandardCharsets.UTF_8).replace("\"", "").strip())
        .toList();
  }

  @Test
  void confirmsWhatAQueueTook() throws Exception {
    Publisher publisher = publisher();
    IntStream.range(0, 3_000).forEach(i -> results.publish(publisher, letter(i), AMPLE));

    assertThat(publisher.awaitSettled(AMPLE)).isTrue();
    results.await(AMPLE);
    assertThat(results.all()).containsOnly(PublishResult.CONFIRMED);
    assertThat(publisher.unsettled()).isZero();
    assertThat(host.readyCount(QUEUE)).isEqualTo(3_000);
  }

  /** A caller's stack may overflow in the middle of a write. */
  @Test
  void anErrorOfTheCallerInAWriteIsTheCallersAndStopsNobody() throws Exception {
    Publisher publisher = publisher();
    Awaitility.await().atMost(AMPLE).until(publisher::connected);
    Outgoing first = letter(1);
    Overflowing header = new Overflowing();
    BasicProperties once =
        new BasicProperties.Builder()
            .messageId("overflows")
            .headers(Map.of("header", header))
            .build();
    Outgoing overflows = new Outgoing(EXCHANGE, "in.box", once, JsonText.of("1"), true);

    assertThatThrownBy(() -> results.publish(publisher, overflows, AMPLE))
        .isInstanceOf(StackOverflowError.class);
    results.publish(publisher, first, AMPLE);

    results.await(AMPLE);
    assertThat(results.all()).hasSize(2).containsOnly(PublishResult.CONFIRMED);
    assertThat(host.readyCount(QUEUE)).isEqualTo(2);
  }

  @Test
  void anErrorInTheSendersOwnThreadDoesNotEndIt() throws Exception {
    Publisher publisher = publisher();
    // Not at once by its caller: it is too large for that.
    BasicProperties once =
        new BasicProperties.Builder()
            .messageId("overflows")
            .headers(Map.of("header", new Overflowing()))
            .build();
    JsonText large = JsonText.of("\"" + "x".repeat(100_000) + "\"");

    results.publish(publisher, new Outgoing(EXCHANGE, "in.box", once, large, true), AMPLE);

    results.await(AMPLE);
    assertThat(results.all()).containsExactly(PublishResult.CONFIRMED);
    assertThat(host.readyCount(QUEUE)).isEqualTo(1);
  }

  /** A header that cannot be written the first time. */
  private static final class Overflowing extends BigDecimal {
    private static final long serialVersionUID = 1L;
    private final AtomicInteger writes = new AtomicInteger();

    Overflowing() {
      super(1);
    }

    @Override
    public BigInteger unscaledValue() {
      if (writes.incrementAndGet() == 1) {
        throw new StackOverflowError("on purpose");
      }
      return super.unscaledValue();
    }
  }

  @Test
  void whatManyThreadsPublishComesOnceAndInTheOrderOfEach() throws Exception {
    Publisher publisher = publisher(host.uri(), 50);
    List<Thread> threads = new ArrayList<>();
    for (String name : List.of("a", "b", "c", "d")) {
      threads.add(Thread.startVirtualThread(() -> publishAwaitingSome(publisher, name)));
    }
    for (Thread thread : threads) {
      thread.join();
    }

    results.await(AMPLE);
    assertThat(results.all()).containsOnly(PublishResult.CONFIRMED);
    List<String> received = received();
    for (String name : List.of("a", "b", "c", "d")) {
      assertThat(received.stream().filter(id -> id.startsWith(name)))
          .containsExactlyElementsOf(
              IntStream.range(0, 200).mapToObj(i -> name + "%03d".formatted(i)).toList());
    }
  }

  /** Small ones and large ones, some alone and some while others are under way. */
  private void publishAwaitingSome(Publisher publisher, String name) {
    for (int i = 0; i < 200; i++) {
      String id = name + "%03d".formatted(i);
      // Blanks before the text are part of the JSON, and nobody reads them.
      JsonText body = JsonText.of(" ".repeat(i % 7 == 0 ? 10_000 : 0) + "\"" + id + "\"");
      results.publish(publisher, Results.message(id, EXCHANGE, "in.box", body), AMPLE);
      if (i % 5 == 0) {
        Awaitility.await().until(() -> publisher.unsettled() < 3);
      }
    }
  }

  @Test
  void tellsWhatNoQueueTook() {
    Publisher publisher = publisher();
    results.publish(publisher, letter(1), AMPLE);
    results.publish(publisher, Results.message("lost", EXCHANGE, "nowhere.to.go"), AMPLE);
    results.publish(publisher, letter(2), AMPLE);

    results.await(AMPLE);
    assertThat(results.of("lost")).isEqualTo(new PublishResult.Returned(EXCHANGE, "nowhere.to.go"));
    assertThat(results.of("m1")).isEqualTo(PublishResult.CONFIRMED);
    assertThat(results.of("m2")).isEqualTo(PublishResult.CONFIRMED);
  }

  @Test
  void aReturnDoesNotTouchTheSameMessageOnItsWayToAnotherQueue() {
    Publisher publisher = publisher();
    List<CompletableFuture<PublishResult>> routed = new ArrayList<>();
    List<CompletableFuture<PublishResult>> lost = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      routed.add(publisher.publish(Results.message("same", EXCHANGE, "in.box"), AMPLE));
      lost.add(publisher.publish(Results.message("same", EXCHANGE, "nowhere"), AMPLE));
    }

    assertThat(routed)
        .allSatisfy(each -> assertThat(each.join()).isEqualTo(PublishResult.CONFIRMED));
    assertThat(lost)
        .allSatisfy(each -> assertThat(each.join()).isInstanceOf(PublishResult.Returned.class));
  }

  @Test
  void tellsThatAFullQueueRefuses() {
    Publisher publisher = publisher();
    results.publish(publisher, Results.message("fits", EXCHANGE, "full.box"), AMPLE);
    results.await(AMPLE);
    results.publish(publisher, Results.message("too many", EXCHANGE, "full.box"), AMPLE);

    results.await(AMPLE);
    assertThat(results.of("fits")).isEqualTo(PublishResult.CONFIRMED);
    assertThat(results.of("too many"))
        .isInstanceOfSatisfying(
            PublishResult.Refused.class,
            refused ->
                assertThat(refused.reason())
                    .isInstanceOf(TaskRefusedException.class)
                    .hasMessageContaining("takes no more"));
  }

  @Test
  void aMissingExchangeIsBlamedOnItsOwnMessagesOnly() {
    Publisher publisher = publisher();
    for (int i = 0; i < 300; i++) {
      results.publish(publisher, letter(i), AMPLE);
      if (i % 100 == 50) {
        results.publish(publisher, Results.message("gone" + i, "no-such", "in.box"), AMPLE);
      }
    }

    results.await(AMPLE);
    assertThat(results.count(PublishResult.Confirmed.class)).isEqualTo(300);
    assertThat(results.of("gone150"))
        .isInstanceOfSatisfying(
            PublishResult.Refused.class,
            refused ->
                assertThat(refused.reason())
                    .isInstanceOf(TopologyMismatchException.class)
                    .hasMessageContaining("no exchange 'no-such'")
                    .hasMessageContaining("warren topology apply"));
    assertThat(results.count(PublishResult.Refused.class)).isEqualTo(3);
  }

  @Test
  void whereTheBrokerDoesNotSayWhichMessageItRefusedTheRightOneIsFound() {
    Publisher publisher = publisher();
    for (int i = 0; i < 40; i++) {
      results.publish(publisher, letter(i), AMPLE);
    }
    Outgoing honest = letter(40);
    BasicProperties spoofed =
        honest.properties().builder().messageId("spoofed").userId("somebody-else").build();
    results.publish(
        publisher, new Outgoing(EXCHANGE, "in.box", spoofed, honest.body(), true), AMPLE);
    for (int i = 41; i < 80; i++) {
      results.publish(publisher, letter(i), AMPLE);
    }

    results.await(AMPLE);
    assertThat(results.of("spoofed")).isInstanceOf(PublishResult.Refused.class);
    assertThat(results.count(PublishResult.Confirmed.class)).isEqualTo(79);
  }

  @Test
  void aMessageThatCannotBeEncodedIsRefusedAlone() {
    Publisher publisher = publisher();
    for (int i = 0; i < 100; i++) {
      results.publish(publisher, letter(i), AMPLE);
    }
    results.publish(publisher, Results.message("long", EXCHANGE, "in." + "x".repeat(300)), AMPLE);
    for (int i = 100; i < 200; i++) {
      results.publish(publisher, letter(i), AMPLE);
    }

    results.await(AMPLE);
    assertThat(results.of("long"))
        .isInstanceOfSatisfying(
            PublishResult.Refused.class,
            refused -> assertThat(refused.reason()).isInstanceOf(CodecException.class));
    assertThat(results.count(PublishResult.Confirmed.class)).isEqualTo(200);
  }

  @Test
  void aMessageThatWasNeverSentIsToldSoWithTheReason() {
    Publisher publisher = publisher(URI.create("amqp://guest:guest@127.0.0.1:1/"), 10);
    results.publish(publisher, letter(1), Duration.ofMillis(500));

    results.await(Duration.ofSeconds(10));
    assertThat(results.of("m1"))
        .isInstanceOfSatisfying(
            PublishResult.NotSent.class,
            notSent ->
                assertThat(notSent.reason())
                    .isInstanceOf(BrokerUnreachableException.class)
                    .hasMessageContaining("127.0.0.1:1"));
  }

  @Test
  void noMoreIsSentThanTheWindowAllows() throws Exception {
    try (FaultProxy proxy = FaultProxy.to(host.uri())) {
      Publisher publisher = publisher(proxy.uri(), 10);
      Awaitility.await().until(publisher::connected);
      results.publish(publisher, letter(0), AMPLE);
      results.await(AMPLE);
      proxy.stall();
      for (int i = 1; i <= 50; i++) {
        results.publish(publisher, letter(i), Duration.ofSeconds(1));
      }

      results.await(Duration.ofSeconds(20));
      assertThat(results.count(PublishResult.Undecided.class)).isEqualTo(10);
      assertThat(results.count(PublishResult.NotSent.class)).isEqualTo(40);
      proxy.restore();
      results.publish(publisher, letter(99), AMPLE);
      results.await(AMPLE);
      assertThat(results.of("m99")).isEqualTo(PublishResult.CONFIRMED);
    }
  }

  @Test
  void whatWasNotConfirmedBeforeALossIsSentAgainInOrder() {
    Publisher publisher = publisher(host.uri(), 200);
    int messages = 4_000;
    for (int i = 0; i < messages; i++) {
      results.publish(publisher, letter(i), AMPLE);
      if (i == messages / 4 || i == messages / 2) {
        host.closeConnections(process.text() + " publish");
      }
    }

    results.await(AMPLE);
    assertThat(results.count(PublishResult.Confirmed.class)).isEqualTo(messages);
    Set<String> firstArrivals = new LinkedHashSet<>(received());
    assertThat(firstArrivals)
        .containsExactly(
            IntStream.range(0, messages).mapToObj(i -> "m" + i).toArray(String[]::new));
  }

  @Test
  @Tag("node")
  void aBlockedBrokerIsToldAndEverythingSettlesByItsDeadline(Broker broker) {
    Publisher publisher = publisher();
    Awaitility.await().until(publisher::connected);
    Alarm alarm = broker.raiseMemoryAlarm();
    try {
      results.publish(publisher, letter(1), Duration.ofSeconds(2));
      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> publisher.blocked().isPresent());
      results.publish(publisher, letter(2), Duration.ofSeconds(1));

      results.await(Duration.ofSeconds(10));
      assertThat(results.of("m1"))
          .isInstanceOfSatisfying(
              PublishResult.Undecided.class,
              undecided -> assertThat(undecided.reason()).contains("blocked publishers"));
      assertThat(results.of("m2"))
          .isInstanceOfSatisfying(
              PublishResult.NotSent.class,
              notSent -> assertThat(notSent.reason()).hasMessageContaining("blocked publishers"));
      assertThat(publisher.blocked().orElseThrow()).contains("memory");
    } finally {
      alarm.close();
    }
    results.publish(publisher, letter(3), AMPLE);
    results.await(AMPLE);
    assertThat(results.of("m3")).isEqualTo(PublishResult.CONFIRMED);
  }

  @Test
  void closesInTimeAlsoWhenTheBrokerHasStoppedReading() {
    JsonText large = JsonText.of("\"" + "x".repeat(1_000_000) + "\"");
    try (FaultProxy proxy = FaultProxy.to(host.uri())) {
      Publisher publisher = publisher(proxy.uri(), 1_000);
      Awaitility.await().until(publisher::connected);
      proxy.stall();
      for (int i = 0; i < 50; i++) {
        results.publish(publisher, Results.message("big" + i, EXCHANGE, "in.box", large), AMPLE);
      }

      long before = System.nanoTime();
      publisher.close();
      assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
      results.requireOneEach();
      assertThat(results.count(PublishResult.Confirmed.class)).isZero();
    }
  }

  @Test
  void aDeadNetworkIsNoticedAlsoInTheMiddleOfAWrite() {
    JsonText large = JsonText.of("\"" + "x".repeat(1_000_000) + "\"");
    try (FaultProxy proxy = FaultProxy.to(host.uri())) {
      Publisher publisher =
          publisher(
              BrokerSettings.of(proxy.uri())
                  .withHeartbeat(Duration.ofSeconds(1))
                  .withConnectTimeout(Duration.ofSeconds(1)),
              1_000);
      Awaitility.await().until(publisher::connected);
      proxy.stall();
      for (int i = 0; i < 50; i++) {
        results.publish(publisher, Results.message("big" + i, EXCHANGE, "in.box", large), AMPLE);
      }

      Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> !publisher.connected());
      proxy.cut();
      proxy.restore();
      results.await(AMPLE);
      assertThat(results.all()).containsOnly(PublishResult.CONFIRMED);
    }
  }

  @Test
  void closeSettlesEverythingOnce() throws Exception {
    Publisher publisher = publisher(host.uri(), 100);
    List<Thread> submitters = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      int first = t * 5_000;
      submitters.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    for (int i = first; i < first + 5_000; i++) {
                      results.publish(publisher, letter(i), AMPLE);
                    }
                  }));
    }
    Awaitility.await().until(() -> results.count(PublishResult.Confirmed.class) > 200);
    publisher.close();
    for (Thread submitter : submitters) {
      submitter.join();
    }

    results.await(AMPLE);
    assertThat(results.offered()).isEqualTo(20_000);
    assertThat(host.readyCount(QUEUE))
        .isGreaterThanOrEqualTo(results.count(PublishResult.Confirmed.class));
    assertThat(publisher.unsettled()).isZero();
  }

  @Test
  void aCallbackThatFailsHarmsNobodyElse() {
    Publisher publisher = publisher();
    publisher.publish(
        letter(0),
        AMPLE,
        result -> {
          throw new IllegalStateException("a bug in what waits");
        });
    IntStream.range(1, 100).forEach(i -> results.publish(publisher, letter(i), AMPLE));

    results.await(AMPLE);
    assertThat(results.count(PublishResult.Confirmed.class)).isEqualTo(99);
  }
}
