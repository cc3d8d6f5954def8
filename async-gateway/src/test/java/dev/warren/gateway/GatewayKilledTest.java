package dev.warren.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.api.Outcome;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.wire.BatchClosed;
import dev.warren.engine.wire.Event;
import dev.warren.engine.wire.EventCodec;
import dev.warren.engine.wire.Lineage;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.gateway.aggregate.BatchRecord;
import dev.warren.gateway.aggregate.BatchState;
import dev.warren.gateway.aggregate.ResultStore;
import dev.warren.gateway.aggregate.StoreSettings;
import dev.warren.gateway.aggregate.TaskRecord;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gateway program, killed while outcomes flow. */
@RabbitMq
class GatewayKilledTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final String QUEUE = "warren.outcomes";
  private static final int MEMBERS = 30_000;
  private static final int TOGETHER = 20;

  private final VirtualHost host;
  @TempDir Path folder;

  GatewayKilledTest(VirtualHost host) {
    this.host = host;
  }

  @Test
  void aGatewayThatIsKilledTwiceLosesAndDoublesNothing() throws Exception {
    List<String> said = new CopyOnWriteArrayList<>();
    Process gateway = start(said);
    try {
      awaitLines(said, "outcomes are aggregated here", 1);
      CompletableFuture<Void> published = CompletableFuture.runAsync(this::publish);
      for (int kill = 1; kill <= 2; kill++) {
        long third = (long) kill * MEMBERS / 3;
        await()
            .atMost(LIMIT)
            .pollInterval(Duration.ofMillis(10))
            .until(() -> published.isDone() || recordedSoFar() > third);
        gateway.destroyForcibly();
        assertThat(gateway.waitFor(60, TimeUnit.SECONDS)).isTrue();
        gateway = start(said);
        awaitLines(said, "outcomes are aggregated here", kill + 1);
      }
      published.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      await()
          .atMost(LIMIT)
          .failFast("the gateway ended", () -> assertThat(said).noneMatch(this::isFatal))
          .until(() -> host.readyCount(QUEUE) == 0 && recordedSoFar() == MEMBERS);
      assertThat(gateway.toHandle().destroy()).isTrue();
      assertThat(gateway.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(gateway.exitValue()).as(String.join("\n", said)).isZero();
    } finally {
      gateway.destroyForcibly();
    }

    try (ResultStore store =
        ResultStore.open(StoreSettings.in(folder.resolve("data")), new SimpleMeterRegistry())) {
      BatchRecord batch =
          store.batch("b").toCompletableFuture().get(30, TimeUnit.SECONDS).orElseThrow();
      assertThat(batch.state()).isEqualTo(BatchState.COMPLETED);
      assertThat(batch.succeeded()).isEqualTo(MEMBERS);
      assertThat(batch.ended()).isEqualTo(MEMBERS);
      Set<Long> indexes = new HashSet<>();
      long after = 0;
      for (List<TaskRecord> page = page(store, after); !page.isEmpty(); page = page(store, after)) {
        for (TaskRecord task : page) {
          assertThat(indexes.add(task.lineage().batchIndex())).isTrue();
          assertThat(task.result()).hasToString(String.valueOf(task.lineage().batchIndex()));
          after = task.sequence();
        }
      }
      assertThat(indexes).hasSize(MEMBERS);
    }
    assertThat(host.readyCount(QUEUE)).isZero();
  }

  private static List<TaskRecord> page(ResultStore store, long after) throws Exception {
    return store.members("b", after, 5_000).toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private boolean isFatal(String line) {
    return line.startsWith("warren gateway: ");
  }

  private Process start(List<String> said) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx128m",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            GatewayMain.class.getName(),
            "--health-port=off",
            "--http=127.0.0.1:0",
            "--log-format=text",
            "--data",
            folder.resolve("data").toString());
    builder.environment().keySet().removeIf(name -> name.startsWith("WARREN_"));
    builder.environment().put("WARREN_BROKER_URI", host.uri().toString());
    Process process = builder.redirectErrorStream(true).start();
    Thread.ofVirtual().start(() -> process.inputReader().lines().forEach(said::add));
    return process;
  }

  private static void awaitLines(List<String> said, String part, int times) {
    await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(
            () -> assertThat(said).filteredOn(line -> line.contains(part)).hasSize(times));
  }

  /** Committed members; what cannot be read in the moment of a kill counts as none. */
  private long recordedSoFar() {
    try (Connection connection =
            DriverManager.getConnection(
                "jdbc:sqlite:file:" + folder.resolve("data").resolve("outcomes.db") + "?mode=ro");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT coalesce(sum(tasks), 0) FROM segment")) {
      return row.next() ? row.getLong(1) : 0;
    } catch (SQLException beingKilled) {
      return 0;
    }
  }

  private void publish() {
    send(new BatchClosed("b", MEMBERS, Instant.now(), null));
    for (int from = 0; from < MEMBERS; from += TOGETHER) {
      List<Event> members = new ArrayList<>();
      for (int index = from; index < from + TOGETHER; index++) {
        members.add(member(index));
      }
      send(members.toArray(Event[]::new));
    }
  }

  private static OutcomeEvent member(long index) {
    TaskId id = TaskId.next();
    Instant now = Instant.now();
    return new OutcomeEvent(
        id,
        1,
        "test.told",
        "default",
        1,
        "worker@host",
        "threads",
        now,
        now,
        now,
        Outcome.Status.SUCCEEDED,
        JsonText.of(String.valueOf(index)),
        null,
        new Lineage(id, null, "b", index, null),
        false);
  }

  private void send(Event... events) {
    host.publish(
        "warren.events",
        events[0].routingKey(),
        new BasicProperties.Builder().deliveryMode(2).build(),
        EventCodec.join(Arrays.stream(events).map(EventCodec::write).toList()).bytes());
  }
}
