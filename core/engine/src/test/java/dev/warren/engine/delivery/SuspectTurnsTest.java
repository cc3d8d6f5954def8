package dev.warren.engine.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Envelope;
import dev.warren.api.Lane;
import dev.warren.api.TaskHandler;
import dev.warren.api.TaskId;
import dev.warren.api.TaskType;
import dev.warren.api.Verdict;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.settle.SoloGate;
import dev.warren.engine.wire.TaskMessage;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SuspectTurnsTest {
  private final Deadlines deadlines = new Deadlines();
  private final SuspectTurns turns = new SuspectTurns(Isolation.NONE, deadlines, () -> {});
  private final LiveDeliveries live = new LiveDeliveries();
  private final KnownExecutions known = new KnownExecutions(Set.of());
  private final List<Attempt> entered = new ArrayList<>();

  /** Keeps what it is given, and runs nothing. */
  private final LaneExecutor lane =
      new LaneExecutor() {
        @Override
        public Lane lane() {
          return Lane.THREADS;
        }

        @Override
        public int concurrency() {
          return 1;
        }

        @Override
        public int running() {
          return 0;
        }

        @Override
        public void execute(Attempt attempt) {
          entered.add(attempt);
        }

        @Override
        public void close() {}
      };

  @AfterEach
  void close() {
    deadlines.close();
  }

  /** An attempt that neither begins nor settles anything here. */
  @SuppressWarnings("NullAway")
  private AttemptRun attempt() {
    TaskMessage task =
        TaskMessage.of(TaskId.next(), "word.hold", "turns", JsonText.of("{}"), Instant.now());
    TaskHandler<String, String> handler = (word, context) -> Verdict.done(word);
    return new AttemptRun(
        new Delivery(null, new Envelope(1, false, "", ""), List.of(task), live, known),
        0,
        new ServedType(
            Registration.blocking(
                TaskType.of("word.hold", String.class, String.class), Lane.THREADS, handler),
            Map.of(Lane.THREADS, lane)),
        Optional.empty(),
        new Workshop(
            null,
            live,
            new StuckAttempts(),
            deadlines,
            Duration.ofSeconds(1),
            known,
            turns,
            AttemptJournal.NONE,
            EngineListener.NONE,
            any -> false,
            "test",
            Clock.systemUTC()));
  }

  @Test
  void oneThatWasGivenBackBeforeItsOfferKeepsNobodyFromBeginning() {
    AttemptRun suspect = attempt();
    assertThat(suspect.giveBack()).isTrue();

    assertThat(suspect.offer()).isEmpty();

    assertThat(attempt().admitted()).isTrue();
  }

  @Test
  void whoMustWaitForASuspectEntersItsLaneWhenThatIsGivenBack() {
    AttemptRun suspect = attempt();
    AttemptRun other = attempt();
    assertThat(suspect.offer()).contains(SoloGate.Answer.NOW);
    assertThat(other.admitted()).isFalse();

    assertThat(suspect.giveBack()).isTrue();

    assertThat(entered).containsExactly(other);
    assertThat(other.admitted()).isTrue();
  }
}
