package dev.warren.producer.dead;

import java.util.HashMap;
import java.util.Map;

/**
 * The letters that a query means, counted in a first look: a second one that replays or removes
 * them does so to these only, and not to those that a replay brings back. Of several letters of one
 * task it knows the latest generation. Takes about 100 bytes per task.
 */
public final class LetterCensus {
  private final Map<String, Integer> generations = new HashMap<>();
  private long letters;

  LetterCensus() {}

  void count(FoundLetter found) {
    letters++;
    if (!found.id().isEmpty()) {
      generations.merge(found.id(), found.generation(), Math::max);
    }
  }

  /** How many letters are meant. */
  public long letters() {
    return letters;
  }

  /** Whether one of the letters is of this task. */
  public boolean has(String id) {
    return generations.containsKey(id);
  }

  /** Whether the letter was there, as far as can be told. */
  boolean knows(FoundLetter found) {
    Integer latest = generations.get(found.id());
    return latest == null ? found.id().isEmpty() : found.generation() <= latest;
  }

  boolean isLatest(FoundLetter found) {
    Integer latest = generations.get(found.id());
    return latest == null || found.generation() == latest;
  }
}
