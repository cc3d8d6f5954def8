package dev.warren.engine.permit;

import dev.warren.api.ConfigurationException;
import dev.warren.api.Names;
import dev.warren.api.PermitsException;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.topology.Topology;
import dev.warren.engine.topology.TopologyNames;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * How many permits of each name the fleet has, and changing that. What is in use cannot be counted
 * over AMQP, so it is written down, in the one message of the queue {@code warren.permits}, before
 * and after each change, as a least and a most: between them lies the truth whatever ends without a
 * word. One at a time may read or change it, for which there is a lock in the fleet.
 *
 * <p>All methods block, at most about as long as their patience says, and throw {@link
 * dev.warren.api.BrokerUnreachableException}, {@link dev.warren.api.AccessDeniedException}, or
 * {@link dev.warren.api.AlreadyRunningException} if somebody else has the book for longer. Safe for
 * concurrent use.
 */
public final class PermitBook {
  /** More attempts at once than any fleet needs to limit; a typing error as a rule. */
  public static final int MOST = 100_000;

  private final Connections connections;

  /**
   * What is known of the permits of one name.
   *
   * @param wanted how many there should be
   * @param least so many there are for sure
   * @param most there are never more than so many
   * @param at when that was changed
   * @param by who changed it
   */
  public record Entry(String name, int wanted, int least, int most, Instant at, String by) {
    /** Whether there are as many as there should be, for sure. */
    public boolean settled() {
      return least == wanted && most == wanted;
    }
  }

  /**
   * An entry and what the broker says now.
   *
   * @param free permits that nobody uses
   * @param there whether the queue of the permits exists
   */
  public record View(Entry entry, int free, boolean there) {}

  public PermitBook(Connections connections) {
    this.connections = Objects.requireNonNull(connections, "connections");
  }

  /** All permits, by name. */
  public List<View> list(Duration patience) {
    try (PermitSession session = new PermitSession(connections)) {
      if (session.depth(TopologyNames.PERMITS).isEmpty()) {
        return List.of();
      }
      session.lock(patience);
      List<View> views = new ArrayList<>();
      for (Entry entry : session.read().values()) {
        Optional<PermitSession.Depth> depth = session.depth(TopologyNames.permits(entry.name()));
        views.add(
            new View(entry, depth.map(PermitSession.Depth::ready).orElse(0), depth.isPresent()));
      }
      return views;
    }
  }

  /**
   * Sees to it that there are so many permits, no more. More are there at once. Fewer: takes away
   * those that are free or come free, as long as the patience lasts; what is left, {@link
   * Entry#most} tells, and the same call goes on with it. Permits that nobody uses are counted
   * first, so it also mends what was lost.
   */
  public Entry set(String name, int wanted, Duration patience) {
    requireName(name);
    if (wanted < 0 || wanted > MOST) {
      throw new ConfigurationException(
          "there can be 0 to %d permits '%s', not %d".formatted(MOST, name, wanted));
    }
    try (PermitSession session = new PermitSession(connections)) {
      session.lock(patience);
      boolean there = session.depth(TopologyNames.permits(name)).isPresent();
      session.declare(Topology.permits().and(Topology.permits(name)));
      Map<String, Entry> all = new TreeMap<>(session.read());
      Change change = new Change(session, all, name, wanted, patience);
      change.begin(there);
      change.reach();
      return Objects.requireNonNull(all.get(name), name);
    }
  }

  /**
   * Puts new permits in the place of all old ones, if all come free in time; false if they do not.
   * A quorum queue keeps its log until it is empty, and would keep that of the permits for ever.
   */
  boolean renew(String name, Duration patience) {
    try (PermitSession session = new PermitSession(connections)) {
      session.lock(patience);
      Map<String, Entry> all = new TreeMap<>(session.read());
      Entry known = all.get(name);
      return known != null
          && known.settled()
          && new Change(session, all, name, known.wanted(), patience).renew();
    }
  }

  /** Deletes permits; attempts that run with one are told to stop. False if there were none. */
  public boolean remove(String name, Duration patience) {
    requireName(name);
    try (PermitSession session = new PermitSession(connections)) {
      if (session.depth(TopologyNames.PERMITS).isEmpty()) {
        return false;
      }
      session.lock(patience);
      Map<String, Entry> all = new TreeMap<>(session.read());
      boolean known = all.remove(name) != null;
      boolean there = session.depth(TopologyNames.permits(name)).isPresent();
      if (there) {
        session.delete(TopologyNames.permits(name));
      }
      if (known) {
        session.write(all);
      }
      return known || there;
    }
  }

  private static void requireName(String name) {
    Names.requirePermits(name);
    if (name.indexOf('{') >= 0) {
      throw new ConfigurationException(
          "'" + name + "' stands for many names: say which, with the field's value in its place");
    }
  }

  /** One call of {@link #set} at work. */
  private final class Change {
    private final PermitSession session;
    private final Map<String, Entry> all;
    private final String name;
    private final int wanted;
    private final Duration patience;
    private boolean idle;

    Change(
        PermitSession session, Map<String, Entry> all, String name, int wanted, Duration patience) {
      this.session = session;
      this.all = all;
      this.name = name;
      this.wanted = wanted;
      this.patience = patience;
    }

    /** Finds out how many there are. */
    void begin(boolean there) {
      Entry known = all.get(name);
      if (!there) {
        // Whatever there was is gone with its queue.
        note(entry -> entry(0, 0));
        return;
      }
      Optional<Integer> counted = session.countIdle(name);
      if (counted.isPresent()) {
        idle = true;
        note(entry -> entry(counted.get(), counted.get()));
      } else if (known == null) {
        throw new PermitsException(
            ("how many permits '%s' there are is not written down, and some are in use: try again"
                    + " when no attempt runs with one, or 'warren permits remove %s' first, which"
                    + " stops these attempts")
                .formatted(name, name));
      }
    }

    void reach() {
      Entry known = Objects.requireNonNull(all.get(name), name);
      int more = wanted - known.most();
      if (more > 0) {
        note(entry -> entry(known.least(), known.most() + more));
        session.add(name, more);
        note(entry -> entry(known.least() + more, known.most() + more));
      } else if (more < 0) {
        note(entry -> entry(Math.max(0, known.least() + more), known.most()));
        int taken = session.take(name, -more, patience);
        note(entry -> entry(Math.max(0, known.least() - taken), known.most() - taken));
      } else if (known.wanted() != wanted) {
        note(entry -> entry(known.least(), known.most()));
      } else if (idle) {
        renew();
      }
    }

    /** Empties the queue for a moment, written down before and after. */
    boolean renew() {
      Entry known = Objects.requireNonNull(all.get(name), name);
      int count = known.most();
      if (count == 0 || count > PermitSession.MOST_AT_ONCE) {
        return false;
      }
      note(entry -> entry(0, count));
      boolean taken = session.takeAll(name, count, patience);
      if (taken) {
        session.add(name, count);
      }
      note(entry -> entry(count, count));
      return taken;
    }

    private void note(UnaryOperator<Entry> change) {
      Entry before = all.getOrDefault(name, entry(0, 0));
      Entry after = change.apply(before);
      boolean same =
          all.containsKey(name)
              && before.wanted() == after.wanted()
              && before.least() == after.least()
              && before.most() == after.most();
      if (!same) {
        all.put(name, after);
        session.write(all);
      }
    }

    private Entry entry(int least, int most) {
      return new Entry(name, wanted, least, most, Instant.now(), connections.process().text());
    }
  }
}
