package dev.warren.producer.dead;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Counts for a {@link LetterReport}, on one thread. */
final class LetterTally {
  private static final int MAX_REASONS = 20;

  private final Map<String, Long> refused = new LinkedHashMap<>();
  private long looked;
  private long done;
  private long duplicates;
  private long unseen;
  private @Nullable RuntimeException broken;

  void looked() {
    looked++;
  }

  void done() {
    done++;
  }

  void duplicate() {
    duplicates++;
  }

  void refused(String reason) {
    String told = refused.size() < MAX_REASONS || refused.containsKey(reason) ? reason : "others";
    refused.merge(told, 1L, Long::sum);
  }

  /** A sweep ended: what it did not see although it was there. */
  void missed(long messages) {
    unseen += messages;
  }

  void broken(RuntimeException why) {
    if (broken == null) {
      broken = why;
    }
  }

  boolean isBroken() {
    return broken != null;
  }

  LetterReport report() {
    return new LetterReport(looked, done, duplicates, refused, unseen, Optional.ofNullable(broken));
  }
}
