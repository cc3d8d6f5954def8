package dev.warren.gateway.http;

import dev.warren.api.CodecException;
import dev.warren.api.TaskId;
import java.util.UUID;

/** Ids that follow from what a caller names, so that a repeated request names the same task. */
final class DerivedIds {
  private static final UUID KEYS = UUID.fromString("8c1f6a3e-5d0b-4f0e-9b3a-2f6f0a4f7d11");

  private static final int LONGEST_KEY = 200;

  private DerivedIds() {}

  private static void requireKey(String key) {
    if (key.isBlank() || key.length() > LONGEST_KEY) {
      throw Problems.invalid("an Idempotency-Key has 1 to " + LONGEST_KEY + " characters").thrown();
    }
  }

  /**
   * The task that an Idempotency-Key names.
   *
   * @throws ProblemException if it names nothing
   */
  static TaskId ofKey(String key) {
    requireKey(key);
    return TaskId.named(KEYS, "key/" + key);
  }

  /**
   * The batch that an Idempotency-Key names.
   *
   * @throws ProblemException if it names nothing
   */
  static TaskId ofBatchKey(String key) {
    requireKey(key);
    return TaskId.named(KEYS, "batch/" + key);
  }

  /** A member of a batch. */
  static TaskId ofMember(UUID batch, long index) {
    return TaskId.named(batch, "member/" + index);
  }

  /** What the ids of a batch's members follow from: its id, which is a UUID as a rule. */
  static UUID ofBatch(String id) {
    try {
      return TaskId.of(id).value();
    } catch (CodecException otherName) {
      return TaskId.named(KEYS, "name/" + id).value();
    }
  }
}
