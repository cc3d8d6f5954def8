package dev.warren.engine.settle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.engine.settle.SoloGate.Answer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SoloGateTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final SoloGate<String> gate = new SoloGate<>();

  @Test
  void withoutSuspectsEverythingBeginsAtOnce() {
    assertThat(gate.admit("a")).isTrue();
    assertThat(gate.admit("b")).isTrue();
    assertThat(gate.over("a", true, 1)).isEmpty();
    assertThat(gate.closed()).isFalse();
  }

  @Test
  void aSuspectBeginsWhenWhatRunsHasEndedAndNothingBeginsBeforeItHas() {
    assertThat(gate.admit("a")).isTrue();
    assertThat(gate.admit("b")).isTrue();

    assertThat(gate.offer("s", 0)).isEqualTo(Answer.NEXT);
    assertThat(gate.admit("c")).isFalse();
    assertThat(gate.over("a", true, 1)).isEmpty();
    assertThat(gate.over("b", true, 2)).containsExactly("s");
    assertThat(gate.admit("s")).isTrue();
    assertThat(gate.admit("d")).isFalse();

    assertThat(gate.over("s", true, 3)).containsExactly("c", "d");
    assertThat(gate.admit("c")).isTrue();
    assertThat(gate.admit("d")).isTrue();
  }

  @Test
  void aSuspectBeginsAtOnceWhereNothingRuns() {
    assertThat(gate.offer("s", 0)).isEqualTo(Answer.NOW);
    assertThat(gate.admit("s")).isTrue();
    assertThat(gate.offer("t", 1)).isEqualTo(Answer.LATER);
  }

  @Test
  void asLongAsASuspectKeptTheGateClosedItIsOthersTurnAfterwards() {
    gate.admit("a");
    gate.offer("s", 0);
    gate.over("a", true, SECOND);
    gate.admit("s");
    gate.over("s", true, 10 * SECOND);
    gate.admit("b");

    assertThat(gate.offer("t", 15 * SECOND)).isEqualTo(Answer.LATER);
    assertThat(gate.turnEnds(15 * SECOND)).isEqualTo(Duration.ofSeconds(5));
    assertThat(gate.offer("t", 20 * SECOND)).isEqualTo(Answer.NEXT);
  }

  @Test
  void theTurnOfOthersIsOverIfThereAreNone() {
    gate.offer("s", 0);
    gate.admit("s");
    gate.over("s", true, 10 * SECOND);

    assertThat(gate.offer("t", 11 * SECOND)).isEqualTo(Answer.NOW);
  }

  @Test
  void aSuspectThatIsGivenBackBeforeItsTurnOpensTheGate() {
    gate.admit("a");
    gate.offer("s", 0);
    gate.admit("b");

    assertThat(gate.over("s", false, 1)).containsExactly("b");
    assertThat(gate.admit("b")).isTrue();
  }

  @Test
  void whatIsGivenBackWhileItIsKeptDoesNotComeBack() {
    gate.offer("s", 0);
    gate.admit("s");
    gate.admit("b");
    gate.admit("c");

    assertThat(gate.over("b", false, 1)).isEmpty();
    assertThat(gate.over("s", true, 2)).containsExactly("c");
  }

  /** A process with a random life: everything runs, suspects alone, and nobody is forgotten. */
  @Test
  void noScheduleLetsASuspectHaveCompanyOrForgetsAnybody() {
    for (long seed = 0; seed < 20_000; seed++) {
      new Life(seed).live();
    }
  }

  private static final class Life {
    private final long seed;
    private final Random random;
    private final SoloGate<Integer> gate = new SoloGate<>();
    private final Deque<Integer> lane = new ArrayDeque<>();
    private final Set<Integer> suspects = new HashSet<>();
    private final List<Integer> offered = new ArrayList<>();
    private final Set<Integer> running = new HashSet<>();
    private final Set<Integer> unfinished = new HashSet<>();
    private long now;

    Life(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
    }

    void live() {
      int next = 0;
      for (int step = 0; step < 200 || !unfinished.isEmpty(); step++) {
        if (step == 5_000) {
          throw new AssertionError("seed " + seed + ": these wait for ever: " + unfinished);
        }
        now += random.nextInt(5);
        switch (random.nextInt(4)) {
          case 0 -> {
            if (step < 200) {
              unfinished.add(++next);
              if (random.nextInt(4) == 0) {
                suspects.add(next);
                offered.add(next);
              } else {
                lane.add(next);
              }
            }
          }
          case 1 -> offer();
          case 2 -> begin();
          default -> end();
        }
        check();
      }
    }

    private void offer() {
      if (!offered.isEmpty()) {
        Integer suspect = offered.getFirst();
        Answer answer = gate.offer(suspect, now);
        if (answer != Answer.LATER) {
          offered.removeFirst();
        }
        if (answer == Answer.NOW) {
          lane.add(suspect);
        }
      }
    }

    private void begin() {
      Integer attempt = lane.poll();
      if (attempt != null && gate.admit(attempt)) {
        running.add(attempt);
      }
    }

    private void end() {
      if (!running.isEmpty()) {
        Integer attempt = running.iterator().next();
        running.remove(attempt);
        unfinished.remove(attempt);
        lane.addAll(gate.over(attempt, true, now));
      }
    }

    private void check() {
      if (running.size() > 1 && running.stream().anyMatch(suspects::contains)) {
        throw new AssertionError("seed " + seed + ": a suspect has company: " + running);
      }
    }
  }
}
