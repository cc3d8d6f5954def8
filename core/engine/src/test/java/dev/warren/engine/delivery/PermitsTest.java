package dev.warren.engine.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.api.Failure;
import dev.warren.api.Lane;
import dev.warren.api.TaskType;
import dev.warren.api.Verdict;
import dev.warren.engine.permit.PermitBook;
import dev.warren.engine.permit.PermitDesk;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.engine.wire.TaskRetrying;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two workers on one broker run as many attempts at once as there are permits. */
@RabbitMq
class PermitsTest {
  private static final AtomicInteger NAMES = new AtomicInteger();
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  record Order(String customer, boolean holds) {}

  private final VirtualHost host;
  private final String name = "permits" + NAMES.incrementAndGet();
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private final Queue<String> interrupted = new ConcurrentLinkedQueue<>();
  private final CountDownLatch release = new CountDownLatch(1);
  private final List<PermitDesk> desks = new ArrayList<>();
  private EngineFixture fixture;
  private PermitBook book;

  PermitsTest(VirtualHost host) {
    this.host = host;
  }

  @BeforeEach
  void open() throws Exception {
    fixture = new EngineFixture(host);
    fixture.queue(name, "order.pay");
    book = new PermitBook(fixture.connections);
  }

  @AfterEach
  void close() throws Exception {
    release.countDown();
    fixture.close();
    desks.forEach(PermitDesk::close);
  }

  private DeliveryEngine worker(String permits) {
    TaskType<Order, String> type =
        TaskType.of("order.pay", Order.class, String.class)
            .with(of -> of.withQueue(name).withPermits(permits));
    PermitDesk desk = new PermitDesk(fixture.connections, List.of(type), Duration.ofMinutes(30));
    desks.add(desk);
    desk.start();
    return fixture.started(
        fixture
            .engine(name)
            .admission(desk)
            .register(Registration.blocking(type, Lane.VIRTUAL, (order, context) -> run(order))));
  }

  private Verdict<String> run(Order order) throws InterruptedException {
    int now = running.incrementAndGet();
    most.accumulateAndGet(now, Math::max);
    try {
      if (order.holds() && !release.await(60, TimeUnit.SECONDS)) {
        throw new IllegalStateException("nobody released it");
      }
      return Verdict.done(order.customer());
    } catch (InterruptedException told) {
      interrupted.add(order.customer());
      throw told;
    } finally {
      running.decrementAndGet();
    }
  }

  private void send(String customer, boolean holds) {
    fixture.send(name, "order.pay", "{\"customer\":\"" + customer + "\",\"holds\":" + holds + "}");
  }

  @Test
  void noMoreAttemptsRunThanThereArePermitsAndAllTasksEndAtTheirFirst() {
    assertThat(book.set(name, 2, PATIENCE).most()).isEqualTo(2);
    worker(name);
    worker(name);
    for (int i = 0; i < 16; i++) {
      send("c" + i, false);
    }
    await().atMost(Duration.ofSeconds(60)).until(() -> fixture.outcomes.size() == 16);
    assertThat(most.get()).isBetween(1, 2);
    assertThat(fixture.outcomes).allMatch(outcome -> outcome.attempt() == 1);
    await().until(() -> host.readyCount("warren.permits." + name) == 2);
  }

  @Test
  void moreOrFewerPermitsCountWhileSomeAreInUse() {
    book.set(name, 1, PATIENCE);
    worker(name);
    for (int i = 0; i < 3; i++) {
      send("c" + i, true);
    }
    await().until(() -> running.get() == 1);

    assertThat(book.set(name, 3, PATIENCE).wanted()).isEqualTo(3);
    await().until(() -> running.get() == 3);

    PermitBook.Entry fewer = book.set(name, 1, Duration.ofMillis(300));
    assertThat(fewer.most()).as("all are in use").isEqualTo(3);
    assertThat(fewer.wanted()).isEqualTo(1);
    release.countDown();
    await().until(() -> fixture.outcomes.size() == 3);
    assertThat(book.set(name, 1, PATIENCE))
        .returns(1, PermitBook.Entry::most)
        .returns(1, PermitBook.Entry::least);
    await().until(() -> host.readyCount("warren.permits." + name) == 1);
    assertThat(book.list(PATIENCE))
        .filteredOn(view -> view.entry().name().equals(name))
        .singleElement()
        .returns(1, PermitBook.View::free)
        .returns(true, view -> view.entry().settled());
  }

  @Test
  void attemptsWhosePermitsAreGoneAreToldToStopAndRunAgainWithTheSameNumber() throws Exception {
    book.set(name, 1, PATIENCE);
    worker(name);
    send("held", true);
    await().until(() -> running.get() == 1);

    book.remove(name, PATIENCE);

    await().until(() -> interrupted.contains("held") && running.get() == 0);
    await()
        .untilAsserted(
            () ->
                assertThat(fixture.retrying)
                    .extracting(TaskRetrying::failure)
                    .extracting(String::valueOf)
                    .anyMatch(
                        why ->
                            why.startsWith(Failure.NO_PERMIT)
                                && why.contains("warren permits set")));
    release.countDown();
    book.set(name, 1, PATIENCE);
    await().atMost(Duration.ofSeconds(60)).until(() -> fixture.outcomes.size() == 1);
    assertThat(fixture.outcomes.peek()).returns(1, OutcomeEvent::attempt);
  }

  @Test
  void eachValueOfAFieldHasPermitsOfItsOwn() {
    book.set(name + ".one", 1, PATIENCE);
    book.set(name + ".two", 1, PATIENCE);
    worker(name + ".{customer}");
    for (String customer : List.of("one", "two", "one", "two")) {
      send(customer, true);
    }
    await().until(() -> running.get() == 2);
    release.countDown();
    await().atMost(Duration.ofSeconds(60)).until(() -> fixture.outcomes.size() == 4);
    assertThat(most.get()).isEqualTo(2);
  }
}
