package dev.warren.producer.dead;

import dev.warren.engine.wire.DeadLetter;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Puts letters together that died of the same; keeps a limited number of groups. */
final class LetterGroups {
  private static final int MAX_GROUPS = 1_000;
  private static final int MAX_MESSAGE = 160;

  /** Ids in hexadecimal and numbers: what differs between failures of one kind. */
  private static final Pattern VARYING =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9]+");

  private record Key(String queue, String type, String error, String message) {}

  private final Map<Key, LetterGroup> groups = new LinkedHashMap<>();

  void add(FoundLetter found) {
    DeadLetter letter = found.letter();
    Key key =
        new Key(
            letter.queue(),
            letter.type(),
            letter.failure().type(),
            sameForAll(letter.failure().message()));
    if (!groups.containsKey(key) && groups.size() >= MAX_GROUPS) {
      key = new Key(letter.queue(), letter.type(), letter.failure().type(), "…");
    }
    Instant died = letter.diedAt();
    LetterGroup one =
        new LetterGroup(
            key.queue(), key.type(), key.error(), key.message(), 1, died, died, found.id());
    groups.merge(key, one, LetterGroups::both);
  }

  /** The largest group first. */
  List<LetterGroup> largestFirst() {
    return groups.values().stream()
        .sorted(Comparator.comparingLong(LetterGroup::letters).reversed())
        .toList();
  }

  static String sameForAll(String message) {
    String line = VARYING.matcher(message).replaceAll("#");
    return line.length() <= MAX_MESSAGE ? line : line.substring(0, MAX_MESSAGE - 1) + "…";
  }

  private static LetterGroup both(LetterGroup one, LetterGroup other) {
    return new LetterGroup(
        one.queue(),
        one.type(),
        one.error(),
        one.message(),
        one.letters() + other.letters(),
        first(one.oldest(), other.oldest(), Comparator.naturalOrder()),
        first(one.newest(), other.newest(), Comparator.reverseOrder()),
        one.example());
  }

  private static @Nullable Instant first(
      @Nullable Instant one, @Nullable Instant other, Comparator<Instant> order) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return order.compare(one, other) <= 0 ? one : other;
  }
}
