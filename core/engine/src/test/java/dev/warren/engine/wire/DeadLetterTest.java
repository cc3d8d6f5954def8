package dev.warren.engine.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.impl.LongStringHelper;
import dev.warren.api.Failure;
import dev.warren.api.Priority;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonText;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeadLetterTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000L);
  private static final byte[] EMPTY_OBJECT = "{}".getBytes(StandardCharsets.UTF_8);

  private final TaskWriter writer = new TaskWriter("test");

  private static TaskMessage task() {
    return TaskMessage.of(TaskId.next(), "a.b", "cpu", JsonText.of("{\"x\":1}"), NOW);
  }

  private static BasicProperties withHeaders(Map<String, Object> headers) {
    return new BasicProperties.Builder().type("a.b").headers(headers).build();
  }

  private static Object text(String text) {
    return LongStringHelper.asLongString(text);
  }

  @Test
  void aLetterTellsWhatWhyWhenAndHowItCameToThat() {
    Failure failure = new Failure("java.io.IOException", "broken: pipe", "\tat a.B.c(B.java:7)");
    PastAttempt last = new PastAttempt(1, NOW, NOW.plusSeconds(1), "worker@host", failure);
    TaskMessage dead = task().withOthers(Map.of(Headers.SUBMITTER, "billing")).endedBy(last);
    WireTask wire = writer.writeDead(dead, failure, NOW.plusSeconds(1));

    DeadLetter letter =
        DeadLetter.read("warren.dead.cpu", "told.cpu", wire.properties(), wire.body().bytes());

    assertThat(letter.queue()).isEqualTo("cpu");
    assertThat(letter.type()).isEqualTo("a.b");
    assertThat(letter.failure()).isEqualTo(failure);
    assertThat(letter.diedAt()).isEqualTo(NOW.plusSeconds(1));
    assertThat(letter.attempts()).containsExactly(last);
    assertThat(letter.submitter()).isEqualTo("billing");
    assertThat(letter.task()).map(TaskMessage::arguments).contains(dead.arguments());
  }

  @Test
  void whatTheBrokerDeadLetteredTellsItsReasonAndNotThatOfTheLadder() {
    BasicProperties properties =
        withHeaders(
            Map.of(
                "x-death",
                List.of(
                    Map.of(
                        "queue", text("warren.delay.03"),
                        "reason", text("expired"),
                        "count", 1L,
                        "time", Date.from(NOW.minusSeconds(99))),
                    Map.of(
                        "queue", text("warren.q.cpu"),
                        "reason", text("delivery_limit"),
                        "count", 1L,
                        "time", Date.from(NOW)))));

    DeadLetter letter =
        DeadLetter.read("warren.dead.inbox", "broker.cpu", properties, EMPTY_OBJECT);

    assertThat(letter.queue()).isEqualTo("cpu");
    assertThat(letter.failure().type()).isEqualTo(Failure.DELIVERY_LIMIT);
    assertThat(letter.diedAt()).isEqualTo(NOW);
    assertThat(letter.task()).isPresent();
  }

  @Test
  void anUnroutedTaskIsFoundByItsKeyOfTheLadder() {
    String key = DelayRoute.of(Duration.ofSeconds(5), "cpu", "a.b").routingKey();
    WireTask wire = writer.write(task());

    DeadLetter letter =
        DeadLetter.read("warren.unrouted", key, wire.properties(), wire.body().bytes());

    assertThat(letter.queue()).isEqualTo("cpu");
    assertThat(letter.failure().type()).isEqualTo(DeadLetter.UNROUTED);
    assertThat(letter.failure().message()).contains(key);
    assertThat(letter.task()).map(TaskMessage::queue).contains("cpu");
    assertThat(letter.task()).map(TaskMessage::type).contains("a.b");
  }

  @Test
  void anUnroutedLetterKeepsTheReasonOfItsDeath() {
    Failure failure = Failure.of("Broken", "it broke");
    WireTask wire = writer.writeDead(task(), failure, NOW);

    DeadLetter letter =
        DeadLetter.read("warren.unrouted", "told.cpu", wire.properties(), wire.body().bytes());

    assertThat(letter.queue()).isEqualTo("cpu");
    assertThat(letter.failure()).isEqualTo(failure);
    assertThat(letter.task()).isPresent();
  }

  @Test
  void theTasksOfAChunkAreAllThere() {
    WireTask wire = ChunkCodec.write(writer, List.of(task(), task(), task()));

    DeadLetter letter =
        DeadLetter.read("warren.dead.inbox", "broker.cpu", wire.properties(), wire.body().bytes());

    assertThat(letter.tasks()).hasSize(3);
    assertThat(letter.task()).isEmpty();
  }

  @Test
  void whateverLiesThereIsALetter() {
    for (String key : List.of("", ".", "told.", "broker", "0.1.0", "0.".repeat(20), "#.*")) {
      for (String from : List.of("warren.dead.inbox", "warren.unrouted", "warren.dead.cpu", "x")) {
        for (Map<String, Object> headers :
            List.<Map<String, Object>>of(
                Map.of(),
                Map.of(Headers.DEAD_REASON, 7, Headers.DEAD_AT, "never", Headers.STORY, true),
                Map.of("x-death", "once"),
                Map.of("x-death", List.of(1, Map.of("queue", 1, "time", 2, "count", "three"))),
                Map.of(Headers.ATTEMPT, "first"))) {
          DeadLetter letter =
              DeadLetter.read(from, key, withHeaders(headers), new byte[] {1, 2, 3});

          assertThat(letter.task()).isEmpty();
          assertThat(letter.failure().type()).isNotEmpty();
        }
      }
    }
  }

  @Test
  void aReplayedTaskIsTheFirstAttemptOfTheNextGeneration() {
    TaskMessage died =
        new TaskMessage(
            TaskId.next(),
            "a.b",
            "cpu",
            JsonText.of("[1.50]"),
            new AttemptState(2, 3, NOW, "Broken: it broke")
                .after(new PastAttempt(3, NOW, NOW, "worker@host", Failure.of("Broken", "again"))),
            new TaskTerms(
                Priority.HIGH, 7, "1 2.0 3 none", Duration.ofSeconds(9), NOW, NOW.plusSeconds(1)),
            new Lineage(TaskId.next(), TaskId.next(), "batch-1", 42L, "token"),
            NOW,
            Map.of(
                "traceparent",
                "00-abc",
                Headers.SUBMITTER,
                "billing",
                Headers.PARKED_SINCE,
                1L,
                Headers.PARKED_TIMES,
                9,
                Headers.CRASHES,
                2));
    Instant later = NOW.plusSeconds(3_600);

    TaskMessage replayed = died.replayed(later);

    assertThat(replayed.id()).isEqualTo(died.id());
    assertThat(replayed.arguments()).isEqualTo(died.arguments());
    assertThat(replayed.state())
        .isEqualTo(new AttemptState(3, 1, null, "generation 2 died at attempt 4: Broken: again"));
    assertThat(replayed.terms())
        .isEqualTo(
            new TaskTerms(Priority.HIGH, 7, "1 2.0 3 none", Duration.ofSeconds(9), null, null));
    assertThat(replayed.lineage()).isEqualTo(died.lineage().withReply(null));
    assertThat(replayed.enqueuedAt()).isEqualTo(later);
    assertThat(replayed.others())
        .isEqualTo(Map.of("traceparent", "00-abc", Headers.SUBMITTER, "billing"));
  }
}
