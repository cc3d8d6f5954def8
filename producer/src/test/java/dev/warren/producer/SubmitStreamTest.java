package dev.warren.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SubmitStreamTest {
  private final Deque<CompletableFuture<Integer>> submitted = new ArrayDeque<>();

  private Stream<Integer> stream(Stream<Integer> source, int window, boolean confirmedAtOnce) {
    return SubmitStream.of(
        source,
        item -> {
          CompletableFuture<Integer> future = new CompletableFuture<>();
          submitted.add(future);
          if (confirmedAtOnce) {
            future.complete(item);
          }
          return future;
        },
        future -> {
          if (!future.isDone()) {
            // What a broker would do meanwhile.
            submitted.forEach(each -> each.complete(-1));
          }
          return future.join();
        },
        window);
  }

  @Test
  void nothingIsReadBeforeSomebodyReads() {
    AtomicInteger read = new AtomicInteger();
    Stream<Integer> handles = stream(Stream.generate(read::incrementAndGet), 10, true);
    assertThat(read).hasValue(0);

    assertThat(handles.limit(3).toList()).containsExactly(1, 2, 3);
    assertThat(read.get()).isLessThanOrEqualTo(4);
  }

  @Test
  void readsAheadUpToTheWindowWhileTheFirstIsUnconfirmed() {
    AtomicInteger read = new AtomicInteger();
    Iterator<Integer> handles =
        stream(Stream.generate(read::incrementAndGet), 10, false).iterator();

    assertThat(handles.next()).isEqualTo(-1);
    assertThat(read).hasValue(10);
  }

  @Test
  void endsWithItsSource() {
    assertThat(stream(IntStream.range(0, 25).boxed(), 10, true).toList())
        .containsExactlyElementsOf(IntStream.range(0, 25).boxed().toList());
    assertThat(stream(Stream.empty(), 10, true)).isEmpty();
  }

  @Test
  void throwsWhatTheSourceThrowsAndClosesIt() {
    AtomicBoolean closed = new AtomicBoolean();
    Stream<Integer> broken =
        Stream.<Integer>generate(
                () -> {
                  throw new IllegalStateException("no more lines");
                })
            .onClose(() -> closed.set(true));
    try (Stream<Integer> handles = stream(broken, 10, true)) {
      assertThatThrownBy(handles::toList).hasMessage("no more lines");
    }
    assertThat(closed).isTrue();
  }
}
