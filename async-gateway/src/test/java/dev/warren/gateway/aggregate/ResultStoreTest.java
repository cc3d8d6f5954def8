package dev.warren.gateway.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.warren.api.AlreadyRunningException;
import dev.warren.api.ConfigurationException;
import dev.warren.api.Failure;
import dev.warren.api.Outcome;
import dev.warren.api.TaskId;
import dev.warren.engine.wire.BatchClosed;
import dev.warren.engine.wire.BatchOpened;
import dev.warren.engine.wire.Event;
import dev.warren.engine.wire.Lineage;
import dev.warren.engine.wire.TaskDelayed;
import dev.warren.engine.wire.TaskRetrying;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store on a real file. */
class ResultStoreTest {
  private SimpleMeterRegistry registry = new SimpleMeterRegistry();
  @TempDir Path folder;
  private ResultStore store;

  @BeforeEach
  void open() {
    registry = new SimpleMeterRegistry();
    store = ResultStore.open(StoreSettings.in(folder), registry);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void whatIsRecordedCanBeReadAsItWasTold() throws Exception {
    TaskId alone = TaskId.next();
    TaskId dead = TaskId.next();
    TaskId parent = TaskId.next();
    String result = "{\"text\": \"ä€\\u0000 \", \"n\": [1.50, null]}";
    record(Told.succeeded(alone, result));
    record(
        Told.outcome(dead, 2, Outcome.Status.DEAD, "", new Lineage(parent, parent, "b", 7L, null)));

    TaskRecord first = get(store.task(alone)).orElseThrow();
    TaskRecord second = get(store.task(dead)).orElseThrow();

    assertThat(first.state()).isEqualTo(TaskState.SUCCEEDED);
    assertThat(first.result()).hasToString(result);
    assertThat(first.lineage()).isEqualTo(Lineage.of(alone));
    assertThat(first.enqueuedAt()).isEqualTo(Told.BEGUN);
    assertThat(first.endedAt()).isEqualTo(Told.BEGUN.plusMillis(9));
    assertThat(second.generation()).isEqualTo(2);
    assertThat(second.failure()).isEqualTo(Failure.of("Broken", "it broke"));
    assertThat(second.lineage()).isEqualTo(new Lineage(parent, parent, "b", 7L, null));
    assertThat(get(store.task(parent))).isEmpty();
    assertThat(get(store.tasks(0, 10))).extracting(TaskRecord::id).containsExactly(alone, dead);
    assertThat(get(store.tasks(first.sequence(), 10))).containsExactly(second);
    assertThat(get(store.batch("b")).orElseThrow().dead()).isOne();
  }

  @Test
  void aBatchIsCountedCompletedAndListed() throws Exception {
    List<TaskId> ids = List.of(TaskId.next(), TaskId.next(), TaskId.next());
    record(
        Told.member(ids.get(1), 1, Outcome.Status.DEAD, "b", 1),
        new BatchOpened("b", "three", Told.BEGUN, null),
        Told.member(ids.get(0), 1, Outcome.Status.SUCCEEDED, "b", 0));
    assertThat(get(store.batch("b")).orElseThrow().state()).isEqualTo(BatchState.OPEN);
    record(new BatchClosed("b", 3, Told.BEGUN, null));
    assertThat(get(store.batch("b")).orElseThrow().state()).isEqualTo(BatchState.CLOSED);
    record(Told.member(ids.get(2), 1, Outcome.Status.CANCELLED, "b", 2));
    record(Told.member(ids.get(2), 1, Outcome.Status.CANCELLED, "b", 2));
    record(new BatchOpened("other", "", Instant.now(), null));

    BatchRecord batch = get(store.batch("b")).orElseThrow();
    assertThat(batch.state()).isEqualTo(BatchState.COMPLETED);
    assertThat(batch.description()).isEqualTo("three");
    assertThat(batch.ended()).isEqualTo(3);
    assertThat(get(store.members("b", 0, 10)))
        .extracting(TaskRecord::id)
        .containsExactly(ids.get(1), ids.get(0), ids.get(2));
    assertThat(get(store.members("b", 0, 2))).hasSize(2);

    record(Told.member(ids.get(1), 2, Outcome.Status.SUCCEEDED, "b", 1));

    BatchRecord replayed = get(store.batch("b")).orElseThrow();
    assertThat(replayed.dead()).isZero();
    assertThat(replayed.succeeded()).isEqualTo(2);
    assertThat(replayed.completedAt()).isEqualTo(batch.completedAt());
    assertThat(get(store.members("b", batch.sequence(), 10)))
        .extracting(TaskRecord::id)
        .containsExactly(ids.get(1));
    assertThat(get(store.batches(10))).extracting(BatchRecord::id).containsExactly("other", "b");
    assertThat(registry.counter("warren.aggregate.duplicates").count()).isEqualTo(1);
  }

  @Test
  void newsThatChangeNothingOfABatchGiveItNoNewSequence() throws Exception {
    record(
        new BatchOpened("b", "one", Told.BEGUN, null),
        Told.member(TaskId.next(), 1, Outcome.Status.SUCCEEDED, "b", 0));
    record(new BatchClosed("b", 1, Told.BEGUN, null));
    BatchRecord completed = get(store.batch("b")).orElseThrow();
    assertThat(completed.state()).isEqualTo(BatchState.COMPLETED);

    record(new BatchClosed("b", 1, Told.BEGUN.plusMillis(3), null));
    record(new BatchOpened("b", "one", Told.BEGUN, null));

    assertThat(get(store.batch("b"))).contains(completed);
  }

  @Test
  void anAcceptedTaskIsKnownUntilItEndsAndNeverAfterwards() throws Exception {
    TaskId id = TaskId.next();
    Accepted accepted =
        new Accepted(
            id, 1, "test.told", "default", Told.BEGUN, Told.BEGUN.plusSeconds(60), Lineage.of(id));
    get(store.accepted(accepted));
    assertThat(get(store.task(id)).orElseThrow().state()).isEqualTo(TaskState.DELAYED);
    assertThat(get(store.task(id)).orElseThrow().dueAt()).isEqualTo(Told.BEGUN.plusSeconds(60));
    assertThat(get(store.tasks(0, 10))).isEmpty();

    record(Told.succeeded(id, "1"));
    get(store.accepted(accepted));

    assertThat(get(store.task(id)).orElseThrow().state()).isEqualTo(TaskState.SUCCEEDED);
    assertThat(get(store.tasks(0, 10))).hasSize(1);
  }

  @Test
  void whatATaskWaitsForIsKnownUntilItEnds() throws Exception {
    TaskId id = TaskId.next();
    Lineage lineage = Lineage.of(id);
    record(
        new TaskDelayed(
            id, 1, "test.told", "default", Told.BEGUN, Told.BEGUN.plusSeconds(1), lineage));
    assertThat(get(store.task(id)).orElseThrow().state()).isEqualTo(TaskState.DELAYED);

    Failure failure = Failure.of("Broken", "it broke");
    record(retrying(id, 1, TaskRetrying.Reason.FAILED, failure, 10));
    record(retrying(id, 2, TaskRetrying.Reason.SNOOZED, null, 20));
    record(retrying(id, 2, TaskRetrying.Reason.SNOOZED, null, 30));
    record(retrying(id, 1, TaskRetrying.Reason.FAILED, failure, 10));

    TaskRecord waiting = get(store.task(id)).orElseThrow();
    assertThat(waiting.state()).isEqualTo(TaskState.RETRYING);
    assertThat(waiting.attempt()).isEqualTo(2);
    assertThat(waiting.dueAt()).isEqualTo(Told.BEGUN.plusSeconds(30));
    assertThat(get(store.tasks(0, 10))).isEmpty();

    record(Told.succeeded(id, "1"));
    record(retrying(id, 3, TaskRetrying.Reason.FAILED, failure, 40));

    assertThat(get(store.task(id)).orElseThrow().state()).isEqualTo(TaskState.SUCCEEDED);
    assertThat(get(store.task(id)).orElseThrow().dueAt()).isNull();
  }

  private static TaskRetrying retrying(
      TaskId id, int attempt, TaskRetrying.Reason reason, @Nullable Failure failure, long due) {
    return new TaskRetrying(
        id,
        1,
        "test.told",
        "default",
        attempt,
        reason,
        failure,
        "worker@host",
        Told.BEGUN,
        Told.BEGUN,
        Told.BEGUN.plusSeconds(due),
        Lineage.of(id));
  }

  @Test
  void somebodyWhoWatchesIsToldOfEachTransactionUntilHeDoesNotWantToKnow() throws Exception {
    TaskId id = TaskId.next();
    AtomicInteger ofTask = new AtomicInteger();
    AtomicInteger ofBatch = new AtomicInteger();
    AtomicInteger ofAll = new AtomicInteger();
    Results.Subscription broken =
        store.watchAll(
            () -> {
              throw new IllegalStateException("a listener of a test that fails");
            });
    Results.Subscription task = store.watchTask(id, ofTask::incrementAndGet);
    store.watchBatch("b", ofBatch::incrementAndGet);
    store.watchAll(ofAll::incrementAndGet);

    record(Told.succeeded(TaskId.next(), "1"));
    record(Told.member(id, 1, Outcome.Status.DEAD, "b", 0));
    record(Told.member(id, 1, Outcome.Status.DEAD, "b", 0));
    task.close();
    broken.close();
    record(Told.member(id, 2, Outcome.Status.SUCCEEDED, "b", 0));

    assertThat(ofTask).hasValue(1);
    assertThat(ofBatch).hasValue(2);
    assertThat(ofAll).hasValue(3);
  }

  @Test
  void whatCannotBeReadIsKeptAsItCameAndTheRestOfItsMessageCounts() throws Exception {
    TaskId id = TaskId.next();
    String good = new String(Told.message(Told.succeeded(id, "1")), StandardCharsets.UTF_8);
    byte[] half =
        good.replace("[", "[{\"event\":\"outcome\",\"task\":\"x\"},")
            .getBytes(StandardCharsets.UTF_8);
    byte[] none = {0, (byte) 0xff};

    get(record(half));
    get(record(none));

    assertThat(get(store.task(id))).isPresent();
    assertThat(registry.counter("warren.aggregate.unreadable").count()).isEqualTo(2);
    try (Connection connection = Database.in(folder).openToRead();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT body, reason FROM unreadable")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getBytes(1)).isEqualTo(half);
      assertThat(rows.getString(2)).isNotBlank();
      assertThat(rows.next()).isTrue();
      assertThat(rows.getBytes(1)).isEqualTo(none);
    }
  }

  @Test
  void whatTheStoreRefusesIsKeptUnreadAndDoesNotHoldUpTheOthers() throws Exception {
    TaskId id = TaskId.next();
    try (Connection connection = Database.in(folder).openToWrite();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TRIGGER refuse BEFORE INSERT ON segment"
              + " WHEN instr(CAST(NEW.events AS TEXT), 'test.poison') > 0"
              + " BEGIN SELECT raise(ABORT, 'refused by a test'); END");
      connection.commit();
    }
    byte[] poison =
        new String(Told.message(Told.succeeded(TaskId.next(), "1")), StandardCharsets.UTF_8)
            .replace("test.told", "test.poison")
            .getBytes(StandardCharsets.UTF_8);
    CompletionStage<Void> refused = record(poison);
    CompletionStage<Void> other = record(Told.message(Told.succeeded(id, "2")));

    get(refused);
    get(other);

    assertThat(get(store.task(id))).isPresent();
    assertThat(registry.counter("warren.aggregate.unreadable").count()).isEqualTo(1);
    assertThat(store.trouble()).isEmpty();
  }

  @Test
  void whileTheFileCannotBeWrittenNothingIsLostAndItSaysSo() throws Exception {
    TaskId id = TaskId.next();
    CompletableFuture<Void> recorded;
    try (Connection stranger = Database.in(folder).openToWrite();
        Statement statement = stranger.createStatement()) {
      statement.execute("UPDATE counter SET sequence = sequence");
      recorded = record(Told.message(Told.succeeded(id, "1")));
      await().atMost(Duration.ofMinutes(1)).until(() -> store.trouble().isPresent());
      assertThat(store.trouble().orElseThrow()).contains(Database.FILE, "cannot be written");
      assertThat(recorded).isNotDone();
      assertThat(get(store.task(id))).isEmpty();
      // Else the janitor, and with it the store, could not be closed.
      assertThat(CompletableFuture.runAsync(store::tidy)).failsWithin(Duration.ofMinutes(1));
      stranger.rollback();
    }

    get(recorded);
    assertThat(store.trouble()).isEmpty();
    assertThat(get(store.task(id))).isPresent();
  }

  @Test
  void aCopyOfTheFilesTakenWithoutClosingHoldsAllThatWasCommitted(@TempDir Path copies)
      throws Exception {
    for (int round = 0; round < 5; round++) {
      List<Event> told = new ArrayList<>();
      for (int number = 0; number < 200; number++) {
        told.add(
            Told.member(TaskId.next(), 1, Outcome.Status.SUCCEEDED, "b", round * 200L + number));
      }
      record(told.toArray(Event[]::new));
      Path copy = Files.createDirectory(copies.resolve("copy-" + round));
      // What a killed process leaves: the file and its log, nothing closed.
      for (String file : List.of(Database.FILE, Database.FILE + "-wal")) {
        Files.copy(folder.resolve(file), copy.resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
      }
      try (ResultStore reopened =
          ResultStore.open(StoreSettings.in(copy), new SimpleMeterRegistry())) {
        BatchRecord batch = get(reopened.batch("b")).orElseThrow();
        assertThat(batch.succeeded()).isEqualTo((round + 1) * 200L);
        assertThat(get(reopened.members("b", 0, 5_000))).hasSize((round + 1) * 200);
        assertThat(get(reopened.lastSequence())).isEqualTo(get(store.lastSequence()));
      }
    }
  }

  @Test
  void sequencesGoOnAfterANewStart() throws Exception {
    record(Told.succeeded(TaskId.next(), "1"));
    long before = get(store.lastSequence());
    store.close();
    try (Connection connection = Database.in(folder).openToWrite();
        Statement statement = connection.createStatement()) {
      statement.execute("DELETE FROM segment");
      statement.execute("DELETE FROM ended");
      connection.commit();
    }

    open();
    TaskId id = TaskId.next();
    record(Told.succeeded(id, "1"));

    assertThat(get(store.task(id)).orElseThrow().sequence()).isGreaterThan(before);
  }

  @Test
  void aFolderBelongsToOneStore() {
    assertThatThrownBy(() -> ResultStore.open(StoreSettings.in(folder), new SimpleMeterRegistry()))
        .isInstanceOf(AlreadyRunningException.class)
        .hasMessageContaining("--data");
  }

  @Test
  void aFileOfALaterOrOfAnotherVersionIsRefused() throws Exception {
    store.close();
    Path file = folder.resolve(Database.FILE);
    try (Connection connection = Database.in(folder).openToWrite();
        Statement statement = connection.createStatement()) {
      statement.execute("INSERT INTO migration VALUES (1000, '1000-from-the-future', 'x', 0)");
      connection.commit();
    }
    assertThatThrownBy(this::open)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("later version")
        .hasMessageContaining("1000-from-the-future");

    Migrations changed =
        new Migrations(
            List.of(new Migrations.Step("001-tasks-and-batches", "CREATE TABLE other (a);")));
    try (Connection connection = new Database(file).openUnchecked()) {
      assertThatThrownBy(() -> changed.apply(connection, file))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("another 001-tasks-and-batches");
    }
  }

  @Test
  void migrationsAreAppliedOnceInOrderAndAllOrNothing(@TempDir Path other) throws Exception {
    Database database = new Database(other.resolve("steps.db"));
    Migrations.Step first =
        new Migrations.Step("001-a", "-- why\nCREATE TABLE a (x);\n\nINSERT INTO a VALUES (1);\n");
    Migrations.Step broken =
        new Migrations.Step("002-b", "CREATE TABLE b (x);\nINSERT INTO nowhere VALUES (1);\n");
    Migrations.Step second = new Migrations.Step("002-b", "INSERT INTO a VALUES (2);\n");
    try (Connection connection = database.openUnchecked()) {
      new Migrations(List.of(first)).apply(connection, database.file());
      new Migrations(List.of(first)).apply(connection, database.file());
      assertThatThrownBy(
              () -> new Migrations(List.of(first, broken)).apply(connection, database.file()))
          .hasMessageContaining("nowhere");
      new Migrations(List.of(first, second)).apply(connection, database.file());
      try (Statement statement = connection.createStatement();
          ResultSet row =
              statement.executeQuery(
                  "SELECT (SELECT group_concat(x) FROM a), (SELECT count(*) FROM sqlite_master"
                      + " WHERE name = 'b')")) {
        assertThat(row.getString(1)).isEqualTo("1,2");
        assertThat(row.getInt(2)).isZero();
      }
    }
  }

  private void record(Event... events) throws Exception {
    get(record(Told.message(events)));
  }

  private CompletableFuture<Void> record(byte[] body) {
    CompletableFuture<Void> recorded = new CompletableFuture<>();
    store.record(
        Parcel.read(
            body,
            failure -> {
              if (failure == null) {
                recorded.complete(null);
              } else {
                recorded.completeExceptionally(failure);
              }
            }));
    return recorded;
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
