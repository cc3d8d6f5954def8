package dev.warren.engine.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdaptiveLimitTest {
  @ParameterizedTest
  @CsvSource({"5, 0.02", "20, 0.1", "80, 0.1", "80, 3", "150, 0.5"})
  void findsWhatTheServerCanBear(int capacity, double seconds) {
    for (long seed = 1; seed <= 3; seed++) {
      Server server = new Server(seed, capacity, seconds);
      server.run(200 + 200 * seconds);
      for (int look = 0; look < 10; look++) {
        server.run(7 + 7 * seconds);
        assertThat(server.limit.now())
            .as("places for a server of %d, seed %d", capacity, seed)
            .isBetween(capacity / 2, 2 * capacity + 10);
      }
    }
  }

  @Test
  void takesAllPlacesIfNothingGetsSlower() {
    Server server = new Server(1, 100_000, 0.1);
    server.run(20);
    assertThat(server.limit.now()).isEqualTo(Server.MOST);
  }

  @Test
  void followsAServerThatCanBearLessOrMoreThanBefore() {
    Server server = new Server(3, 100, 0.1);
    server.run(100);
    server.capacity = 20;
    server.run(150);
    assertThat(server.limit.now()).isBetween(10, 55);
    server.capacity = 100;
    server.run(150);
    assertThat(server.limit.now()).isBetween(50, 210);
  }

  @Test
  void getsUsedToAServerThatIsSlowerForEverybody() {
    Server server = new Server(3, 100_000, 0.1);
    server.run(30);
    server.seconds = 0.4;
    server.run(600);
    assertThat(server.limit.now()).isEqualTo(Server.MOST);
  }

  @Test
  void goesBackWhenMostAttemptsFailAndRecovers() {
    Server server = new Server(1, 100_000, 0.1);
    server.run(30);
    server.fails = true;
    server.run(60);
    assertThat(server.limit.now()).isEqualTo(Server.LEAST);
    server.fails = false;
    server.run(120);
    assertThat(server.limit.now()).isGreaterThan(Server.MOST / 3);
  }

  @Test
  void aLimitThatIsNotReachedStays() {
    AdaptiveLimit limit = new AdaptiveLimit(2, 200, 0);
    for (int i = 1; i <= 10_000; i++) {
      limit.ended("type", false, 1_000_000, 3, i * 10_000_000L);
    }
    assertThat(limit.now()).isIn(20, 10);
  }

  /** Serves up to its capacity without delay, and everybody more slowly above that. */
  private static final class Server {
    static final int LEAST = 2;
    static final int MOST = 200;

    private record End(double at, double took, String type) {}

    private final SplittableRandom random;
    private final PriorityQueue<End> running =
        new PriorityQueue<>(Comparator.comparingDouble(End::at));
    final AdaptiveLimit limit = new AdaptiveLimit(LEAST, MOST, 0);
    int capacity;
    double seconds;
    boolean fails;
    private double time;

    Server(long seed, int capacity, double seconds) {
      this.random = new SplittableRandom(seed);
      this.capacity = capacity;
      this.seconds = seconds;
    }

    /** So long, with more to do than there is room for. */
    void run(double duration) {
      double until = time + duration;
      while (true) {
        while (running.size() < limit.now()) {
          begin();
        }
        if (running.peek().at() > until) {
          time = until;
          return;
        }
        End end = running.remove();
        time = end.at();
        limit.ended(
            end.type(), fails, (long) (end.took() * 1e9), running.size() + 1, (long) (time * 1e9));
      }
    }

    private void begin() {
      boolean small = random.nextBoolean();
      double alone = seconds * (small ? 0.1 : 1) * (0.7 + 0.6 * random.nextDouble());
      double takes = alone * Math.max(1, (running.size() + 1.0) / capacity);
      running.add(new End(time + takes, takes, small ? "small" : "large"));
    }
  }
}
