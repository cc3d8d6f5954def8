package dev.warren.engine.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.api.BrokerUnreachableException;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.settle.Command;
import dev.warren.engine.settle.Ran;
import dev.warren.engine.settle.SettleRules;
import dev.warren.engine.wire.Event;
import dev.warren.engine.wire.TaskMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class EventPublisherTest {
  private static Event event() {
    Instant now = Instant.now();
    TaskMessage task = TaskMessage.of(TaskId.next(), "word.count", "q", JsonText.of("{}"), now);
    Command.RecordOutcome expired =
        (Command.RecordOutcome) SettleRules.expired(task, Ran.not("test", now)).getFirst();
    return expired.event();
  }

  /** Of a broker that is away. */
  private static Publisher away() {
    return new Publisher(
        "test-publisher",
        () -> {
          throw new BrokerUnreachableException("nobody is there");
        },
        10);
  }

  private static EventPublisher events(Publisher publisher, BooleanSupplier mandatory) {
    return new EventPublisher(
        new EventPublisher.Settings(
            "test-events", "test", Duration.ofMillis(100), Duration.ofSeconds(1)),
        publisher,
        mandatory);
  }

  @Test
  void whoWaitsForAnEventHearsOfItAlthoughAnotherOfTheSameMessageFails() throws Exception {
    CompletableFuture<PublishResult> heard = new CompletableFuture<>();
    try (Publisher away = away();
        EventPublisher events = events(away, () -> true)) {
      events.publish(
          event(),
          result -> {
            throw new IllegalStateException("broken on purpose");
          });
      events.publish(event(), heard::complete);
      away.start();

      assertThat(heard.get(30, TimeUnit.SECONDS)).isInstanceOf(PublishResult.NotSent.class);
    }
  }

  @Test
  void aFewEventsWaitForNoConfirmAndMoreOfThemTravelTogether() throws Exception {
    CountDownLatch heard = new CountDownLatch(40);
    try (Publisher away = away();
        EventPublisher events = events(away, () -> true)) {
      for (int i = 0; i < 40; i++) {
        events.publish(event(), result -> heard.countDown());
      }

      assertThat(away.unsettled()).as("messages").isEqualTo(16);

      away.start();
      assertThat(heard.await(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void whatWaitsBehindAMessageThatCannotBeWrittenIsSent() throws Exception {
    List<PublishResult> unwritten = new ArrayList<>();
    AtomicReference<Optional<EventPublisher>> publishing = new AtomicReference<>(Optional.empty());
    BooleanSupplier failsOnce =
        () -> {
          Optional<EventPublisher> events = publishing.getAndSet(Optional.empty());
          if (events.isPresent()) {
            events.get().publish(event(), result -> {});
            throw new IllegalStateException("broken on purpose");
          }
          return true;
        };
    try (Publisher away = away();
        EventPublisher events = events(away, failsOnce)) {
      publishing.set(Optional.of(events));

      assertThatThrownBy(() -> events.publish(event(), unwritten::add))
          .isInstanceOf(IllegalStateException.class);

      assertThat(unwritten).singleElement().isInstanceOf(PublishResult.Refused.class);
      assertThat(away.unsettled()).as("messages").isEqualTo(1);
    }
  }
}
