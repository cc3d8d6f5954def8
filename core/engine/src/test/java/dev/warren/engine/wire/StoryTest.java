package dev.warren.engine.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.api.Failure;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonText;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoryTest {
  private static final Instant NOW = Instant.ofEpochMilli(1_800_000_000_123L);

  /** One byte, two, three, four, half of four, and six as JSON writes them. */
  private static final List<String> LETTERS =
      List.of("a", "é", "€", "\ud83d\udc07", "\ud83d", "\udc07", "\u0001", "\"", "\\", "\n\tat ");

  private final TaskWriter writer = new TaskWriter("test");
  private final TaskReader reader = new TaskReader(Clock.systemUTC());

  private static TaskMessage task() {
    return TaskMessage.of(TaskId.next(), "a.b", "default", JsonText.EMPTY_OBJECT, NOW);
  }

  private static PastAttempt attempt(int number, Failure failure) {
    return new PastAttempt(
        number, NOW.plusSeconds(number), NOW.plusSeconds(number + 1), "worker@host", failure);
  }

  private TaskMessage sent(TaskMessage task) {
    WireTask wire = writer.write(task);
    return reader.read(task.queue(), wire.properties(), wire.body().bytes()).getFirst();
  }

  @Test
  void anAttemptIsToldWithWhenWhereAndWhy() {
    PastAttempt failed =
        attempt(1, new Failure("java.io.IOException", "broken pipe", "\tat a.B.c(B.java:7)"));

    TaskMessage next = sent(task().nextAttempt(failed));

    assertThat(next.attempt()).isEqualTo(2);
    assertThat(next.state().story().attempts()).containsExactly(failed);
    assertThat(next.state().story().json())
        .isEqualTo(
            "[{\"attempt\":1,\"startedAt\":1800000001123,\"endedAt\":1800000002123,"
                + "\"worker\":\"worker@host\",\"error\":\"java.io.IOException\","
                + "\"message\":\"broken pipe\",\"stack\":\"\\tat a.B.c(B.java:7)\"}]");
  }

  @Test
  void theFirstAttemptAndTheLastFourAreKept() {
    TaskMessage task = task();
    for (int number = 1; number <= 10; number++) {
      task = sent(task.nextAttempt(attempt(number, Failure.of("Broken", "number " + number))));
    }

    assertThat(task.state().story().attempts())
        .extracting(PastAttempt::attempt)
        .containsExactly(1, 7, 8, 9, 10);
    assertThat(task.attempt()).isEqualTo(11);
    assertThat(task.state().firstAttemptAt()).isEqualTo(NOW.plusSeconds(1));
  }

  @Test
  void aThrownErrorIsToldByItsMessageAndTheFramesWithoutTheMessageAgain() {
    String message = "x".repeat(600);
    Failure thrown = Failure.of(new IllegalStateException(message));

    Story story = Story.EMPTY.and(attempt(1, thrown));

    Failure told = story.attempts().getFirst().failure();
    assertThat(told.message()).isEqualTo(message);
    assertThat(told.stack()).startsWith("\tat " + StoryTest.class.getName());
  }

  @Test
  void whateverTheErrorsSayTheStoryFitsAndCanBeReadAgain() {
    Random random = new Random(7);
    for (int round = 0; round < 2_000; round++) {
      TaskMessage task = task();
      int attempts = 1 + random.nextInt(7);
      for (int number = 1; number <= attempts; number++) {
        Failure failure = new Failure(text(random, 400), text(random, 3_000), text(random, 5_000));
        task =
            task.nextAttempt(
                new PastAttempt(
                    number, random.nextBoolean() ? null : NOW, NOW, text(random, 300), failure));
        Story story = task.state().story();

        assertThat(story.json().getBytes(StandardCharsets.UTF_8))
            .as("round %d", round)
            .hasSizeLessThanOrEqualTo(Story.MAX_BYTES);
        assertThat(sent(task).state().story()).isEqualTo(story);
        assertThat(story.attempts())
            .extracting(PastAttempt::attempt)
            .hasSize(Math.min(number, 5))
            .contains(1, number);
      }
    }
  }

  private static String text(Random random, int limit) {
    StringBuilder text = new StringBuilder();
    String letter = LETTERS.get(random.nextInt(LETTERS.size()));
    boolean mixed = random.nextBoolean();
    int length = random.nextInt(limit);
    while (text.length() < length) {
      text.append(mixed ? LETTERS.get(random.nextInt(LETTERS.size())) : letter);
    }
    return text.toString();
  }

  @Test
  void theStoryGivesWayToForeignHeaders() {
    TaskMessage task = task();
    for (int number = 1; number <= 5; number++) {
      task =
          task.nextAttempt(
              attempt(number, new Failure("Broken", "m".repeat(900), "s".repeat(900))));
    }
    for (int foreign = 20_000; foreign < 31_500; foreign += 97) {
      Map<String, Object> others = Map.of("theirs", "x".repeat(foreign), "traceparent", "00-abc");
      WireTask wire = writer.write(task.withOthers(others));

      assertThat(WireLimits.sizeOf(wire.properties().getHeaders()))
          .isLessThanOrEqualTo(WireLimits.MAX_HEADER_BYTES);
      TaskMessage there = reader.read("default", wire.properties(), wire.body().bytes()).getFirst();
      assertThat(there.others()).isEqualTo(others);
      List<PastAttempt> told = there.state().story().attempts();
      if (foreign < 29_000) {
        assertThat(told).extracting(PastAttempt::attempt).contains(5);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "{\"attempt\":1}",
        "[1,null,[],{},{\"attempt\":\"one\"},{\"attempt\":1,\"endedAt\":\"yesterday\"}]",
        "[[[[[[[[",
        "42"
      })
  void aTaskWithAGarbledStoryIsStillATaskAndStartsItAnew(String garbage) {
    BasicProperties properties =
        new BasicProperties.Builder().type("a.b").headers(Map.of(Headers.STORY, garbage)).build();

    TaskMessage task =
        reader.read("default", properties, "{}".getBytes(StandardCharsets.UTF_8)).getFirst();

    assertThat(task.state().story().attempts()).isEmpty();
    PastAttempt failed = attempt(1, Failure.of("Broken", "again"));
    assertThat(task.nextAttempt(failed).state().story().attempts()).containsExactly(failed);
  }

  @Test
  void aStoryThatIsTooLongToBeOursIsDropped() {
    BasicProperties properties =
        new BasicProperties.Builder()
            .type("a.b")
            .headers(Map.of(Headers.STORY, "[" + " ".repeat(Story.MAX_BYTES) + "]"))
            .build();

    TaskMessage task =
        reader.read("default", properties, "{}".getBytes(StandardCharsets.UTF_8)).getFirst();

    assertThat(task.state().story()).isEqualTo(Story.EMPTY);
  }

  @Test
  void withoutForeignHeadersTheLargestTaskFitsAndKeepsItsTraceAndWhatIsCounted() {
    Map<String, Object> others = new HashMap<>();
    others.put("theirs", "x".repeat(32_000));
    others.put("traceparent", "00-abc");
    others.put("tracestate", "x".repeat(2_000));
    others.put(Headers.CRASHES, 2);
    TaskMessage task = task().withOthers(others);
    Failure failure = new Failure("€".repeat(3_000), "€".repeat(3_000), "€".repeat(5_000));
    for (int number = 1; number <= 5; number++) {
      task = task.nextAttempt(attempt(number, failure));
    }

    TaskMessage kept = task.withoutForeignHeaders();

    assertThat(kept.others())
        .containsOnly(Map.entry("traceparent", "00-abc"), Map.entry(Headers.CRASHES, 2));
    assertThat(WireLimits.sizeOf(writer.writeDead(kept, failure, NOW).properties().getHeaders()))
        .isLessThanOrEqualTo(WireLimits.MAX_HEADER_BYTES);
  }
}
