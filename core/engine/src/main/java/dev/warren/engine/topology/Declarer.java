package dev.warren.engine.topology;

import com.rabbitmq.client.Channel;
import dev.warren.api.AccessDeniedException;
import dev.warren.api.BrokerUnreachableException;
import dev.warren.api.TopologyMismatchException;
import dev.warren.api.WarrenException;
import dev.warren.engine.connection.BrokerRefusal;
import dev.warren.engine.connection.Connections;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Declares, verifies and compares a {@link Topology}, each on a short-lived connection of its own,
 * as some refusals close the connection. Safe for concurrent use.
 *
 * <p>All methods throw {@link BrokerUnreachableException} and {@link
 * dev.warren.api.LoginRefusedException} as {@link Connections#open} does.
 */
public final class Declarer {
  private final Connections connections;

  public Declarer(Connections connections) {
    this.connections = Objects.requireNonNull(connections, "connections");
  }

  /**
   * Declares what is missing; what is there already stays as it is.
   *
   * @throws TopologyMismatchException if something exists with other arguments.
   * @throws AccessDeniedException if this user may not declare.
   */
  public void apply(Topology topology) {
    requireShared(topology);
    try (DeclaringSession session = new DeclaringSession(connections)) {
      for (Step step : Step.of(topology)) {
        session.attempt(step.declare()).ifPresent(refusal -> fail(step, refusal));
      }
    }
  }

  /** Declares only the bindings: what a worker does at every start for the types it runs. */
  public void bind(Topology topology) {
    apply(topology.onlyBindings());
  }

  /**
   * Checks that exchanges and queues exist, and changes nothing. What this user has no permission
   * on counts as there. Arguments and bindings are not compared: see {@link #diff}.
   *
   * @throws TopologyMismatchException naming all that is missing.
   */
  public void verify(Topology topology) {
    List<String> missing = new ArrayList<>();
    try (DeclaringSession session = new DeclaringSession(connections)) {
      for (Step step : Step.of(topology)) {
        Optional<BrokerRefusal> refusal = step.look().flatMap(session::attempt);
        if (refusal.isEmpty() || refusal.get().isAccessRefused()) {
          continue;
        }
        if (!refusal.get().isNotFound()) {
          throw unexpected(step.object(), refusal.get());
        }
        missing.add(step.object());
      }
    }
    if (!missing.isEmpty()) {
      throw new TopologyMismatchException(
          "virtual host '"
              + connections.settings().virtualHost()
              + "' lacks "
              + String.join(", ", missing.subList(0, Math.min(5, missing.size())))
              + (missing.size() > 5 ? " and " + (missing.size() - 5) + " more" : "")
              + ": run 'warren topology apply' as a user who may configure");
    }
  }

  /**
   * What a worker does at its start for the queues it serves: applies or verifies fleet and queues,
   * then binds the types.
   *
   * @param typesByQueue the types this process runs, by queue.
   */
  public void establish(TopologyMode mode, Map<String, Set<String>> typesByQueue) {
    Topology objects = Topology.fleet();
    Topology bindings = Topology.EMPTY;
    for (Map.Entry<String, Set<String>> entry : typesByQueue.entrySet()) {
      objects = objects.and(Topology.workQueue(entry.getKey()));
      bindings = bindings.and(Topology.types(entry.getKey(), entry.getValue()));
    }
    switch (mode) {
      case APPLY -> apply(objects.and(bindings));
      case VERIFY -> {
        verify(objects);
        bind(bindings);
      }
    }
  }

  /**
   * Compares exchanges and queues, arguments included, one finding each. Changes nothing. Bindings
   * cannot be seen over AMQP and are left out.
   */
  public List<Difference> diff(Topology topology) {
    List<Difference> found = new ArrayList<>();
    try (DeclaringSession session = new DeclaringSession(connections)) {
      for (Step step : Step.of(topology)) {
        step.look().ifPresent(look -> found.add(compare(session, step, look)));
      }
    }
    return found;
  }

  private static Difference compare(
      DeclaringSession session, Step step, DeclaringSession.Command look) {
    Optional<BrokerRefusal> unseen = session.attempt(look);
    if (unseen.isPresent()) {
      BrokerRefusal refusal = unseen.get();
      return refusal.isNotFound()
          ? Difference.missing(step.object())
          : Difference.unknown(step.object(), refusal.text());
    }
    // It exists, so declaring it can only compare it.
    Optional<BrokerRefusal> unequal = session.attempt(step.declare());
    return unequal
        .map(
            refusal ->
                refusal.isPreconditionFailed()
                    ? Inequivalence.of(step.object(), refusal)
                    : Difference.unknown(step.object(), refusal.text()))
        .orElseGet(() -> Difference.ok(step.object()));
  }

  /**
   * Declares on a channel of the caller: for exclusive queues, which belong to their connection. A
   * refusal closes the channel.
   *
   * @throws IOException if the connection or channel fails otherwise.
   */
  public static void declareOn(Channel channel, Topology topology) throws IOException {
    for (Step step : Step.of(topology)) {
      try {
        step.declare().on(channel);
      } catch (IOException failure) {
        Optional<BrokerRefusal> refusal = BrokerRefusal.in(failure);
        if (refusal.isEmpty()) {
          throw failure;
        }
        fail(step, refusal.get());
      }
    }
  }

  private static void requireShared(Topology topology) {
    for (QueueDefinition queue : topology.queues()) {
      if (queue.exclusive()) {
        throw new IllegalArgumentException(
            queue.name() + " would end with the declarer's connection; use declareOn");
      }
    }
  }

  private static void fail(Step step, BrokerRefusal refusal) {
    String object = step.object();
    if (refusal.isPreconditionFailed()) {
      Difference difference = Inequivalence.of(object, refusal);
      throw new TopologyMismatchException(
          difference
              + ". The broker cannot change this: drain the object and delete it, or use another"
              + " virtual host or queue name, then run 'warren topology apply'");
    }
    if (refusal.isAccessRefused()) {
      throw new AccessDeniedException(
          "this broker user may not declare "
              + object
              + " ("
              + refusal.text()
              + "): let an operator run 'warren topology apply', and start with topology mode"
              + " 'verify'");
    }
    if (refusal.isNotFound()) {
      throw new TopologyMismatchException(
          object
              + " needs something that is missing ("
              + refusal.text()
              + "): run 'warren topology apply' as a user who may configure");
    }
    throw unexpected(object, refusal);
  }

  private static WarrenException unexpected(String object, BrokerRefusal refusal) {
    return new TopologyMismatchException(
        "the broker refused " + object + ": " + refusal.code() + " " + refusal.text());
  }
}
