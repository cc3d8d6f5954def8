package dev.warren.bench.latency;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoopTest {
  private static final Duration STALL = Duration.ofMillis(300);

  @Test
  void aStallShowsInAllTasksThatItHeldUp() throws IOException {
    Measured measured = new Loop(new Stalling(50)).open(100, Duration.ZERO, Duration.ofSeconds(1));

    assertThat(measured.ended()).isEqualTo(100);
    // The task that stalled, and some of the 30 that were meant for that time.
    assertThat(measured.latencies().getCountBetweenValues(nanos(100), nanos(1_000)))
        .isGreaterThan(10);
    assertThat(measured.millis(100)).isGreaterThan(250);
  }

  @Test
  void whatEndsWhileItSettlesIsNotCounted() throws IOException {
    Measured measured =
        new Loop(new Stalling(-1)).open(1_000, Duration.ofMillis(100), Duration.ofMillis(200));

    assertThat(measured.ended()).isEqualTo(300);
    assertThat(measured.latencies().getTotalCount()).isEqualTo(200);
  }

  @Test
  void aClosedLoopNeverHasMoreUnfinishedTasksThanItsWindow() throws IOException {
    try (Late late = new Late(false)) {
      Measured measured = new Loop(late).closed(16, Duration.ofMillis(300));

      assertThat(late.most).isBetween(1, 16);
      assertThat(measured.ended()).isEqualTo(late.submitted).isGreaterThan(16);
      assertThat(measured.failed()).isEqualTo(late.submitted / 3);
      assertThat(measured.lost()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 8})
  void aSmallWindowDoesNotKeepBackWhatWasSubmitted(int window) throws IOException {
    try (Late late = new Late(true)) {
      Measured measured = new Loop(late).closed(window, Duration.ofMillis(100));

      assertThat(late.most).isBetween(1, window);
      assertThat(measured.ended()).isEqualTo(late.submitted).isGreaterThan(window);
    }
  }

  @Test
  void whatWasMeasuredPassesAsALine() throws IOException {
    Measured measured =
        new Loop(new Stalling(-1)).open(1_000, Duration.ZERO, Duration.ofMillis(100));

    Measured read = Measured.of(measured.line());

    assertThat(read.ended()).isEqualTo(measured.ended());
    assertThat(read.latencies()).isEqualTo(measured.latencies());
    assertThat(read.seconds())
        .isCloseTo(measured.seconds(), org.assertj.core.data.Offset.offset(1e-5));
  }

  private static long nanos(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }

  /** Ends each task at once, but holds the submitting thread once. */
  private static final class Stalling implements Submitting {
    private int left;

    Stalling(int after) {
      left = after;
    }

    @Override
    public void submit(End end) {
      if (left-- == 0) {
        long until = System.nanoTime() + STALL.toNanos();
        while (System.nanoTime() - until < 0) {
          LockSupport.parkNanos(until - System.nanoTime());
        }
      }
      end.ended(true);
    }

    @Override
    public void aboutToWait() {}

    @Override
    public void close() {}
  }

  /** Ends tasks from another thread, every third of them badly. */
  private static final class Late implements Submitting {
    private final ExecutorService ends = Executors.newSingleThreadExecutor();
    private final boolean keepsBack;
    private final List<Runnable> keptBack = new ArrayList<>();
    private int submitted;
    private int unfinished;
    private int most;

    /**
     * @param keepsBack whether tasks stay here until the submitter is about to wait
     */
    Late(boolean keepsBack) {
      this.keepsBack = keepsBack;
    }

    @Override
    public void submit(End end) {
      int number;
      synchronized (this) {
        number = ++submitted;
        unfinished++;
        most = Math.max(most, unfinished);
      }
      keptBack.add(
          () -> {
            synchronized (this) {
              unfinished--;
            }
            end.ended(number % 3 != 0);
          });
      if (!keepsBack) {
        aboutToWait();
      }
    }

    @Override
    public void aboutToWait() {
      keptBack.forEach(ends::execute);
      keptBack.clear();
    }

    @Override
    public void close() {
      ends.shutdown();
    }
  }
}
