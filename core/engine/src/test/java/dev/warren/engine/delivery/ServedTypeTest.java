package dev.warren.engine.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.api.ConfigurationException;
import dev.warren.api.Lane;
import dev.warren.api.TaskHandler;
import dev.warren.api.TaskType;
import dev.warren.api.Verdict;
import dev.warren.engine.advice.Usage;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ServedTypeTest {
  private final LaneExecutor threads = new EngineFixture.PoolLane(Lane.THREADS, 1);
  private final LaneExecutor virtual = new EngineFixture.PoolLane(Lane.VIRTUAL, 10);
  private final Map<Lane, LaneExecutor> lanes =
      Map.of(Lane.THREADS, threads, Lane.VIRTUAL, virtual);

  @AfterEach
  void close() {
    threads.close();
    virtual.close();
  }

  private static Registration<String, String> registration(Lane lane) {
    TaskHandler<String, String> handler = (word, context) -> Verdict.done(word);
    return Registration.blocking(TaskType.of("word", String.class, String.class), lane, handler);
  }

  private static void attempts(ServedType type, int count, double cpuShare) {
    for (int i = 0; i < count; i++) {
      type.measure().ended(Duration.ofMillis(100), false);
      type.measure().wanted();
      type.measure()
          .measured(
              new Usage(
                  Duration.ofMillis(100),
                  Duration.ofMillis(Math.round(100 * cpuShare)),
                  Duration.ZERO,
                  OptionalLong.empty(),
                  OptionalLong.empty()));
      type.choose();
    }
  }

  @Test
  void aTypeWithoutALaneGoesWhereItBelongsAndComesBackWhenItChanges() {
    ServedType type = new ServedType(registration(Lane.AUTO), lanes);
    assertThat(type.lane()).isEqualTo(virtual);

    attempts(type, 4, 0.95);
    assertThat(type.lane()).isEqualTo(virtual);
    attempts(type, 1, 0.95);
    assertThat(type.lane()).isEqualTo(threads);
    attempts(type, 100, 0.05);

    assertThat(type.lane()).isEqualTo(virtual);
    assertThat(type.report(2).registered()).isEqualTo(Lane.AUTO);
  }

  @Test
  void aTypeWithALaneStaysThereWhateverIsMeasured() {
    ServedType type = new ServedType(registration(Lane.THREADS), lanes);

    attempts(type, 20, 0.01);

    assertThat(type.lane()).isEqualTo(threads);
    assertThat(type.report(2).advice().lane()).isEqualTo(Lane.VIRTUAL);
  }

  @Test
  void aTypeThatCannotBeStoppedOrEndsItsWorkerGoesToAProcessWhereThatIsPossible() {
    LaneExecutor process = new EngineFixture.PoolLane(Lane.PROCESS, 1);
    Isolation.Place place = new Isolation.Place(registration(Lane.PROCESS), process);
    ServedType stuck =
        new ServedType(registration(Lane.AUTO).orApart(() -> Optional.of(place)), lanes);
    ServedType crashed =
        new ServedType(registration(Lane.AUTO).orApart(() -> Optional.of(place)), lanes);
    ServedType impossible = new ServedType(registration(Lane.AUTO), lanes);

    stuck.stuck(false);
    crashed.crashed();
    impossible.stuck(false);
    process.close();

    assertThat(stuck.place()).isEqualTo(place);
    assertThat(crashed.place()).isEqualTo(place);
    assertThat(impossible.lane()).isEqualTo(virtual);
    assertThat(impossible.report(2).advice().lane()).isEqualTo(Lane.PROCESS);
  }

  @Test
  void anAttemptThatDidNotStopAsItWasMeasuredSaysNothingOfItsType() {
    LaneExecutor process = new EngineFixture.PoolLane(Lane.PROCESS, 1);
    Isolation.Place place = new Isolation.Place(registration(Lane.PROCESS), process);
    ServedType type =
        new ServedType(registration(Lane.AUTO).orApart(() -> Optional.of(place)), lanes);
    assertThat(type.measure().wanted()).isTrue();
    type.measure().notMeasured();

    type.stuck(true);
    process.close();

    assertThat(type.lane()).isEqualTo(virtual);
    assertThat(type.measure().wanted()).as("no other is measured").isFalse();
  }

  @Test
  void itGoesToAProcessAsSoonAsOneIsUp() {
    AtomicReference<Optional<Isolation.Place>> place = new AtomicReference<>(Optional.empty());
    ServedType type = new ServedType(registration(Lane.AUTO).orApart(place::get), lanes);
    type.stuck(false);
    assertThat(type.place().lane()).isEqualTo(virtual);

    LaneExecutor process = new EngineFixture.PoolLane(Lane.PROCESS, 1);
    place.set(Optional.of(new Isolation.Place(registration(Lane.PROCESS), process)));
    process.close();

    assertThat(type.place().lane()).isEqualTo(process);
  }

  @Test
  void whereOnlyOneOfTheLanesIsThereThatIsTaken() {
    ServedType type = new ServedType(registration(Lane.AUTO), Map.of(Lane.THREADS, threads));

    attempts(type, 20, 0.01);

    assertThat(type.lane()).isEqualTo(threads);
    assertThatThrownBy(() -> new ServedType(registration(Lane.PROCESS), lanes))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("asks for the lane 'process'");
    assertThatThrownBy(() -> new ServedType(registration(Lane.AUTO), Map.of()))
        .isInstanceOf(ConfigurationException.class);
  }
}
