package dev.warren.engine.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.impl.LongStringHelper;
import dev.warren.api.CodecException;
import dev.warren.api.Failure;
import dev.warren.api.TaskId;
import dev.warren.api.TaskRefusedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that no part of Warren wrote. Each is a task that can be settled, or no task. */
class HostileTaskTest {
  private static final byte[] OBJECT = "{}".getBytes(StandardCharsets.UTF_8);
  private static final List<String> NAMES =
      List.of(
          Headers.VERSION,
          Headers.GENERATION,
          Headers.ATTEMPT,
          Headers.MAX_ATTEMPTS,
          Headers.BACK_OFF,
          Headers.TIME_LIMIT,
          Headers.DUE_AT,
          Headers.EXPIRES_AT,
          Headers.BATCH,
          Headers.BATCH_INDEX,
          Headers.PARENT,
          Headers.FIRST_ATTEMPT_AT,
          Headers.LAST_ERROR,
          Headers.SUBMITTER,
          Headers.DEAD_REASON,
          Headers.DEAD_AT,
          Headers.DEAD_STACK,
          Headers.STORY,
          Headers.CRASHES,
          Headers.PARKED_SINCE,
          Headers.PARKED_TIMES,
          "warren-of-a-later-version",
          "traceparent",
          "x-death");

  private final TaskReader reader = new TaskReader(Clock.systemUTC());
  private final TaskWriter writer = new TaskWriter("test");

  private List<TaskMessage> read(BasicProperties properties, byte[] body) {
    return reader.read("default", properties, body);
  }

  private TaskMessage withHeader(String name, Object value) {
    return read(plain(builder -> builder.headers(Map.of(name, value))), OBJECT).getFirst();
  }

  private static BasicProperties plain(UnaryOperator<BasicProperties.Builder> more) {
    return more.apply(new BasicProperties.Builder().type("a.b").messageId(TaskId.next().toString()))
        .build();
  }

  @Test
  void whateverItsHeadersSayATaskThatIsReadCanBeSentAgainAndBuried() {
    int tasks = 0;
    for (long seed = 1; seed <= 20_000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Map<String, Object> headers = new HashMap<>();
      int count = random.nextInt(5);
      for (int i = 0; i < count; i++) {
        headers.put(NAMES.get(random.nextInt(NAMES.size())), anything(random, 2));
      }
      BasicProperties properties = plain(builder -> builder.headers(headers));
      try {
        TaskMessage task = read(properties, OBJECT).getFirst();
        tasks++;
        Failure failure = Failure.of("Test", "failed");
        PastAttempt failed =
            new PastAttempt(task.attempt(), Instant.now(), Instant.now(), "worker@host", failure);
        settle(task.nextAttempt(failed), failure);
        settle(task.endedBy(failed).replayed(Instant.now()), failure);
        assertThat(
                RoutingKeys.event(
                    "retrying", "q".repeat(190), String.valueOf(task.lineage().reply())))
            .hasSizeLessThan(255);
      } catch (CodecException noTask) {
        assertThat(noTask.getMessage()).isNotEmpty();
        RawLetter.of(properties, Failure.of(noTask), Instant.now());
      } catch (RuntimeException unexpected) {
        throw new AssertionError("headers of seed " + seed + ": " + headers, unexpected);
      }
    }
    assertThat(tasks).isBetween(2_000, 18_000);
  }

  /** As the settler does: without foreign headers if it must be. */
  private void settle(TaskMessage task, Failure failure) {
    try {
      writer.writeDead(task, failure, Instant.now());
      writer.write(task);
    } catch (TaskRefusedException tooLarge) {
      writer.writeDead(task.withoutForeignHeaders(), failure, Instant.now());
      writer.write(task.withoutForeignHeaders());
    }
  }

  private static Object anything(SplittableRandom random, int depth) {
    return switch (random.nextInt(depth > 0 ? 14 : 12)) {
      case 0 -> random.nextInt();
      case 1 -> random.nextLong();
      case 2 -> random.nextBoolean() ? Long.MAX_VALUE : Long.MIN_VALUE;
      case 3 -> random.nextDouble();
      case 4 -> random.nextBoolean();
      case 5 -> "";
      case 6 -> LongStringHelper.asLongString("x".repeat(random.nextInt(40_000)));
      case 7 -> new byte[random.nextInt(100)];
      case 8 -> Date.from(Instant.ofEpochSecond(random.nextInt()));
      case 9 -> random.nextInt(1, 5);
      case 10 -> "-" + random.nextInt(3);
      case 11 -> TaskId.next().toString();
      case 12 -> Map.of("inner", anything(random, depth - 1));
      default -> List.of(anything(random, depth - 1));
    };
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        Headers.BATCH,
        Headers.PARENT,
        Headers.BACK_OFF,
        Headers.LAST_ERROR,
        Headers.ATTEMPT
      })
  void aTableWhereAValueIsExpectedIsNoTask(String header) {
    assertThatThrownBy(() -> withHeader(header, Map.of("a", 1)))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining(header);
    assertThatThrownBy(() -> withHeader(header, new byte[] {1}))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining(header);
  }

  @Test
  void numbersThatMakeNoSenseAreNamed() {
    Map<String, Object> senseless =
        Map.of(
            Headers.ATTEMPT,
            1L << 40,
            Headers.GENERATION,
            -1,
            Headers.MAX_ATTEMPTS,
            0,
            Headers.TIME_LIMIT,
            -5L,
            Headers.BACK_OFF,
            "1000 2 9223372036854775807 full");

    senseless.forEach(
        (header, value) ->
            assertThatThrownBy(() -> withHeader(header, value))
                .as(header)
                .isInstanceOf(CodecException.class));
    assertThatThrownBy(() -> withHeader(Headers.TIME_LIMIT, Long.MAX_VALUE))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("time limit");
  }

  @Test
  void timesFarAwayAreTimes() {
    assertThat(withHeader(Headers.DUE_AT, Long.MAX_VALUE).terms().dueAt()).isAfter(Instant.now());
    assertThat(withHeader(Headers.EXPIRES_AT, Long.MIN_VALUE).terms().expiresAt())
        .isBefore(Instant.now());
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "image/png", "application/x-java-serialized-object"})
  void whatSaysThatItIsNoJsonIsNoTask(String contentType) {
    assertThatThrownBy(() -> read(plain(builder -> builder.contentType(contentType)), OBJECT))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining(contentType);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"application/json", "application/json; charset=utf-8", "application/ld+json"})
  void jsonMayHaveAnotherName(String contentType) {
    assertThat(read(plain(builder -> builder.contentType(contentType)), OBJECT)).hasSize(1);
  }

  @Test
  void aBombIsNotUnpacked() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream packing = new GZIPOutputStream(packed)) {
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 100; i++) {
        packing.write(zeros);
      }
    }
    byte[] bomb = packed.toByteArray();

    assertThatThrownBy(() -> read(plain(builder -> builder.contentEncoding("gzip")), bomb))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("unpacked");
    assertThatThrownBy(
            () ->
                read(
                    plain(
                        builder ->
                            builder.contentEncoding("gzip").contentType(ChunkCodec.CONTENT_TYPE)),
                    bomb))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("unpacked");
  }

  @Test
  void aChunkAndEachTaskInItHaveTheirLimits() {
    String huge = "\"" + "x".repeat(5 << 20) + "\"";
    assertThatThrownBy(() -> read(chunk(), tasks(huge)))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("at most " + ChunkCodec.MAX_BYTES);
    String large = "\"" + "x".repeat(2 << 20) + "\"";
    assertThatThrownBy(() -> read(chunk(), tasks(large)))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("in a chunk")
        .hasMessageContaining("at most " + WireLimits.MAX_BODY_BYTES);
    assertThat(read(chunk(), tasks("1"))).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "null",
        "{\"tasks\":[]}",
        "{\"tasks\":{}}",
        "{\"tasks\":[1]}",
        "{\"tasks\":[null]}",
        "{\"tasks\":[{\"id\":1,\"arguments\":1}]}",
        "{\"tasks\":[{\"id\":\"x\",\"arguments\":1}]}",
        "{\"tasks\":[{\"id\":\"0199a6d0-0000-7000-8000-000000000000\"}]}",
        "{\"tasks\":[{\"id\":\"0199a6d0-0000-7000-8000-000000000000\",\"arguments\":{]}]}",
        "{\"tasks\":[{\"id\":\"0199a6d0-0000-7000-8000-000000000000\",\"arguments\":1}]} 2",
        "{\"tasks\":[{\"id\":\"0199a6d0-0000-7000-8000-000000000000\",\"arguments\":1}"
      })
  void aChunkWithoutTasksIsNoTask(String body) {
    assertThatThrownBy(() -> read(chunk(), body.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(CodecException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\"x\"", "\"1\"", "1.5", "true", "[1]", "[]", "{}", "99999999999999999999"})
  void aPlaceInABatchThatIsNoNumberIsNotThatOfAnotherMember(String index) {
    String body =
        "{\"tasks\":[{\"id\":\"%s\",\"arguments\":1,\"index\":%s}]}"
            .formatted(TaskId.next(), index);
    assertThatThrownBy(() -> read(chunk(), body.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(CodecException.class);
  }

  private static BasicProperties chunk() {
    return plain(builder -> builder.contentType(ChunkCodec.CONTENT_TYPE));
  }

  private static byte[] tasks(String arguments) {
    return "{\"tasks\":[{\"id\":\"%s\",\"arguments\":%s}]}"
        .formatted(TaskId.next(), arguments)
        .getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void bodiesThatAreNoJsonAreNoTasks() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 2_000; i++) {
      byte[] body = new byte[random.nextInt(1, 64)];
      random.nextBytes(body);
      body[0] = (byte) 0xC0;
      assertThatThrownBy(() -> read(plain(UnaryOperator.identity()), body))
          .isInstanceOf(CodecException.class);
    }
  }

  @Test
  void whatTheMessageOfAFailureQuotesFitsAHeader() {
    Throwable noTask =
        catchThrowable(
            () -> withHeader(Headers.ATTEMPT, LongStringHelper.asLongString("x".repeat(100_000))));

    assertThat(noTask).isInstanceOf(CodecException.class);
    BasicProperties letter =
        RawLetter.of(
            plain(builder -> builder.headers(Map.of("a", "x".repeat(100_000)))),
            Failure.of(Failure.INVALID_TASK, noTask.getMessage() + ""),
            Instant.now());
    assertThat(WireLimits.sizeOf(letter.getHeaders())).isLessThan(WireLimits.MAX_HEADER_BYTES);
  }
}
