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

  private final LaneExecutor lane = new KeepingLane(Lane.THREADS);
  private final LaneExecutor process = new KeepingLane(Lane.PROCESS);

  /** Keeps what it is given, and runs nothing. */
  private final class KeepingLane implements LaneExecutor {
    private final Lane lane;

    KeepingLane(Lane lane) {
      this.lane = lane;
    }

    @Override
    public Lane lane() {
      return lane;
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
  }

  @AfterEach
  void close() {
    deadlines.close();
  }

  /** An attempt that neither begins nor settles anything here. */
  private AttemptRun attempt() {
    return attempt(new ServedType(registration(Lane.THREADS), Map.of(Lane.THREADS, lane)));
  }

  private static Registration<String, String> registration(Lane lane) {
    TaskHandler<String, String> handler = (word, context) -> Verdict.done(word);
    return Registration.blocking(
        TaskType.of("word.hold", String.class, String.class), lane, handler);
  }

  @SuppressWarnings("NullAway")
  private AttemptRun attempt(ServedType served) {
    TaskMessage task =
        TaskMessage.of(TaskId.next(), "word.hold", "turns", JsonText.of("{}"), Instant.now());
    return new AttemptRun(
        new Delivery(null, new Envelope(1, false, "", ""), List.of(task), live, known),
        0,
        served,
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

  @Test
  void aSuspectThatGoesToAProcessAfterItsOfferLetsTheOthersBeginWhenItIsOver() {
    List<Isolation.Place> children = new ArrayList<>();
    ServedType type =
        new ServedType(
            registration(Lane.AUTO).orApart(() -> children.stream().findFirst()),
            Map.of(Lane.THREADS, lane));
    AttemptRun suspect = attempt(type);
    assertThat(suspect.offer()).contains(SoloGate.Answer.NOW);
    children.add(new Isolation.Place(registration(Lane.PROCESS), process));
    type.crashed();
    suspect.run();
    assertThat(entered).containsExactly(suspect);

    assertThat(suspect.giveBack()).isTrue();

    assertThat(attempt().admitted()).isTrue();
  }

  @Test
  void oneThatRunsInAProcessDoesNotCountAmongThoseThatASuspectWaitsFor() {
    ServedType type = new ServedType(registration(Lane.PROCESS), Map.of(Lane.PROCESS, process));
    AttemptRun apart = attempt(type);
    AttemptRun running = attempt();
    assertThat(running.admitted()).isTrue();
    assertThat(apart.admitted()).isTrue();
    assertThat(apart.giveBack()).isTrue();

    assertThat(attempt().offer()).contains(SoloGate.Answer.NEXT);
  }
}
