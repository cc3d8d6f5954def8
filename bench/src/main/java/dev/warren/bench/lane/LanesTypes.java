package dev.warren.bench.lane;

import dev.warren.api.RetryPolicy;
import dev.warren.api.TaskType;
import java.net.URI;
import java.time.Duration;

/** The task types of the comparison; each lane has them in a queue of its own. */
final class LanesTypes {
  private LanesTypes() {}

  /** How much to compute. */
  record Bytes(int mebibytes) {}

  record Digest(String sha256) {}

  record Pause(long millis) {}

  /** When something ran, in milliseconds since 1970. */
  record Span(long began, long ended) {}

  record Page(URI url) {}

  record Length(int bytes) {}

  /** A port of this machine where nobody answers. */
  record Silence(int port) {}

  /** How often to turn round; {@link #FOR_EVER} takes some hundred years. */
  record Turns(long count) {
    static final long FOR_EVER = -1;
  }

  record Nothing() {}

  static TaskType<Bytes, Digest> digest(String queue) {
    return TaskType.of("lanes.digest", Bytes.class, Digest.class).with(it -> it.withQueue(queue));
  }

  static TaskType<Pause, Span> pause(String queue) {
    return TaskType.of("lanes.pause", Pause.class, Span.class).with(it -> it.withQueue(queue));
  }

  static TaskType<Page, Length> fetch(String queue) {
    return TaskType.of("lanes.fetch", Page.class, Length.class).with(it -> it.withQueue(queue));
  }

  static TaskType<Silence, Nothing> read(String queue, Duration timeLimit) {
    return once(TaskType.of("lanes.read", Silence.class, Nothing.class), queue, timeLimit);
  }

  static TaskType<Turns, Nothing> loop(String queue, Duration timeLimit) {
    return once(TaskType.of("lanes.loop", Turns.class, Nothing.class), queue, timeLimit);
  }

  private static <A, R> TaskType<A, R> once(TaskType<A, R> type, String queue, Duration limit) {
    return type.with(it -> it.withQueue(queue).withTimeLimit(limit).withRetry(RetryPolicy.NONE));
  }
}
