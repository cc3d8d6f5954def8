package dev.warren.engine.permit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides, for the permits of one name in one process, who waits, who runs and what is asked of the
 * broker. What happens goes in, what to do comes out; nothing here waits or talks. Not safe for
 * concurrent use.
 *
 * <p>A <em>place</em> is a consumer of the permit queue with prefetch 1: it stands in the broker's
 * line until it has a permit, and holds that until it is returned. Places stand in line only while
 * attempts wait here.
 *
 * <p>A permit that is held for long is <em>refreshed</em>, since brokers before 4.3 take back what
 * is not acknowledged for too long: a second place that comes before all others is opened, the old
 * one closed and its permit returned. The queue gives a returned permit to the first in line in the
 * same step, so at every moment this process has one. That holds as long as only one place at a
 * time comes before all others, for which there is a lock in the fleet.
 *
 * @param <W> who waits; told apart by identity
 */
final class PermitLine<W> {
  /** So many places stand in line at most: with a spare one a busy line need not open any. */
  private static final int MOST_STANDING = 2;

  /** What to do. */
  sealed interface Command<W> {
    /** Consume, with prefetch 1; {@code first} before all other consumers. */
    record OpenPlace<W>(long place, boolean first) implements Command<W> {}

    /** Cancel the consumer; what it holds stays held. */
    record ClosePlace<W>(long place) implements Command<W> {}

    /** Give the permit back to the queue. */
    record Return<W>(long place, Permit permit) implements Command<W> {}

    /** Let the attempt run. */
    record Enter<W>(W waiter) implements Command<W> {}

    /** Send the attempt away. */
    record SendAway<W>(W waiter, Why why) implements Command<W> {}

    /** The attempt runs without a permit now: the broker took it back. */
    record TakeBack<W>(W waiter) implements Command<W> {}

    /** Get the lock of who refreshes; answered by {@link #locked}. */
    record Lock<W>() implements Command<W> {}

    /** Let go of the lock. */
    record Unlock<W>() implements Command<W> {}
  }

  /** Why an attempt goes away. */
  enum Why {
    /** As many as may wait here do. */
    FULL,
    /** It has waited here for long enough. */
    WAITED,
    /** There are no such permits, or they cannot be asked for. */
    TROUBLE
  }

  /** A permit as it was delivered. */
  record Permit(long tag) {}

  private record Waiting<W>(W waiter, long since) {}

  /** One place. It stands in line, or has a permit; with a permit it has a holder. */
  private static final class Place<W> {
    final long number;
    final boolean first;
    @Nullable Permit permit;
    @Nullable W holder;
    long since;

    Place(long number, boolean first) {
      this.number = number;
      this.first = first;
    }

    boolean stands() {
      return permit == null && !first;
    }
  }

  private final PermitLimits limits;
  private final ArrayDeque<Waiting<W>> line = new ArrayDeque<>();
  private final Map<Long, Place<W>> places = new LinkedHashMap<>();
  private final ServedRate rate = new ServedRate();
  private List<Command<W>> commands = new ArrayList<>();
  private long nextPlace = 1;
  private boolean open;
  private boolean trouble;

  /** The place that is refreshed, while that is under way. */
  private @Nullable Place<W> refreshed;

  /** The place to which it goes; nothing while the lock is awaited. */
  private @Nullable Place<W> fresh;

  private @Nullable Long lockRefused;

  PermitLine(PermitLimits limits) {
    this.limits = limits;
  }

  /** An attempt needs a permit. */
  List<Command<W>> ask(W waiter, long now) {
    if (trouble) {
      commands.add(new Command.SendAway<>(waiter, Why.TROUBLE));
    } else if (line.size() >= limits.waiting(rate.perSecond(now))) {
      commands.add(new Command.SendAway<>(waiter, Why.FULL));
    } else {
      line.add(new Waiting<>(waiter, now));
      stand();
    }
    return taken();
  }

  /** An attempt has ended, or does not want to run any more. */
  List<Command<W>> over(W waiter) {
    line.removeIf(each -> each.waiter().equals(waiter));
    for (Place<W> place : List.copyOf(places.values())) {
      if (waiter.equals(place.holder)) {
        place.holder = null;
        // One that is under way to another place is returned when it is there.
        if (place != fresh) {
          giveBack(place);
        }
      }
    }
    stand();
    return taken();
  }

  /** The queue can be asked. */
  List<Command<W>> opened() {
    open = true;
    trouble = false;
    stand();
    return taken();
  }

  /** The broker gave a permit to a place. */
  List<Command<W>> delivered(long number, Permit permit, long now) {
    Place<W> place = places.get(number);
    if (place == null || place.permit != null) {
      // Its place was closed meanwhile.
      commands.add(new Command.Return<>(number, permit));
      return taken();
    }
    place.permit = permit;
    place.since = now;
    if (place == fresh) {
      refreshed = null;
      fresh = null;
      commands.add(new Command.Unlock<>());
      if (place.holder == null) {
        giveBack(place);
      }
    } else {
      Waiting<W> next = line.poll();
      if (next == null) {
        giveBack(place);
      } else {
        rate.served(now);
        place.holder = next.waiter();
        commands.add(new Command.Enter<>(next.waiter()));
      }
    }
    stand();
    return taken();
  }

  /** The channel is gone, and with it all permits; the line stands again when it is back. */
  List<Command<W>> lost() {
    open = false;
    for (Place<W> place : places.values()) {
      if (place.holder != null) {
        commands.add(new Command.TakeBack<>(place.holder));
      }
    }
    places.clear();
    // The lock went with it, if it was there.
    refreshed = null;
    fresh = null;
    return taken();
  }

  /** The queue cannot be asked, and not for a moment only. */
  List<Command<W>> troubled() {
    trouble = true;
    line.forEach(each -> commands.add(new Command.SendAway<>(each.waiter(), Why.TROUBLE)));
    line.clear();
    return taken();
  }

  /** The answer to {@link Command.Lock}. */
  List<Command<W>> locked(boolean granted, long now) {
    Place<W> from = refreshed;
    if (!granted || from == null || from.permit == null || from.holder == null) {
      if (granted) {
        commands.add(new Command.Unlock<>());
      }
      refreshed = null;
      lockRefused = now;
      return taken();
    }
    Place<W> to = open(true);
    to.holder = from.holder;
    from.holder = null;
    fresh = to;
    // Cancelled first: returned before, the permit might come to this place again.
    commands.add(new Command.ClosePlace<>(from.number));
    commands.add(new Command.Return<>(from.number, from.permit));
    places.remove(from.number);
    return taken();
  }

  /**
   * Time has passed.
   *
   * @param refreshes whether the broker takes back what is held for long
   */
  List<Command<W>> tick(long now, boolean refreshes) {
    Iterator<Waiting<W>> waiting = line.iterator();
    while (waiting.hasNext()) {
      Waiting<W> each = waiting.next();
      if (now - each.since() >= limits.longestWait().toNanos()) {
        waiting.remove();
        commands.add(new Command.SendAway<>(each.waiter(), Why.WAITED));
      }
    }
    if (lockRefused != null && now - lockRefused >= limits.lockPause().toNanos()) {
      lockRefused = null;
    }
    if (refreshes && refreshed == null && lockRefused == null) {
      refreshed = oldest(now).orElse(null);
      if (refreshed != null) {
        commands.add(new Command.Lock<>());
      }
    }
    stand();
    return taken();
  }

  private Optional<Place<W>> oldest(long now) {
    return places.values().stream()
        .filter(place -> place.permit != null && place.holder != null)
        .filter(place -> now - place.since >= limits.refreshAfter().toNanos())
        .findFirst();
  }

  /** How many wait here. */
  int waiting() {
    return line.size();
  }

  /** How many run here with a permit. */
  int held() {
    return (int) places.values().stream().filter(place -> place.holder != null).count();
  }

  /** Whether nothing waits, runs or stands here. */
  boolean isIdle() {
    return line.isEmpty() && places.isEmpty();
  }

  /** Opens a place if attempts wait and none stands; closes those for which nobody waits. */
  private void stand() {
    if (!open) {
      return;
    }
    List<Place<W>> standing = standing();
    if (!line.isEmpty() && standing.isEmpty()) {
      open(false);
    }
    for (int i = Math.min(line.size(), MOST_STANDING); i < standing.size(); i++) {
      close(standing.get(i));
    }
  }

  private List<Place<W>> standing() {
    return places.values().stream().filter(Place::stands).toList();
  }

  private Place<W> open(boolean first) {
    Place<W> place = new Place<>(nextPlace, first);
    nextPlace++;
    places.put(place.number, place);
    commands.add(new Command.OpenPlace<>(place.number, first));
    return place;
  }

  private void close(Place<W> place) {
    places.remove(place.number);
    commands.add(new Command.ClosePlace<>(place.number));
  }

  /**
   * Returns what a place holds. Its place stands in line again if somebody waits; one that came
   * before all others must not.
   */
  private void giveBack(Place<W> place) {
    Permit permit = place.permit;
    if (permit == null) {
      return;
    }
    int standing = standing().size();
    if (!place.first && standing < Math.min(line.size(), MOST_STANDING)) {
      place.permit = null;
    } else {
      // Before the permit is returned, which might come to it again.
      close(place);
    }
    commands.add(new Command.Return<>(place.number, permit));
  }

  private List<Command<W>> taken() {
    List<Command<W>> done = commands;
    commands = new ArrayList<>();
    return done;
  }
}
