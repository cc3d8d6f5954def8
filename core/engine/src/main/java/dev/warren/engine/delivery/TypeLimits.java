package dev.warren.engine.delivery;

import dev.warren.api.ConfigurationException;
import dev.warren.api.Failure;
import dev.warren.api.TaskType;
import dev.warren.engine.limit.Room;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiPredicate;
import java.util.function.ToIntFunction;

/**
 * Lets at most so many attempts of a type run at once in this process. Of those that come above
 * that a few wait, and the others leave on the ladder, so that they do not fill the prefetch and
 * keep the queue's other types out. Safe for concurrent use.
 */
final class TypeLimits implements Admission {
  /** What waits here is what ends about so soon. */
  private static final Duration SOON = Duration.ofSeconds(2);

  /** This part of what the prefetch leaves is for attempts that wait. */
  private static final int SHARE = 2;

  private final Map<String, Room<Candidate>> rooms = new TreeMap<>();
  private final ToIntFunction<String> mostHeld;
  private final BiPredicate<String, String> alone;

  /**
   * @param mostHeld how many tasks of a queue are held at most
   * @param alone whether a queue brings tasks of a type and no others: then nobody is kept out
   */
  TypeLimits(
      Pacing pacing,
      Collection<Registration<?, ?>> registrations,
      ToIntFunction<String> mostHeld,
      BiPredicate<String, String> alone) {
    this.mostHeld = mostHeld;
    this.alone = alone;
    for (Registration<?, ?> registration : registrations) {
      limit(pacing, registration.type())
          .ifPresent(limit -> rooms.put(registration.type().name(), new Room<>(limit)));
    }
    for (String named : pacing.limits().keySet()) {
      if (!rooms.containsKey(named)) {
        throw new ConfigurationException(
            "a limit names the task type '%s', which this process does not run".formatted(named));
      }
    }
  }

  private static OptionalInt limit(Pacing pacing, TaskType<?, ?> type) {
    Integer given = pacing.limits().get(type.name());
    return given == null ? type.options().limit() : OptionalInt.of(given);
  }

  /** The limit of a type, if it has one. */
  OptionalInt of(String type) {
    Room<Candidate> room = rooms.get(type);
    return room == null ? OptionalInt.empty() : OptionalInt.of(room.limit());
  }

  /** How the limits are used now. */
  List<EngineState.LimitState> state() {
    return rooms.entrySet().stream()
        .map(
            one ->
                new EngineState.LimitState(
                    one.getKey(),
                    one.getValue().limit(),
                    one.getValue().running(),
                    one.getValue().waiting(),
                    one.getValue().away()))
        .sorted(Comparator.comparing(EngineState.LimitState::type))
        .toList();
  }

  @Override
  public boolean concerns(TaskType<?, ?> type) {
    return rooms.containsKey(type.name());
  }

  @Override
  public Answer ask(Candidate candidate) {
    String type = candidate.task().type();
    Room<Candidate> room = rooms.get(type);
    if (room == null) {
      return Answer.ENTER;
    }
    long now = System.nanoTime();
    Room.Answer answer =
        room.offer(
            candidate,
            mostWaiting(candidate.task().queue(), type, room, now),
            ThreadLocalRandom.current().nextDouble(),
            now);
    return switch (answer) {
      case Room.Answer.Away(Duration pause) ->
          new Answer.Away(candidate.task(), pause, full(room, type));
      case Room.Answer.Enter enter -> {
        candidate.whenOver(() -> over(room, candidate));
        yield Answer.ENTER;
      }
      case Room.Answer.Wait wait -> {
        candidate.whenOver(() -> over(room, candidate));
        yield Answer.WAIT;
      }
    };
  }

  private int mostWaiting(String queue, String type, Room<Candidate> room, long now) {
    if (alone.test(queue, type)) {
      return Integer.MAX_VALUE;
    }
    int run = rooms.values().stream().mapToInt(Room::running).sum();
    int wait = rooms.values().stream().mapToInt(Room::waiting).sum();
    int left = (mostHeld.applyAsInt(queue) - run) / SHARE - wait;
    return Math.min(room.endingWithin(SOON, now), room.waiting() + Math.max(0, left));
  }

  private static void over(Room<Candidate> room, Candidate candidate) {
    Optional<Candidate> next = room.over(candidate, System.nanoTime());
    next.ifPresent(Candidate::enter);
  }

  private static Failure full(Room<Candidate> room, String type) {
    return Failure.of(
        Failure.LIMIT_REACHED,
        "%d tasks of type '%s' run on this worker already, which is its limit"
            .formatted(room.limit(), type));
  }
}
