package dev.warren.producer.dead;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What was done with letters.
 *
 * @param looked letters that were looked at
 * @param done letters of them that were shown, replayed or removed
 * @param duplicates letters that were removed because another one is of the same task, of the same
 *     generation or a later one
 * @param refused letters that stayed where they are, by reason; at most 20 reasons
 * @param unseen letters that somebody else held meanwhile
 * @param broken why it ended early, if it did
 */
public record LetterReport(
    long looked,
    long done,
    long duplicates,
    Map<String, Long> refused,
    long unseen,
    Optional<RuntimeException> broken) {
  public LetterReport {
    refused = Map.copyOf(refused);
    Objects.requireNonNull(broken, "broken");
  }

  /** Letters that stayed where they are although they were meant. */
  public long refusals() {
    return refused.values().stream().mapToLong(Long::longValue).sum();
  }
}
