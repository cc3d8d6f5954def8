package dev.warren.producer;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Spliterator;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A stream of handles, in the order of the submissions, that reads its source as it is read: so far
 * ahead that confirms come as fast as handles are taken, and never more than a window. Not safe for
 * concurrent use, as any iterator.
 */
final class SubmitStream<S, H> implements Spliterator<H> {
  private final Spliterator<S> source;
  private final Function<S, CompletableFuture<H>> submit;
  private final Function<CompletableFuture<H>, H> await;
  private final int window;
  private final Deque<CompletableFuture<H>> unread = new ArrayDeque<>();
  private boolean exhausted;

  private SubmitStream(
      Spliterator<S> source,
      Function<S, CompletableFuture<H>> submit,
      Function<CompletableFuture<H>, H> await,
      int window) {
    this.source = source;
    this.submit = submit;
    this.await = await;
    this.window = window;
  }

  static <S, H> Stream<H> of(
      Stream<S> source,
      Function<S, CompletableFuture<H>> submit,
      Function<CompletableFuture<H>, H> await,
      int window) {
    return StreamSupport.stream(
            new SubmitStream<>(source.spliterator(), submit, await, window), false)
        .onClose(source::close);
  }

  @Override
  public boolean tryAdvance(Consumer<? super H> action) {
    // One more for each that is taken, so that the window does not run dry; then no further than
    // needed: a slow source must not hold back what is confirmed.
    submitNext();
    while (!exhausted && unread.size() < window && !unread.getFirst().isDone()) {
      submitNext();
    }
    CompletableFuture<H> first = unread.pollFirst();
    if (first == null) {
      return false;
    }
    action.accept(await.apply(first));
    return true;
  }

  private void submitNext() {
    if (!exhausted && unread.size() < window) {
      exhausted = !source.tryAdvance(item -> unread.addLast(submit.apply(item)));
    }
  }

  @Override
  public @Nullable Spliterator<H> trySplit() {
    return null;
  }

  @Override
  public long estimateSize() {
    return Long.MAX_VALUE;
  }

  @Override
  public int characteristics() {
    return ORDERED | NONNULL;
  }
}
