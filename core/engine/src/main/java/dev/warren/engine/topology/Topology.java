package dev.warren.engine.topology;

import dev.warren.api.Names;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Exchanges, queues and bindings, as a description: nothing here talks to a broker. Lists are in
 * the order of declaration. All arguments are frozen as version 1, as a broker refuses to change
 * them; whatever should be tunable is a policy.
 *
 * @see Declarer
 */
public record Topology(
    List<ExchangeDefinition> exchanges,
    List<QueueDefinition> queues,
    List<BindingDefinition> bindings) {
  /** A waiting client's queue outlives its last use by this. */
  public static final Duration WAITING_QUEUE_EXPIRY = Duration.ofMinutes(5);

  /** Above the reach of the delay ladder, so that a cancellation outlives the task it is for. */
  public static final Duration CANCELLATION_RETENTION = Duration.ofDays(15);

  public static final Topology EMPTY = new Topology(List.of(), List.of(), List.of());

  public Topology {
    exchanges = List.copyOf(exchanges);
    queues = List.copyOf(queues);
    bindings = List.copyOf(bindings);
  }

  /** What all share: task, event and dead letter exchanges, the delay ladder, the streams. */
  public static Topology fleet() {
    return unrouted()
        .and(deadLetters())
        .and(
            new Topology(
                List.of(
                    ExchangeDefinition.direct(TopologyNames.TASKS),
                    ExchangeDefinition.topic(TopologyNames.EVENTS),
                    ExchangeDefinition.fanout(TopologyNames.CONTROL)),
                List.of(),
                List.of()))
        .and(DelayLadder.topology())
        .and(registry())
        .and(cancellations());
  }

  /**
   * A work queue and the queue of its dead letters, fed by the delay ladder but not yet by {@code
   * warren.tasks}: see {@link #type}. Needs {@link #fleet()}.
   */
  public static Topology workQueue(String queue) {
    Names.requireQueue(queue);
    String work = TopologyNames.work(queue);
    String dead = TopologyNames.dead(queue);
    return new Topology(
        List.of(),
        List.of(
            // Before the work queue, so that a first dead letter finds it.
            QueueDefinition.quorum(dead).keepingAll(),
            QueueDefinition.quorum(work)
                .with("x-delivery-limit", 20)
                .with("x-dead-letter-exchange", TopologyNames.DEAD)
                // Fixed, because a delayed task still carries the key of the ladder.
                .with("x-dead-letter-routing-key", "broker." + queue)
                .with("x-dead-letter-strategy", "at-least-once")
                .with("x-overflow", "reject-publish")),
        List.of(
            BindingDefinition.queue(TopologyNames.DEAD, dead, "told." + queue),
            BindingDefinition.queue(
                TopologyNames.DELAY_OUT, work, DelayLadder.exitPattern(queue))));
  }

  /** Leads tasks of a type to a work queue. Without it they come back to the submitter. */
  public static Topology type(String queue, String type) {
    String key = Names.key(queue, type);
    return new Topology(
        List.of(),
        List.of(),
        List.of(BindingDefinition.queue(TopologyNames.TASKS, TopologyNames.work(queue), key)));
  }

  /** {@link #type} for several types. */
  public static Topology types(String queue, Collection<String> types) {
    return types.stream().map(type -> type(queue, type)).reduce(EMPTY, Topology::and);
  }

  /**
   * What a process that serves queues cannot do without and hears nothing of when it is deleted:
   * the exchanges it uses, and the bindings that lead tasks to its queues.
   */
  public static Topology unheard(Map<String, Set<String>> typesByQueue) {
    // Members have no permission on the last resort of what nobody takes, and do not use it.
    List<ExchangeDefinition> used =
        fleet().exchanges().stream()
            .filter(exchange -> !exchange.name().equals(TopologyNames.UNROUTED))
            .toList();
    Topology ours = new Topology(used, List.of(), List.of());
    for (Map.Entry<String, Set<String>> entry : typesByQueue.entrySet()) {
      String queue = entry.getKey();
      BindingDefinition delayed =
          BindingDefinition.queue(
              TopologyNames.DELAY_OUT, TopologyNames.work(queue), DelayLadder.exitPattern(queue));
      ours =
          ours.and(new Topology(List.of(), List.of(), List.of(delayed)))
              .and(types(queue, entry.getValue()));
    }
    return ours;
  }

  /** The queue from which gateways aggregate; the first gateway declares it. */
  public static Topology outcomes() {
    String name = TopologyNames.OUTCOMES;
    return new Topology(
        List.of(),
        List.of(QueueDefinition.quorum(name).keepingAll()),
        Stream.of(
                TopologyNames.OUTCOME_EVENT,
                TopologyNames.BATCH_OPENED_EVENT,
                TopologyNames.BATCH_CLOSED_EVENT,
                TopologyNames.DELAYED_EVENT,
                TopologyNames.RETRYING_EVENT)
            .map(event -> BindingDefinition.queue(TopologyNames.EVENTS, name, event + ".#"))
            .toList());
  }

  /** The queue of a waiting client, which gets all events that carry its token. */
  public static Topology waiting(String token) {
    String name = TopologyNames.waiting(token);
    return new Topology(
        List.of(),
        List.of(QueueDefinition.classic(name).with("x-expires", WAITING_QUEUE_EXPIRY.toMillis())),
        List.of(BindingDefinition.queue(TopologyNames.EVENTS, name, "*.*." + token)));
  }

  /**
   * A gateway's feed of all events, on the connection that declares it.
   *
   * @param process the process token.
   */
  public static Topology live(String process) {
    String name = TopologyNames.live(process);
    return new Topology(
        List.of(),
        List.of(
            QueueDefinition.exclusive(name)
                .with("x-max-length", 10_000)
                .with("x-message-ttl", 60_000)),
        List.of(BindingDefinition.queue(TopologyNames.EVENTS, name, "#")));
  }

  /**
   * The queue on which a process hears control messages, on the connection that declares it.
   *
   * @param process the process token.
   */
  public static Topology control(String process) {
    String name = TopologyNames.control(process);
    return new Topology(
        List.of(),
        List.of(
            QueueDefinition.exclusive(name)
                .with("x-max-length", 1_000)
                .with("x-message-ttl", 60_000)),
        List.of(BindingDefinition.queue(TopologyNames.CONTROL, name, "")));
  }

  /**
   * A lock of the fleet, held by the connection that declares it; to another the broker answers
   * 405.
   */
  public static Topology lock(String name) {
    return new Topology(
        List.of(), List.of(QueueDefinition.exclusive(TopologyNames.lock(name))), List.of());
  }

  /** What all permits share: see {@link #permits(String)}. Fleets without permits do without. */
  public static Topology permits() {
    String name = TopologyNames.PERMITS;
    return new Topology(
        List.of(ExchangeDefinition.topic(name)),
        List.of(QueueDefinition.quorum(name).keepingAll()),
        List.of(BindingDefinition.queue(name, name, "register")));
  }

  /** The queue of the permits of one name: as many messages as attempts may run at once. */
  public static Topology permits(String name) {
    String queue = TopologyNames.permits(name);
    return new Topology(
        List.of(),
        List.of(QueueDefinition.quorum(queue).keepingAll()),
        List.of(
            BindingDefinition.queue(TopologyNames.PERMITS, queue, TopologyNames.permitsKey(name))));
  }

  /** Both, this one first, each part once. */
  public Topology and(Topology other) {
    return new Topology(
        union(exchanges, other.exchanges),
        union(queues, other.queues),
        union(bindings, other.bindings));
  }

  /** Only the bindings. */
  public Topology onlyBindings() {
    return new Topology(List.of(), List.of(), bindings);
  }

  private static <T> List<T> union(List<T> first, List<T> second) {
    Set<T> all = new LinkedHashSet<>(first);
    all.addAll(second);
    return List.copyOf(all);
  }

  private static Topology unrouted() {
    String name = TopologyNames.UNROUTED;
    return new Topology(
        List.of(ExchangeDefinition.fanout(name)),
        List.of(QueueDefinition.quorum(name).keepingAll()),
        List.of(BindingDefinition.queue(name, name, "")));
  }

  private static Topology deadLetters() {
    String inbox = TopologyNames.DEAD_INBOX;
    return new Topology(
        List.of(ExchangeDefinition.topic(TopologyNames.DEAD).withAlternate(TopologyNames.UNROUTED)),
        List.of(QueueDefinition.quorum(inbox).keepingAll().with("x-single-active-consumer", true)),
        List.of(BindingDefinition.queue(TopologyNames.DEAD, inbox, "broker.#")));
  }

  private static Topology registry() {
    String name = TopologyNames.REGISTRY;
    return new Topology(
        List.of(ExchangeDefinition.fanout(name)),
        List.of(
            // Read whole by every client that knows nothing yet, so kept small; retention removes
            // whole segments, so these are smaller still.
            QueueDefinition.stream(name)
                .with("x-max-age", "30D")
                .with("x-max-length-bytes", 20_000_000)
                .with("x-stream-max-segment-size-bytes", 2_000_000)),
        List.of(BindingDefinition.queue(name, name, "")));
  }

  private static Topology cancellations() {
    String name = TopologyNames.CANCELLATIONS;
    return new Topology(
        List.of(ExchangeDefinition.fanout(name)),
        List.of(
            QueueDefinition.stream(name)
                .with("x-max-age", CANCELLATION_RETENTION.toDays() + "D")
                .with("x-stream-max-segment-size-bytes", 5_000_000)),
        List.of(BindingDefinition.queue(name, name, "")));
  }
}
