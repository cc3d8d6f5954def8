package dev.warren.producer.dead;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.ShutdownSignalException;
import dev.warren.api.BrokerUnreachableException;
import dev.warren.api.ConfigurationException;
import dev.warren.api.TaskRefusedException;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.wire.DeadLetter;
import dev.warren.engine.wire.WireLimits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The dead letters of a fleet: looks at them, replays, changes and removes them. From {@code
 * WarrenClient.deadLetters()}; safe for concurrent use. Every call works on the calling thread, on
 * a connection of its own, reads each letter once and keeps few of them in memory.
 *
 * <p>Looking changes nothing. But while one looks, the letters are held by it, and somebody else
 * who looks at the same box sees the rest only: see {@link BoxDepth#lookedAt} and {@link
 * LetterReport#unseen}.
 *
 * <p>To replay is at-least-once: a letter goes when the broker has confirmed the task's copy, so
 * that one whose connection is lost in between stays, although its task runs again.
 */
public final class DeadLetters {
  private static final String PURPOSE = "dead";

  private final ClientParts client;
  private final Connections connections;

  public DeadLetters(ClientParts client) {
    this.client = Objects.requireNonNull(client, "client");
    this.connections = client.connections();
  }

  /** What decides about a letter; runs on the calling thread. */
  private interface Handling {
    Sweep.Decision decide(FoundLetter found);
  }

  /** The boxes of all queues that are known, with their letters; those that do not exist not. */
  public List<BoxDepth> boxes() {
    return depths(new TreeSet<>(client.queues()).stream().map(LetterBox::of).toList(), false);
  }

  /**
   * The boxes, with their letters.
   *
   * @throws dev.warren.api.TaskRefusedException if there is no such box
   */
  public List<BoxDepth> depths(Collection<LetterBox> boxes) {
    return depths(boxes, true);
  }

  private List<BoxDepth> depths(Collection<LetterBox> boxes, boolean required) {
    return connected(
        connection -> {
          List<BoxDepth> depths = new ArrayList<>();
          for (LetterBox box : boxes) {
            Optional<Depth> depth = depth(connection, box);
            if (depth.isEmpty() && required) {
              throw QueueFailures.missing(box.brokerQueue());
            }
            depth.ifPresent(
                there -> depths.add(new BoxDepth(box, there.ready(), there.consumers() > 0)));
          }
          return depths;
        });
  }

  private Optional<Depth> depth(Connection connection, LetterBox box) {
    try {
      return Depth.of(connection, box.brokerQueue());
    } catch (IOException | ShutdownSignalException failure) {
      throw QueueFailures.explain(connections, box.brokerQueue(), failure);
    }
  }

  /** Shows letters, in no particular order. */
  public LetterReport look(LetterQuery query, Consumer<FoundLetter> shown) {
    return sweep(
        query,
        tally ->
            found -> {
              tally.done();
              shown.accept(found);
              return Sweep.Decision.KEEP;
            });
  }

  /** Counts letters by queue, type and error, the largest group first. */
  public List<LetterGroup> groups(LetterQuery query) {
    LetterGroups groups = new LetterGroups();
    look(query, groups::add).broken().ifPresent(DeadLetters::raise);
    return groups.largestFirst();
  }

  /** Counts the letters that are meant, for what is then done to them. */
  public LetterCensus census(LetterQuery query) {
    LetterCensus census = new LetterCensus();
    look(query, census::count).broken().ifPresent(DeadLetters::raise);
    return census;
  }

  private static void raise(RuntimeException broken) {
    throw broken;
  }

  /**
   * Makes dead tasks run again: as a new generation, from their first attempt, at once. What fell
   * off the delays on its way is sent on as it was. A letter goes when its task's copy is
   * confirmed; one whose task no queue takes stays, and is counted as refused.
   *
   * @param census of the same query: only what it counted is replayed
   * @param replayed hears of each task, on the calling thread
   */
  public LetterReport replay(
      LetterQuery query, LetterCensus census, ReplayOptions options, Consumer<Replayed> replayed) {
    requireNoInbox(query);
    LetterReplay replay = new LetterReplay(client, options, replayed);
    return sweep(
        query,
        tally ->
            found -> {
              if (!census.knows(found)) {
                return Sweep.Decision.IGNORE;
              }
              return census.isLatest(found) ? replay.decide(found, tally) : replay.older(tally);
            });
  }

  /** Like {@link #replay(LetterQuery, LetterCensus, ReplayOptions, Consumer)}, after a census. */
  public LetterReport replay(
      LetterQuery query, ReplayOptions options, Consumer<Replayed> replayed) {
    return replay(query, census(query), options, replayed);
  }

  /**
   * Gives a dead task other arguments. Its letter is replaced by one with them, which says the same
   * otherwise; the old one goes when the broker has confirmed the new one. To run it with them at
   * once, {@link #replay} it with {@link ReplayOptions#withArguments}.
   *
   * @param query that means this one task
   * @throws dev.warren.api.TaskRefusedException if the arguments do not fit the type
   */
  public LetterReport edit(LetterQuery query, LetterCensus census, JsonText arguments) {
    requireNoInbox(query);
    if (arguments.size() > WireLimits.MAX_BODY_BYTES) {
      throw new TaskRefusedException(
          TaskRefusedException.Reason.TOO_LARGE,
          "the arguments take "
              + arguments.size()
              + " bytes; at most "
              + WireLimits.MAX_BODY_BYTES
              + " fit in a message: store the data elsewhere and send its address");
    }
    LetterEdit edit = new LetterEdit(client, arguments);
    return sweep(
        query,
        tally ->
            found -> {
              if (!census.knows(found)) {
                return Sweep.Decision.IGNORE;
              }
              return census.isLatest(found) ? edit.decide(found, tally) : Sweep.Decision.KEEP;
            });
  }

  /**
   * Removes letters for good; their tasks stay dead.
   *
   * @param census of the same query: only what it counted is removed
   */
  public LetterReport purge(LetterQuery query, LetterCensus census) {
    requireNoInbox(query);
    return sweep(
        query,
        tally ->
            found -> {
              if (!census.knows(found)) {
                return Sweep.Decision.IGNORE;
              }
              tally.done();
              return Sweep.Decision.REMOVE;
            });
  }

  private static void requireNoInbox(LetterQuery query) {
    if (query.boxes().contains(LetterBox.INBOX)) {
      throw new ConfigurationException(
          "letters in the inbox cannot be replayed, changed or removed: a worker moves them to the"
              + " dead letters of their queues first, so start one");
    }
  }

  /** Makes a handling that counts. */
  private interface Counted {
    Handling handling(LetterTally tally);
  }

  private LetterReport sweep(LetterQuery query, Counted counted) {
    LetterTally tally = new LetterTally();
    Handling handling = counted.handling(tally);
    Sweep.Sending sending = new Sweep.Sending(client.publisher(), client.sendDeadline());
    return connected(
        connection -> {
          for (LetterBox box : query.boxes()) {
            try {
              Sweep.Counts end =
                  Sweep.run(
                      connection,
                      sending,
                      box.brokerQueue(),
                      message -> decide(query, box, message, tally, handling));
              if (!query.stopped().getAsBoolean() && !tally.isBroken()) {
                tally.missed(end.expected() - end.seen());
              }
            } catch (IOException | ShutdownSignalException failure) {
              tally.broken(QueueFailures.explain(connections, box.brokerQueue(), failure));
            } catch (InterruptedException interrupted) {
              Thread.currentThread().interrupt();
              tally.broken(new BrokerUnreachableException("interrupted", interrupted));
            }
            if (tally.isBroken()) {
              break;
            }
          }
          return tally.report();
        });
  }

  private static Sweep.Decision decide(
      LetterQuery query, LetterBox box, Delivery message, LetterTally tally, Handling handling) {
    if (query.stopped().getAsBoolean()) {
      return Sweep.Decision.END;
    }
    tally.looked();
    FoundLetter found =
        new FoundLetter(
            box,
            DeadLetter.read(
                box.brokerQueue(),
                message.getEnvelope().getRoutingKey(),
                message.getProperties(),
                message.getBody()));
    return query.filter().matches(found.letter()) ? handling.decide(found) : Sweep.Decision.KEEP;
  }

  /** Something to do on a connection. */
  private interface Work<T> {
    T on(Connection connection);
  }

  private <T> T connected(Work<T> work) {
    Connection connection = connections.open(PURPOSE);
    try {
      T done = work.on(connection);
      connection.close();
      return done;
    } catch (IOException | ShutdownSignalException lost) {
      throw new BrokerUnreachableException(
          "the connection to the broker was lost; try again", lost);
    } finally {
      connection.abort(1_000);
    }
  }
}
