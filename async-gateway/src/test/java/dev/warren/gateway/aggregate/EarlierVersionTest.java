package dev.warren.gateway.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.Outcome;
import dev.warren.api.TaskId;
import dev.warren.engine.wire.BatchClosed;
import dev.warren.engine.wire.Event;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file in which an earlier version has written each task and each member into a row. */
class EarlierVersionTest {
  private static final Duration DAY = Duration.ofDays(1);
  private static final TaskId SUCCEEDED = TaskId.next();
  private static final TaskId DEAD = TaskId.next();
  private static final TaskId WAITING = TaskId.next();

  @TempDir Path folder;

  @BeforeEach
  void writeAsItDid() throws Exception {
    Database database = Database.in(folder);
    try (Connection connection = database.openUnchecked()) {
      new Migrations(Migrations.SHIPPED.steps().subList(0, 1)).apply(connection, database.file());
      try (Statement statement = connection.createStatement()) {
        statement.execute(
            "INSERT INTO batch VALUES (1, 'b', 3, '', 'open', NULL, 1, 1, 0, 0, 0, NULL, NULL,"
                + " NULL, "
                + Told.BEGUN.toEpochMilli()
                + ")");
        statement.execute("INSERT INTO member VALUES (1, 0, 'succeeded'), (1, 1, 'dead')");
        statement.execute("UPDATE counter SET sequence = 4");
      }
      insert(connection, 1, SUCCEEDED, "succeeded", 0);
      insert(connection, 2, DEAD, "dead", 1);
      insert(connection, 4, WAITING, "retrying", 2);
      connection.commit();
    }
  }

  private static void insert(
      Connection connection, long sequence, TaskId id, String state, long position)
      throws Exception {
    boolean ended = !state.equals("retrying");
    try (PreparedStatement statement =
        connection.prepareStatement(
            "INSERT INTO task (sequence, id, generation, type, queue, state, attempt, worker, lane,"
                + " enqueued_at, started_at, ended_at, due_at, result, failure_type,"
                + " failure_message, failure_stack, batch, position, member, recorded_at) VALUES"
                + " (?, ?, 1, 'test.told', 'default', ?, 1, 'w', 'threads', 0, 0, ?, ?, ?, ?, ?,"
                + " ?, 1, ?, ?, ?)")) {
      statement.setLong(1, sequence);
      statement.setBytes(2, Rows.bytes(id));
      statement.setString(3, state);
      statement.setObject(4, ended ? 1L : null);
      statement.setObject(5, ended ? null : 1L);
      statement.setString(6, state.equals("succeeded") ? "1" : null);
      for (int failure = 7; failure <= 9; failure++) {
        statement.setString(failure, state.equals("succeeded") ? null : "broken");
      }
      statement.setLong(10, position);
      statement.setInt(11, ended ? 1 : 0);
      statement.setLong(12, Told.BEGUN.toEpochMilli());
      statement.executeUpdate();
    }
  }

  @Test
  void isReadTogetherWithWhatIsRecordedSince() throws Exception {
    try (ResultStore store = ResultStore.open(StoreSettings.in(folder), registry())) {
      TaskId late = TaskId.next();
      record(
          store,
          Told.member(late, 1, Outcome.Status.SUCCEEDED, "b", 3),
          // Known already, all three of them.
          Told.member(SUCCEEDED, 1, Outcome.Status.SUCCEEDED, "b", 0),
          Told.member(DEAD, 1, Outcome.Status.DEAD, "b", 1),
          Told.member(TaskId.next(), 1, Outcome.Status.CANCELLED, "b", 0));

      BatchRecord batch = get(store.batch("b")).orElseThrow();
      assertThat(batch.succeeded()).isEqualTo(2);
      assertThat(batch.dead()).isOne();
      assertThat(batch.cancelled()).isZero();
      assertThat(get(store.task(SUCCEEDED)).orElseThrow().result()).hasToString("1");
      assertThat(get(store.members("b", 0, 10)))
          .extracting(TaskRecord::id)
          .startsWith(SUCCEEDED, DEAD, late)
          .hasSize(4);
      assertThat(get(store.members("b", 0, 2))).hasSize(2);
      assertThat(get(store.tasks(2, 10))).extracting(TaskRecord::id).startsWith(late);
    }
  }

  @Test
  void whatIsReplayedOrWasWaitingMovesToItsEnd() throws Exception {
    try (ResultStore store = ResultStore.open(StoreSettings.in(folder), registry())) {
      assertThat(get(store.task(WAITING)).orElseThrow().state()).isEqualTo(TaskState.RETRYING);
      record(store, Told.member(WAITING, 1, Outcome.Status.DEAD, "b", 2));
      record(store, new BatchClosed("b", 3, Told.BEGUN, null));
      record(store, Told.member(DEAD, 2, Outcome.Status.SUCCEEDED, "b", 1));
      record(store, Told.member(WAITING, 2, Outcome.Status.SUCCEEDED, "b", 2));

      BatchRecord batch = get(store.batch("b")).orElseThrow();
      assertThat(batch.state()).isEqualTo(BatchState.COMPLETED);
      assertThat(batch.succeeded()).isEqualTo(3);
      assertThat(batch.dead()).isZero();
      assertThat(get(store.members("b", 0, 10)))
          .extracting(TaskRecord::id)
          .containsExactly(SUCCEEDED, DEAD, WAITING);
      assertThat(get(store.task(WAITING)).orElseThrow().generation()).isEqualTo(2);
    }
  }

  @Test
  void isForgottenAfterItsRetention() throws Exception {
    Clock later = Clock.fixed(Told.BEGUN.plus(DAY.multipliedBy(9)), ZoneOffset.UTC);
    Instant end = later.instant().plus(DAY.multipliedBy(9));
    try (ResultStore store =
        ResultStore.open(new StoreSettings(folder, DAY, DAY), registry(), later)) {
      record(store, new BatchClosed("b", 2, Told.BEGUN, null));
    }
    try (ResultStore store =
        ResultStore.open(
            new StoreSettings(folder, DAY, DAY), registry(), Clock.fixed(end, ZoneOffset.UTC))) {
      store.tidy();
      assertThat(get(store.batch("b"))).isEmpty();
      assertThat(get(store.task(SUCCEEDED))).isEmpty();
      assertThat(get(store.task(WAITING))).isEmpty();
    }
  }

  private static SimpleMeterRegistry registry() {
    return new SimpleMeterRegistry();
  }

  private static void record(ResultStore store, Event... events) throws Exception {
    List<Throwable> failures = new ArrayList<>();
    CompletableFuture<Void> recorded = new CompletableFuture<>();
    store.record(
        Parcel.read(
            Told.message(events),
            failure -> {
              if (failure != null) {
                failures.add(failure);
              }
              recorded.complete(null);
            }));
    get(recorded);
    assertThat(failures).isEmpty();
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
