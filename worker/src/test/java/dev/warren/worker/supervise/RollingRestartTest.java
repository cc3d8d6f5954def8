package dev.warren.worker.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.worker.supervise.RollingRestart.Seen;
import dev.warren.worker.supervise.RollingRestart.Step;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class RollingRestartTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Test
  void thereAreNeverFewerThatWorkThanBeforeAndAtMostOneMore() {
    for (int seed = 0; seed < 300; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      // Name to the second when it takes work; the last second of those that are told to stop.
      Map<String, Integer> readyAt = new LinkedHashMap<>();
      Map<String, Integer> goneAt = new LinkedHashMap<>();
      int size = random.nextInt(1, 6);
      for (int i = 1; i <= size; i++) {
        readyAt.put("old-" + i, -1);
      }
      RollingRestart restart = new RollingRestart(readyAt.keySet(), PATIENCE);
      int fresh = 0;
      for (int second = 0; !restart.over(); second++) {
        assertThat(second).as("seed %d ends", seed).isLessThan(2_000);
        int at = second;
        readyAt.keySet().removeIf(name -> goneAt.getOrDefault(name, Integer.MAX_VALUE) <= at);
        Set<String> ready = new TreeSet<>();
        readyAt.forEach(
            (name, since) -> {
              if (since <= at && !goneAt.containsKey(name)) {
                ready.add(name);
              }
            });
        assertThat(ready).as("seed %d at %d", seed, second).hasSizeGreaterThanOrEqualTo(size);
        assertThat(readyAt).as("seed %d at %d", seed, second).hasSizeLessThanOrEqualTo(size + 1);
        Seen seen = new Seen(ready, Set.copyOf(readyAt.keySet()), Set.of());
        switch (restart.next(Duration.ofSeconds(second), seen)) {
          case Step.Start() -> {
            String name = "new-" + ++fresh;
            readyAt.put(name, second + random.nextInt(1, 30));
            restart.started(Duration.ofSeconds(second), name);
          }
          case Step.Stop(String old) -> goneAt.put(old, second + random.nextInt(1, 30));
          case Step.Done(int replaced) -> assertThat(replaced).isEqualTo(size);
          case Step.GiveUp(String name, int left) ->
              throw new AssertionError("seed " + seed + " gave up " + name + " of " + left);
          case Step.Wait() -> {
            // A second later.
          }
        }
      }
      assertThat(readyAt.keySet()).hasSize(size).allMatch(name -> name.startsWith("new-"));
    }
  }

  @Test
  void aNewOneThatCrashesOrNeverComesLeavesTheOldOnesAlone() {
    for (Seen then :
        List.of(
            new Seen(Set.of("a", "b"), Set.of("a", "b", "c"), Set.of("c")),
            new Seen(Set.of("a", "b"), Set.of("a", "b"), Set.of()),
            new Seen(Set.of("a", "b"), Set.of("a", "b", "c"), Set.of()))) {
      RollingRestart restart = new RollingRestart(List.of("a", "b"), PATIENCE);
      Seen before = new Seen(Set.of("a", "b"), Set.of("a", "b"), Set.of());
      assertThat(restart.next(Duration.ZERO, before)).isInstanceOf(Step.Start.class);
      restart.started(Duration.ZERO, "c");

      assertThat(restart.next(Duration.ofSeconds(61), then)).isEqualTo(new Step.GiveUp("c", 2));
      assertThat(restart.over()).isTrue();
      assertThat(restart.next(Duration.ofSeconds(62), then)).isEqualTo(new Step.Wait());
    }
  }

  @Test
  void whoHasEndedMeanwhileNeedsNobodyInItsPlace() {
    RollingRestart restart = new RollingRestart(List.of("a", "b"), PATIENCE);

    Seen neither = new Seen(Set.of(), Set.of(), Set.of());
    assertThat(restart.next(Duration.ZERO, neither)).isEqualTo(new Step.Done(0));
    assertThat(restart.over()).isTrue();
  }
}
