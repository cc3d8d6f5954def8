package dev.warren.engine.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RoomTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void aFewWaitAndGetTheirPlaceInTheirOrder() {
    Room<String> room = new Room<>(1);
    assertThat(room.offer("a", 2, 0, 0)).isEqualTo(new Room.Answer.Enter());
    assertThat(room.offer("b", 2, 0, 0)).isEqualTo(new Room.Answer.Wait());
    assertThat(room.offer("c", 2, 0, 0)).isEqualTo(new Room.Answer.Wait());
    assertThat(room.offer("d", 2, 0, 0)).isInstanceOf(Room.Answer.Away.class);
    assertThat(room.over("b", SECOND)).as("cancelled while it waited").isEmpty();
    assertThat(room.over("a", SECOND)).contains("c");
    assertThat(room.running()).isEqualTo(1);
    assertThat(room.waiting()).isZero();
    assertThat(room.over("c", SECOND)).isEmpty();
    assertThat(room.over("c", SECOND)).as("told twice").isEmpty();
    assertThat(room.running()).isZero();
    assertThat(room.away()).isEqualTo(1);
  }

  @Test
  void eachThatGoesAwayGetsATimeOfItsOwn() {
    Room<Integer> room = new Room<>(2);
    run(room, 10, 4 * SECOND);
    room.offer(-1, 0, 0, 40 * SECOND);
    room.offer(-2, 0, 0, 40 * SECOND);
    List<Duration> pauses = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      Room.Answer answer = room.offer(i, 0, 0, 40 * SECOND);
      assertThat(answer).isInstanceOf(Room.Answer.Away.class);
      pauses.add(((Room.Answer.Away) answer).pause());
    }
    assertThat(pauses).isSortedAccordingTo(Comparator.naturalOrder());
    assertThat(pauses.getFirst()).isEqualTo(Room.SHORTEST);
    assertThat(pauses.get(101))
        .as("two places for four seconds each make one free every two")
        .isBetween(Duration.ofSeconds(150), Duration.ofSeconds(210));
    assertThat(pauses.getLast()).isEqualTo(Room.LONGEST);
  }

  /** So many one after the other, each for so long. */
  private static void run(Room<Integer> room, int times, long nanos) {
    for (int i = 0; i < times; i++) {
      room.offer(i, 0, 0, i * nanos);
      room.over(i, (i + 1) * nanos);
    }
  }

  @Test
  void placesAreNotLeftEmptyAndTasksDoNotGoAroundInCircles() {
    for (long seed = 1; seed <= 20; seed++) {
      Fleet fleet = new Fleet(seed, 2 + (int) (seed % 5), 0.5 + seed % 4, 400);
      double used = fleet.run();
      assertThat(used).as("share of the places in use, seed %d", seed).isGreaterThan(0.8);
      assertThat(fleet.journeys).as("journeys over the ladder, seed %d", seed).isLessThan(400 * 4);
    }
  }

  @Test
  void manyShortTasksDoNotWaitForAsLongAsTheFirstGuessSays() {
    for (long seed = 1; seed <= 5; seed++) {
      Fleet fleet = new Fleet(seed, 2, 0.003, 2_000);
      assertThat(fleet.run()).as("share of the places in use, seed %d", seed).isGreaterThan(0.3);
      assertThat(fleet.journeys).as("journeys, seed %d", seed).isLessThan(2_000 * 3);
    }
  }

  /** A queue from which tasks of a limited type come, and the ladder on which they go away. */
  private static final class Fleet {
    private record Event(double at, int task, boolean ends) {}

    private final SplittableRandom random;
    private final int limit;
    private final double meanSeconds;
    private final int tasks;
    private final Room<Integer> room;
    private final PriorityQueue<Event> events =
        new PriorityQueue<>(Comparator.comparingDouble(Event::at));
    int journeys;
    private int most;
    private double busy;

    Fleet(long seed, int limit, double meanSeconds, int tasks) {
      this.random = new SplittableRandom(seed);
      this.limit = limit;
      this.meanSeconds = meanSeconds;
      this.tasks = tasks;
      this.room = new Room<>(limit);
    }

    /** Answers which share of the places was in use until the last task began. */
    double run() {
      Queue<Integer> begun = new ArrayDeque<>();
      double lastBegin = 0;
      for (int task = 0; task < tasks; task++) {
        events.add(new Event(0.001 * task, task, false));
      }
      while (!events.isEmpty()) {
        Event event = events.poll();
        long now = (long) (event.at() * SECOND);
        if (event.ends()) {
          room.over(event.task(), now).ifPresent(begun::add);
        } else {
          int waiting = room.endingWithin(Duration.ofSeconds(2), now);
          switch (room.offer(event.task(), waiting, random.nextDouble(), now)) {
            case Room.Answer.Enter enter -> begun.add(event.task());
            case Room.Answer.Wait waits -> {}
            case Room.Answer.Away(Duration pause) -> {
              journeys++;
              // The ladder's grain.
              double back = event.at() + Math.ceil(pause.toNanos() / 1e9);
              events.add(new Event(back, event.task(), false));
            }
          }
        }
        while (!begun.isEmpty()) {
          double takes = meanSeconds * (0.5 + random.nextDouble());
          busy += takes;
          lastBegin = event.at();
          events.add(new Event(event.at() + takes, begun.poll(), true));
        }
        most = Math.max(most, room.running());
      }
      assertThat(most).isEqualTo(limit);
      assertThat(room.running()).isZero();
      return busy / limit / (lastBegin + meanSeconds);
    }
  }
}
