package dev.warren.producer.dead;

import dev.warren.engine.wire.DeadLetter;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which letters are meant: those that fulfil all that is said.
 *
 * @param ids of these tasks; empty for any
 * @param type the whole name of the task type, or its beginning followed by {@code *}
 * @param error part of the error's class or message, in lower or upper case
 * @param since died then or later
 * @param before died earlier
 */
public record LetterFilter(
    Set<String> ids,
    @Nullable String type,
    @Nullable String error,
    @Nullable Instant since,
    @Nullable Instant before) {
  /** All letters. */
  public static final LetterFilter ALL = new LetterFilter(Set.of(), null, null, null, null);

  public LetterFilter {
    ids = Set.copyOf(ids);
    error = error == null ? null : error.toLowerCase(Locale.ROOT);
  }

  /** Those of some tasks. */
  public static LetterFilter ids(Set<String> tasks) {
    return new LetterFilter(Objects.requireNonNull(tasks, "tasks"), null, null, null, null);
  }

  public LetterFilter withType(String other) {
    return new LetterFilter(ids, other, error, since, before);
  }

  public LetterFilter withError(String part) {
    return new LetterFilter(ids, type, part, since, before);
  }

  public LetterFilter since(Instant time) {
    return new LetterFilter(ids, type, error, time, before);
  }

  public LetterFilter before(Instant time) {
    return new LetterFilter(ids, type, error, since, time);
  }

  /** Whether a letter is meant. One that does not say when it died is never meant by a time. */
  public boolean matches(DeadLetter letter) {
    return matchesId(letter.properties().getMessageId())
        && matchesType(letter.type())
        && matchesError(letter)
        && matchesTime(letter.diedAt());
  }

  private boolean matchesId(@Nullable String id) {
    return ids.isEmpty() || (id != null && ids.contains(id.toLowerCase(Locale.ROOT)));
  }

  private boolean matchesType(String name) {
    if (type == null) {
      return true;
    }
    return type.endsWith("*")
        ? name.startsWith(type.substring(0, type.length() - 1))
        : name.equals(type);
  }

  private boolean matchesError(DeadLetter letter) {
    return error == null
        || letter.failure().type().toLowerCase(Locale.ROOT).contains(error)
        || letter.failure().message().toLowerCase(Locale.ROOT).contains(error);
  }

  private boolean matchesTime(@Nullable Instant died) {
    if (since == null && before == null) {
      return true;
    }
    return died != null
        && (since == null || !died.isBefore(since))
        && (before == null || died.isBefore(before));
  }
}
