package dev.warren.producer;

import dev.warren.engine.codec.JsonText;
import dev.warren.engine.wire.ChunkCodec;
import dev.warren.engine.wire.TaskMessage;

/**
 * Which tasks may share a message, and how many. A chunk is held, run and acknowledged as one
 * delivery, so it is to be small in every measure: tasks, bytes, and the time it keeps a worker.
 */
final class ChunkRule {
  /** Beyond, another task in the message saves next to nothing. */
  static final int MOST_TASKS = 250;

  /** One frame of AMQP, which is what the broker agrees to by default. */
  static final int MOST_BYTES = 120 * 1024;

  /** A larger task costs what it weighs; to share a message would save nothing. */
  static final int LARGEST_TASK = 16 * 1024;

  /** Tasks of a type of which no outcome has told yet how long they take. */
  static final int UNKNOWN_TASKS = 16;

  /** Of so much work a chunk consists at most, as far as is known. */
  private static final double MOST_MILLIS = 1_000;

  /** Only a program that submits much has use for larger chunks: so many of them come first. */
  private static final int UNHEARD_CHUNKS = 16;

  /** Of chunks whose outcomes nobody waits for, one in so many tells this client how it went. */
  private static final int SAMPLE_OF_UNKNOWN = 4;

  private static final int SAMPLE_OF_KNOWN = 32;

  private ChunkRule() {}

  /**
   * Whether the outcomes of a chunk shall come back although nobody waits for them, as they tell
   * how long its tasks take.
   *
   * @param before so many chunks of the type, for whose outcomes nobody waits either, were sent
   * @param ended of how many tasks it is known how long they took
   */
  static boolean isSample(long before, long ended) {
    boolean known = UNKNOWN_TASKS + 2 * ended >= MOST_TASKS;
    return before >= UNHEARD_CHUNKS && before % (known ? SAMPLE_OF_KNOWN : SAMPLE_OF_UNKNOWN) == 0;
  }

  /** Whether the task may share a message with others at all. */
  static boolean mayShare(TaskMessage task) {
    return task.terms().dueAt() == null
        && task.others().isEmpty()
        && task.arguments().size() <= LARGEST_TASK
        && isUtf8(task.arguments());
  }

  /** Other encodings of JSON can stand alone in a message, but not beside UTF-8. */
  private static boolean isUtf8(JsonText json) {
    byte[] bytes = json.bytes();
    return bytes.length > 0 && bytes[0] > 0 && (bytes.length < 2 || bytes[1] != 0);
  }

  /** What a task takes of a chunk's bytes. */
  static int weight(TaskMessage task) {
    return task.arguments().size() + ChunkCodec.FRAME_BYTES;
  }

  /**
   * How many tasks of a type a chunk holds.
   *
   * @param ended of how many it is known how long they took
   * @param meanMillis what they took on average
   */
  static int most(long ended, double meanMillis) {
    // What a few tell is trusted for a few.
    long trusted = Math.min(UNKNOWN_TASKS + 2 * ended, MOST_TASKS);
    double fitting = meanMillis <= 0 ? MOST_TASKS : MOST_MILLIS / meanMillis;
    return (int) Math.max(1, Math.min((double) trusted, fitting));
  }
}
