package dev.warren.gateway.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.Outcome;
import dev.warren.api.TaskId;
import dev.warren.engine.wire.BatchClosed;
import dev.warren.engine.wire.BatchOpened;
import dev.warren.engine.wire.Event;
import dev.warren.engine.wire.Lineage;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Retention and abandoned batches, with days that pass at once. */
class JanitorTest {
  private static final Duration DAY = Duration.ofDays(1);

  /** Stands still until it is told. */
  private static final class TestClock extends Clock {
    private volatile Instant now = Told.BEGUN;

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  private final TestClock clock = new TestClock();
  @TempDir Path folder;
  private ResultStore store;

  @BeforeEach
  void open() {
    store =
        ResultStore.open(
            new StoreSettings(folder, DAY, DAY.dividedBy(2)), new SimpleMeterRegistry(), clock);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void whatHasEndedIsKeptForItsRetentionAndNoLonger() throws Exception {
    List<TaskId> old = record(1_200);
    pass(DAY.dividedBy(2));
    TaskId young = record(1).getFirst();
    pass(DAY.dividedBy(2).plusSeconds(1));

    store.tidy();

    assertThat(get(store.task(young))).isPresent();
    assertThat(get(store.task(old.getFirst()))).isEmpty();
    assertThat(get(store.tasks(0, 5_000))).hasSize(1);
    assertThat(pages("PRAGMA freelist_count")).isZero();
    assertThat(pages("PRAGMA page_count")).isLessThan(40);
  }

  @Test
  void aTaskThatWaitsIsKnownUntilItMustBeOver() throws Exception {
    TaskId id = TaskId.next();
    Instant due = clock.instant().plus(DAY.multipliedBy(10));
    get(
        store.accepted(
            new Accepted(id, 1, "test.told", "default", clock.instant(), due, Lineage.of(id))));

    pass(DAY.multipliedBy(20));
    store.tidy();
    assertThat(get(store.task(id))).isPresent();

    pass(DAY.multipliedBy(6));
    store.tidy();
    assertThat(get(store.task(id))).isEmpty();
  }

  @Test
  void aBatchGoesAsAWholeAndNotBeforeItHasEnded() throws Exception {
    tell(new BatchClosed("b", 2, clock.instant(), null));
    TaskId first = member("b", 0);
    pass(DAY.multipliedBy(3));
    store.tidy();
    assertThat(get(store.task(first))).isPresent();

    TaskId second = member("b", 1);
    assertThat(get(store.batch("b")).orElseThrow().state()).isEqualTo(BatchState.COMPLETED);
    pass(DAY.dividedBy(2));
    store.tidy();
    assertThat(get(store.members("b", 0, 10))).hasSize(2);

    pass(DAY);
    store.tidy();
    assertThat(get(store.batch("b"))).isEmpty();
    assertThat(get(store.task(first))).isEmpty();
    assertThat(get(store.task(second))).isEmpty();
    assertThat(pages("SELECT count(*) FROM member_block")).isZero();
  }

  @Test
  void anyNumberOfBatchesGoesInOneRound() throws Exception {
    int batches = 1_300;
    List<Event> events = new ArrayList<>();
    for (int number = 0; number < batches; number++) {
      String batch = "small-" + number;
      events.add(new BatchClosed(batch, 2, clock.instant(), null));
      events.add(Told.member(TaskId.next(), 1, Outcome.Status.SUCCEEDED, batch, 0));
      events.add(Told.member(TaskId.next(), 1, Outcome.Status.SUCCEEDED, batch, 1));
    }
    tell(events.toArray(Event[]::new));
    assertThat(pages("SELECT count(*) FROM batch WHERE state = 'completed'")).isEqualTo(batches);

    pass(DAY.plusSeconds(1));
    store.tidy();

    assertThat(pages("SELECT count(*) FROM batch")).isZero();
    assertThat(pages("SELECT count(*) FROM member_block")).isZero();
    assertThat(pages("SELECT count(*) FROM segment")).isZero();
  }

  @Test
  void anIdleBatchIsAbandonedAndComesBack() throws Exception {
    tell(new BatchOpened("idle", "", clock.instant(), null));
    tell(new BatchOpened("busy", "", clock.instant(), null));
    pass(DAY.dividedBy(2).plusSeconds(1));
    member("busy", 0);
    store.tidy();

    assertThat(get(store.batch("idle")).orElseThrow().state()).isEqualTo(BatchState.ABANDONED);
    assertThat(get(store.batch("busy")).orElseThrow().state()).isEqualTo(BatchState.OPEN);

    member("idle", 0);
    assertThat(get(store.batch("idle")).orElseThrow().state()).isEqualTo(BatchState.OPEN);
  }

  @Test
  void anAbandonedBatchCanBeLookedAtForTheRetention() throws Exception {
    tell(new BatchOpened("idle", "", clock.instant(), null));
    pass(DAY.multipliedBy(2));

    store.tidy();
    store.tidy();
    assertThat(get(store.batch("idle")).orElseThrow().state()).isEqualTo(BatchState.ABANDONED);

    pass(DAY.plusSeconds(1));
    store.tidy();
    assertThat(get(store.batch("idle"))).isEmpty();
  }

  @Test
  void aBatchWhoseDeletionIsInterruptedIsThereUntilAllOfItIsDeleted() throws Exception {
    List<Event> events = new ArrayList<>();
    for (int index = 0; index < 20_000; index++) {
      events.add(Told.member(TaskId.next(), 1, Outcome.Status.SUCCEEDED, "b", index));
    }
    tell(events.toArray(Event[]::new));
    tell(new BatchClosed("b", 20_000, clock.instant(), null));
    pass(DAY.plusSeconds(1));
    store.close();

    AggregateMetrics metrics = new AggregateMetrics(new SimpleMeterRegistry());
    try (StoreWriter writer =
        new StoreWriter(Database.in(folder), metrics, new Subscriptions(), clock)) {
      Janitor stopping = new Janitor(writer, StoreSettings.in(folder), metrics, clock);
      stopping.close();
      stopping.tidy();
    }
    assertThat(pages("SELECT count(*) FROM segment")).isPositive();
    assertThat(pages("SELECT count(*) FROM batch")).isOne();

    open();
    store.tidy();
    assertThat(get(store.batch("b"))).isEmpty();
    assertThat(pages("SELECT count(*) FROM member_block")).isZero();
    assertThat(pages("SELECT count(*) FROM segment")).isZero();
    assertThat(pages("SELECT count(*) FROM ended")).isZero();
  }

  private void pass(Duration time) {
    clock.now = clock.instant().plus(time);
  }

  private TaskId member(String batch, long index) throws Exception {
    TaskId id = TaskId.next();
    tell(Told.member(id, 1, Outcome.Status.SUCCEEDED, batch, index));
    return id;
  }

  private List<TaskId> record(int tasks) throws Exception {
    List<TaskId> ids = new ArrayList<>();
    List<Event> events = new ArrayList<>();
    for (int number = 0; number < tasks; number++) {
      ids.add(TaskId.next());
      events.add(Told.succeeded(ids.getLast(), "\"" + "x".repeat(200) + "\""));
    }
    tell(events.toArray(Event[]::new));
    return ids;
  }

  private void tell(Event... events) throws Exception {
    CompletableFuture<Void> recorded = new CompletableFuture<>();
    store.record(
        Parcel.read(
            Told.message(events),
            failure -> {
              if (failure == null) {
                recorded.complete(null);
              } else {
                recorded.completeExceptionally(failure);
              }
            }));
    get(recorded);
  }

  private long pages(String question) throws Exception {
    try (Connection connection = Database.in(folder).openToRead();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(question)) {
      row.next();
      return row.getLong(1);
    }
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
