package dev.warren.engine.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.api.CodecException;
import dev.warren.api.Failure;
import dev.warren.api.Outcome;
import dev.warren.api.Priority;
import dev.warren.api.RetryPolicy;
import dev.warren.api.SubmitOptions;
import dev.warren.api.TaskId;
import dev.warren.api.TaskOptions;
import dev.warren.api.TaskRefusedException;
import dev.warren.engine.codec.JsonText;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TaskWireTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000L);

  private final TaskWriter writer = new TaskWriter("test");
  private final TaskReader reader = new TaskReader(Clock.systemUTC());

  private TaskMessage there(WireTask wire) {
    return reader.read("default", wire.properties(), wire.body().bytes()).getFirst();
  }

  private static TaskMessage plain() {
    return TaskMessage.of(TaskId.next(), "a.b", "default", JsonText.of("{\"x\":1}"), NOW);
  }

  @Test
  void aPlainTaskHasNoHeadersAndComesBackEqual() {
    WireTask wire = writer.write(plain());

    assertThat(wire.properties().getHeaders()).isNull();
    assertThat(wire.properties().getDeliveryMode()).isEqualTo(2);
    assertThat(wire.properties().getPriority()).isEqualTo(4);
    TaskMessage task = plain();
    assertThat(there(writer.write(task))).isEqualTo(task);
  }

  @Test
  void whatOthersMeanByReplyToIsNoToken() {
    for (String other : List.of("amq.rabbitmq.reply-to.g1h2AA9yZXBs", "-", "", "a".repeat(41))) {
      BasicProperties properties =
          new BasicProperties.Builder().type("word.measure").replyTo(other).build();

      TaskMessage task =
          reader.read("default", properties, "{}".getBytes(StandardCharsets.UTF_8)).getFirst();

      assertThat(task.lineage().reply()).as(other).isNull();
    }
  }

  @Test
  void everyFieldComesBackEqual() {
    TaskMessage task =
        new TaskMessage(
            TaskId.next(),
            "a.b",
            "default",
            JsonText.of("[]"),
            new AttemptState(2, 3, NOW.minusSeconds(5), "it broke"),
            new TaskTerms(
                Priority.HIGH,
                7,
                "1500 3.0 60000 none",
                Duration.ofSeconds(90),
                NOW.plusSeconds(60),
                NOW.plusSeconds(600)),
            new Lineage(TaskId.next(), TaskId.next(), "batch-1", 42L, "token"),
            NOW,
            Map.of("traceparent", "00-abc"));

    assertThat(there(writer.write(task))).isEqualTo(task);
  }

  @Test
  void termsAreWrittenOnlyWhereTheyDifferFromTheType() {
    RetryPolicy own = RetryPolicy.DEFAULT.withMaxAttempts(3);
    SubmitOptions options =
        SubmitOptions.DEFAULT.withRetry(own).withTimeLimit(Duration.ofMinutes(10));
    TaskTerms terms = TaskTerms.of(TaskOptions.DEFAULT, options, NOW);

    assertThat(terms.timeLimit()).isNull();
    assertThat(terms.maxAttempts()).isEqualTo(3);
    assertThat(terms.retryOr(RetryPolicy.NONE)).isEqualTo(own);
    assertThat(TaskTerms.DEFAULT.retryOr(own)).isEqualTo(own);
  }

  @Test
  void anotherNumberOfAttemptsKeepsTheWaitsOfTheTypeAndTheOtherWayRound() {
    RetryPolicy ofType =
        RetryPolicy.DEFAULT.withBackOff(Duration.ofSeconds(30), 3, Duration.ofHours(2));
    TaskOptions type = TaskOptions.DEFAULT.withRetry(ofType);
    RetryPolicy quick =
        RetryPolicy.DEFAULT.withBackOff(Duration.ofMillis(10), 1, Duration.ofSeconds(1));

    TaskTerms attempts = TaskTerms.of(type, SubmitOptions.DEFAULT.withMaxAttempts(3), NOW);
    TaskTerms waits = TaskTerms.of(type, SubmitOptions.DEFAULT.withBackOff(quick), NOW);

    assertThat(attempts.retryOr(ofType)).isEqualTo(ofType.withMaxAttempts(3));
    assertThat(waits.retryOr(ofType.withMaxAttempts(7))).isEqualTo(quick.withMaxAttempts(7));
    assertThat(TaskTerms.of(SubmitOptions.DEFAULT.withMaxAttempts(3)).retryOr(ofType))
        .isEqualTo(ofType.withMaxAttempts(3));
  }

  @Test
  void copiesLeaveTheBrokersHeadersBehindAndKeepForeignOnes() {
    BasicProperties came =
        new BasicProperties.Builder()
            .type("a.b")
            .messageId(TaskId.next().toString())
            .userId("alice")
            .expiration("1000")
            .headers(
                Map.of(
                    "x-death",
                    List.of(Map.of("count", 1)),
                    "x-delivery-count",
                    3,
                    "CC",
                    List.of("elsewhere"),
                    "traceparent",
                    "00-abc"))
            .build();

    TaskMessage task =
        reader.read("default", came, "{}".getBytes(StandardCharsets.UTF_8)).getFirst();
    BasicProperties copy = writer.write(task).properties();

    assertThat(copy.getHeaders())
        .containsOnly(Map.entry("traceparent", "00-abc"), Map.entry(Headers.SUBMITTER, "alice"));
    assertThat(copy.getUserId()).isNull();
    assertThat(copy.getExpiration()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "{} {}", "hello", "{\"a\":NaN}"})
  void aBodyThatIsNotOneJsonValueIsRefused(String body) {
    BasicProperties properties = new BasicProperties.Builder().type("a.b").build();

    assertThatThrownBy(
            () -> reader.read("default", properties, body.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(CodecException.class);
  }

  @Test
  void nonsenseInHeadersIsRefusedAndNamed() {
    for (Map.Entry<String, Object> header :
        Map.<String, Object>of(
                Headers.ATTEMPT,
                -1,
                Headers.GENERATION,
                "many",
                Headers.PARENT,
                "nobody",
                Headers.MAX_ATTEMPTS,
                Long.MAX_VALUE)
            .entrySet()) {
      BasicProperties properties =
          new BasicProperties.Builder()
              .type("a.b")
              .headers(Map.of(header.getKey(), header.getValue()))
              .build();

      assertThatThrownBy(
              () -> reader.read("default", properties, "{}".getBytes(StandardCharsets.UTF_8)))
          .as("header %s", header)
          .isInstanceOf(CodecException.class);
    }
  }

  @Test
  void whatIsTooLargeIsRefusedBeforeItIsSent() {
    TaskMessage body =
        TaskMessage.of(
            TaskId.next(), "a.b", "default", JsonText.of("\"" + "x".repeat(1 << 20) + "\""), NOW);
    TaskMessage headers = plain().withOthers(Map.of("huge", "x".repeat(33_000)));

    for (TaskMessage task : List.of(body, headers)) {
      assertThatThrownBy(() -> writer.write(task))
          .isInstanceOfSatisfying(
              TaskRefusedException.class,
              refused ->
                  assertThat(refused.reason()).isEqualTo(TaskRefusedException.Reason.TOO_LARGE))
          .hasMessageContaining(task.id().toString());
    }
  }

  @Test
  void aChunkComesBackAsItsTasks() {
    List<TaskMessage> tasks = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      TaskId id = TaskId.next();
      tasks.add(
          TaskMessage.of(id, "a.b", "default", JsonText.of("{\"i\":" + i + "}"), NOW)
              .withLineage(Lineage.of(id).withReply("token").withBatch("batch", i)));
    }
    WireTask wire = ChunkCodec.write(writer, tasks);

    assertThat(wire.properties().getContentType()).isEqualTo(ChunkCodec.CONTENT_TYPE);
    assertThat(reader.read("default", wire.properties(), wire.body().bytes())).isEqualTo(tasks);
  }

  @Test
  void theTasksOfAChunkHaveTheirArgumentsAsTheyStand() {
    TaskId first = TaskId.next();
    TaskId second = TaskId.next();
    WireTask shared =
        writer.write(TaskMessage.of(first, "a.b", "default", JsonText.EMPTY_OBJECT, NOW));
    String body =
        """
        {"of another":{"tasks":[1]}, "tasks" : [
          {"arguments": {"x" : [1.50, "]}\\"", {"y":"\u00fc"}] } , "id":"%s", "index":null,
           "of another":[{}]},
          {"id":"%s","arguments":12345678901234567890 ,"root":"%s","index":7}],"more":1}
        """
            .formatted(first, second, first);

    List<TaskMessage> tasks =
        reader.read(
            "default",
            shared.properties().builder().contentType(ChunkCodec.CONTENT_TYPE).build(),
            body.getBytes(StandardCharsets.UTF_8));

    assertThat(tasks).extracting(TaskMessage::id).containsExactly(first, second);
    assertThat(tasks.getFirst().arguments())
        .hasToString("{\"x\" : [1.50, \"]}\\\"\", {\"y\":\"\u00fc\"}] }");
    assertThat(tasks.getFirst().lineage().batchIndex()).isNull();
    assertThat(tasks.getLast().arguments()).hasToString("12345678901234567890");
    assertThat(tasks.getLast().lineage().root()).isEqualTo(first);
    assertThat(tasks.getLast().lineage().batchIndex()).isEqualTo(7);
  }

  @Test
  void eventsComeBackEqualAndAnUnreadableOneSpoilsNothing() {
    OutcomeEvent event =
        new OutcomeEvent(
            TaskId.next(),
            2,
            "a.b",
            "default",
            3,
            "worker@host",
            "threads",
            NOW,
            NOW.plusMillis(5),
            NOW.plusMillis(9),
            Outcome.Status.DEAD,
            null,
            new Failure("Broken", "it broke", "at line 1"),
            new Lineage(TaskId.next(), TaskId.next(), "batch", 7L, null),
            true);
    BatchClosed closed = new BatchClosed("batch", 8, NOW, null);
    TaskMessage waits =
        plain().withLineage(new Lineage(TaskId.next(), TaskId.next(), "batch", 7L, null));
    TaskDelayed delayed = TaskDelayed.of(waits, NOW.plusSeconds(60));
    TaskRetrying failed =
        TaskRetrying.of(
            waits,
            TaskRetrying.Reason.FAILED,
            new Failure("Broken", "it broke", "at line 1"),
            "worker@host",
            NOW.plusMillis(5),
            NOW.plusSeconds(2));
    TaskRetrying snoozed =
        TaskRetrying.of(plain(), TaskRetrying.Reason.SNOOZED, null, "worker@host", NOW, NOW);
    TaskProgress progress =
        TaskProgress.of(waits, new Progress(0.5, "half of it", NOW), "worker@host");
    JsonText body =
        EventCodec.join(
            List.of(
                EventCodec.write(event),
                JsonText.of("{\"event\":\"outcome\",\"task\":\"nobody\"}"),
                JsonText.of("{\"event\":\"unheard-of\"}"),
                EventCodec.write(closed),
                EventCodec.write(delayed),
                EventCodec.write(failed),
                EventCodec.write(snoozed),
                EventCodec.write(progress)));
    List<CodecException> unreadable = new ArrayList<>();

    assertThat(EventCodec.read(body.bytes(), unreadable::add))
        .containsExactly(event, closed, delayed, failed, snoozed, progress);
    assertThat(unreadable).hasSize(1);
    assertThat(EventCodec.read("garbage".getBytes(StandardCharsets.UTF_8), unreadable::add))
        .isEmpty();
    assertThat(unreadable).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.50",
        "1e400",
        "-0.0",
        "1E+2",
        "0.1234567890123456789012345",
        "123456789012345678901234567890",
        "null",
        "\"\\u00e9 \u00e9\"",
        "{\"a\" : [1.50, {\"result\":1.0e0}], \"arguments\":2.0}"
      })
  void resultsAndArgumentsAreNotRewritten(String json) {
    OutcomeEvent event =
        new OutcomeEvent(
            TaskId.next(),
            1,
            "a.b",
            "default",
            1,
            "worker@host",
            "threads",
            NOW,
            NOW,
            NOW,
            Outcome.Status.SUCCEEDED,
            JsonText.of(json),
            null,
            Lineage.of(TaskId.next()),
            false);
    JsonText body = EventCodec.join(List.of(EventCodec.write(event), EventCodec.write(event)));
    assertThat(
            EventCodec.read(
                body.bytes(),
                unreadable -> {
                  throw unreadable;
                }))
        .containsExactly(event, event);

    List<TaskMessage> tasks =
        List.of(
            TaskMessage.of(TaskId.next(), "a.b", "default", JsonText.of(json), NOW),
            TaskMessage.of(TaskId.next(), "a.b", "default", JsonText.of(json), NOW));
    WireTask chunk = ChunkCodec.write(writer, tasks);
    assertThat(reader.read("default", chunk.properties(), chunk.body().bytes())).isEqualTo(tasks);
  }
}
