package dev.warren.gateway.lane;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.warren.api.Failure;
import dev.warren.api.TaskType;
import dev.warren.api.Verdict;
import dev.warren.engine.delivery.Registration;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.spi.context.storage.ContextLocal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LaneAloneTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final TaskType<Integer, Integer> NUMBER =
      TaskType.of("test.number", Integer.class, Integer.class);

  // Before the Vert.x, whose contexts have a place for it.
  private static final ContextLocal<Integer> MINE = ContextLocal.registerLocal(Integer.class);

  private final Vertx vertx =
      Vertx.vertx(LoopWatch.watched(new VertxOptions(), Duration.ofMillis(150)));
  private final AsyncTasks tasks = new AsyncTasks(vertx, Map.of());
  private final List<EventLoopLane> lanes = new ArrayList<>();

  @AfterEach
  void close() {
    lanes.forEach(EventLoopLane::close);
    vertx.close().await();
  }

  private EventLoopLane lane(int places, int loops) {
    EventLoopLane lane = new EventLoopLane(vertx, places, loops);
    lanes.add(lane);
    return lane;
  }

  @SuppressWarnings("unchecked")
  private AttemptInTest<Integer, Integer> attempt(int number) {
    return new AttemptInTest<>(
        (Registration<Integer, Integer>) tasks.registrations().getFirst(), number);
  }

  private List<AttemptInTest<Integer, Integer>> attempts(int count) {
    List<AttemptInTest<Integer, Integer>> all = new ArrayList<>();
    for (int number = 0; number < count; number++) {
      all.add(attempt(number));
    }
    return all;
  }

  @Test
  void threeThousandAreInFlightOnOneLoop() {
    Set<String> threads = ConcurrentHashMap.newKeySet();
    List<Promise<Integer>> open = new ArrayList<>();
    tasks.register(
        NUMBER,
        (number, context) -> {
          threads.add(Thread.currentThread().getName());
          Promise<Integer> promise = Promise.promise();
          open.add(promise);
          return promise.future();
        });
    EventLoopLane lane = lane(3_000, 1);
    List<AttemptInTest<Integer, Integer>> all = attempts(3_001);

    all.forEach(lane::execute);
    await().atMost(LIMIT).until(() -> open.size() == 3_000);

    assertThat(lane.running()).isEqualTo(3_000);
    assertThat(threads).hasSize(1);
    List.copyOf(open).forEach(promise -> promise.complete(1));
    await().atMost(LIMIT).until(() -> open.size() == 3_001);
    open.getLast().complete(1);
    assertThat(all).allSatisfy(one -> assertThat(one.verdict()).succeedsWithin(LIMIT));
    await().atMost(LIMIT).until(() -> lane.running() == 0);
  }

  @Test
  void eachAttemptHasAContextOfItsOwnThatItsCallbacksComeBackTo() {
    Set<Context> contexts = ConcurrentHashMap.newKeySet();
    AtomicInteger strayed = new AtomicInteger();
    AtomicInteger leaked = new AtomicInteger();
    tasks.register(
        NUMBER,
        (number, context) -> {
          Context own = Objects.requireNonNull(Vertx.currentContext());
          contexts.add(own);
          if (own.getLocal(MINE) != null) {
            leaked.incrementAndGet();
          }
          own.putLocal(MINE, number);
          return vertx
              .timer(20)
              .map(
                  fired -> {
                    if (!own.equals(Vertx.currentContext()) || !number.equals(own.getLocal(MINE))) {
                      strayed.incrementAndGet();
                    }
                    return number;
                  });
        });
    EventLoopLane lane = lane(50, 2);
    List<AttemptInTest<Integer, Integer>> all = attempts(500);

    all.forEach(lane::execute);

    for (int number = 0; number < all.size(); number++) {
      assertThat(all.get(number).verdict()).succeedsWithin(LIMIT).isEqualTo(Verdict.done(number));
    }
    assertThat(contexts).hasSize(500);
    assertThat(leaked).hasValue(0);
    assertThat(strayed).hasValue(0);
  }

  @Test
  void noAttemptIsForgottenWhenPlacesComeBackWhileOthersAreAdded() throws Exception {
    tasks.register(NUMBER, (number, context) -> Future.succeededFuture(number));
    EventLoopLane lane = lane(3, 2);
    int perThread = 20_000;
    List<AttemptInTest<Integer, Integer>> all = attempts(4 * perThread);
    CountDownLatch begin = new CountDownLatch(1);
    try (ExecutorService adders = Executors.newFixedThreadPool(4)) {
      for (int adder = 0; adder < 4; adder++) {
        List<AttemptInTest<Integer, Integer>> mine =
            all.subList(adder * perThread, (adder + 1) * perThread);
        adders.execute(
            () -> {
              await().until(() -> begin.getCount() == 0);
              mine.forEach(lane::execute);
            });
      }
      begin.countDown();
    }

    CompletableFuture.allOf(
            all.stream().map(AttemptInTest::verdict).toArray(CompletableFuture[]::new))
        .get(30, SECONDS);
    await().atMost(LIMIT).until(() -> lane.running() == 0);
  }

  @Test
  void manyThatAreGivenBackWhileTheyWaitDoNotExhaustTheStack() {
    Promise<Integer> first = Promise.promise();
    tasks.register(NUMBER, (number, context) -> first.future());
    EventLoopLane lane = lane(1, 1);
    List<AttemptInTest<Integer, Integer>> all = attempts(100_000);
    all.forEach(lane::execute);
    await().atMost(LIMIT).until(() -> lane.running() == 1);

    all.subList(1, all.size()).forEach(AttemptInTest::giveBack);
    first.complete(1);

    assertThat(all.getFirst().verdict()).succeedsWithin(LIMIT);
    await().atMost(LIMIT).until(() -> lane.running() == 0);
  }

  @Test
  // What a careless handler does.
  @SuppressWarnings("NullAway")
  void aHandlerThatReturnsNullIsAFailedAttempt() {
    tasks.register(NUMBER, (number, context) -> nothing());
    AttemptInTest<Integer, Integer> attempt = attempt(1);

    lane(1, 1).execute(attempt);

    assertThatThrownBy(() -> attempt.verdict().get(30, SECONDS))
        .hasRootCauseMessage("the handler of 'test.number' returned null, not a future");
  }

  @SuppressWarnings("NullAway")
  private static Future<Integer> nothing() {
    @Nullable Future<Integer> none = null;
    return none;
  }

  @Test
  void aHandlerThatThrowsIsAFailedAttemptAndItsPlaceIsFree() {
    tasks.register(
        NUMBER,
        (number, context) -> {
          throw new IllegalStateException("thrown");
        });
    EventLoopLane lane = lane(1, 1);
    List<AttemptInTest<Integer, Integer>> two = attempts(2);

    two.forEach(lane::execute);

    assertThat(two)
        .allSatisfy(
            one ->
                assertThatThrownBy(() -> one.verdict().get(30, SECONDS))
                    .hasRootCauseMessage("thrown"));
  }

  @Test
  void beingToldToStopComesOnTheAttemptsOwnContext() throws Exception {
    CompletableFuture<Context> began = new CompletableFuture<>();
    CompletableFuture<Context> told = new CompletableFuture<>();
    tasks.register(
        NUMBER,
        (number, context) -> {
          began.complete(Vertx.currentContext());
          Promise<Integer> promise = Promise.promise();
          context.onCancel(
              () -> {
                told.complete(Vertx.currentContext());
                promise.fail("stopped");
              });
          return promise.future();
        });
    AttemptInTest<Integer, Integer> attempt = attempt(1);
    lane(1, 1).execute(attempt);
    Context own = began.get(30, SECONDS);

    attempt.cancel();

    assertThat(told.get(30, SECONDS)).isSameAs(own);
    assertThatThrownBy(() -> attempt.verdict().get(30, SECONDS)).hasRootCauseMessage("stopped");
    assertThat(attempt.answers()).isOne();
  }

  @Test
  void aVerdictIsTakenAsItIs() {
    Verdict<Integer> later =
        Verdict.retryAfter(Duration.ofSeconds(7), Failure.of("Busy", "come back later"));
    tasks.registerVerdicts(NUMBER, (number, context) -> Future.succeededFuture(later));
    AttemptInTest<Integer, Integer> attempt = attempt(1);

    lane(1, 1).execute(attempt);

    assertThat(attempt.verdict()).succeedsWithin(LIMIT).isEqualTo(later);
  }

  @Test
  void aTaskThatBlocksItsLoopIsNamedWhereverItBlocks() throws Exception {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    EventLoopLane lane = lane(10, 1);
    LoopWatch watch = new LoopWatch(vertx, lane, registry);
    List<CountDownLatch> stuck = List.of(new CountDownLatch(1), new CountDownLatch(1));
    tasks.register(
        NUMBER,
        (number, context) ->
            number == 0
                ? Future.succeededFuture(block(stuck.get(0)))
                : vertx.timer(10).map(fired -> block(stuck.get(1))));

    for (int number = 0; number < 2; number++) {
      AttemptInTest<Integer, Integer> attempt = attempt(number);
      lane.execute(attempt);
      await()
          .atMost(LIMIT)
          .untilAsserted(
              () ->
                  assertThat(watch.blockedFor(Duration.ofMillis(300)).orElse(""))
                      .contains(attempt.id().toString(), "(test.number)"));
      stuck.get(number).countDown();
      assertThat(attempt.verdict()).succeedsWithin(LIMIT);
      await().atMost(LIMIT).until(() -> watch.blockedFor(Duration.ZERO).isEmpty());
    }

    assertThat(registry.get("warren.loop.blocked").tag("type", "test.number").counter().count())
        .isEqualTo(2);
    assertThat(registry.get("warren.loops.blocked").gauge().value()).isZero();
  }

  private static int block(CountDownLatch until) {
    try {
      return until.await(30, TimeUnit.SECONDS) ? 1 : 0;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }
}
