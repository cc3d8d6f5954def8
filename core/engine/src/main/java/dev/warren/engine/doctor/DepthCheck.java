package dev.warren.engine.doctor;

import com.rabbitmq.client.AMQP.Queue.DeclareOk;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.warren.api.BrokerUnreachableException;
import dev.warren.engine.connection.BrokerRefusal;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.registry.TypeAnnouncement;
import dev.warren.engine.topology.TopologyNames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What lies in queues, and whether anybody serves them. */
final class DepthCheck {
  private final Connection connection;
  private final Supplier<Map<String, String>> pauses;
  private @Nullable Map<String, String> paused;

  private DepthCheck(Connection connection, Supplier<Map<String, String>> pauses) {
    this.connection = connection;
    this.pauses = pauses;
  }

  static List<Finding> of(
      Connections connections,
      Collection<String> queues,
      List<TypeAnnouncement> types,
      Supplier<Map<String, String>> pauses) {
    try (Connection connection = connections.open("doctor")) {
      return new DepthCheck(connection, pauses).findings(queues, types);
    } catch (IOException | ShutdownSignalException failure) {
      throw new BrokerUnreachableException(
          "the connection to the broker was lost while looking at its queues; try again", failure);
    }
  }

  private List<Finding> findings(Collection<String> queues, List<TypeAnnouncement> types)
      throws IOException {
    List<Finding> findings = new ArrayList<>();
    for (String queue : queues) {
      work(queue, types).ifPresent(findings::add);
      look(TopologyNames.dead(queue))
          .filter(state -> state.getMessageCount() > 0)
          .ifPresent(
              state ->
                  findings.add(
                      Finding.note(
                          "dead tasks",
                          state.getMessageCount() + " in queue " + queue,
                          "look at them: 'warren dead list --queue " + queue + "'")));
    }
    look(TopologyNames.UNROUTED).map(DepthCheck::unrouted).ifPresent(findings::add);
    look(TopologyNames.DEAD_INBOX).flatMap(DepthCheck::inbox).ifPresent(findings::add);
    look(TopologyNames.OUTCOMES).flatMap(DepthCheck::outcomes).ifPresent(findings::add);
    return findings;
  }

  private Optional<Finding> work(String queue, List<TypeAnnouncement> types) throws IOException {
    Optional<DeclareOk> state = look(TopologyNames.work(queue));
    if (state.isEmpty()) {
      return Optional.empty();
    }
    int waiting = state.get().getMessageCount();
    int consumers = state.get().getConsumerCount();
    if (consumers > 0) {
      return Optional.of(
          Finding.ok("queue " + queue, waiting + " tasks wait, " + consumers + " consumers"));
    }
    String pause = pauseOf(queue);
    if (pause != null) {
      return Optional.of(
          Finding.note(
              "queue " + queue,
              waiting + " tasks wait; it is paused " + pause,
              "'warren queue resume " + queue + "' lets it go on"));
    }
    List<String> idle =
        types.stream()
            .filter(type -> type.queue().equals(queue))
            .map(TypeAnnouncement::type)
            .toList();
    if (waiting == 0 && idle.isEmpty()) {
      return Optional.empty();
    }
    String detail =
        waiting
            + " tasks wait and no worker serves it"
            + (idle.isEmpty() ? "" : "; its types: " + brief(idle));
    String mend = "start one: 'warren worker --queue " + queue + "'";
    return Optional.of(
        waiting > 0
            ? Finding.warning("queue " + queue, detail, mend)
            : Finding.note("queue " + queue, detail, mend));
  }

  private @Nullable String pauseOf(String queue) {
    if (paused == null) {
      paused = pauses.get();
    }
    return paused.get(queue);
  }

  private static Finding unrouted(DeclareOk state) {
    return state.getMessageCount() == 0
        ? Finding.ok("unrouted", "no task is lost from sight")
        : Finding.warning(
            "unrouted",
            state.getMessageCount()
                + " delayed or dead tasks had no queue to go to and wait in "
                + TopologyNames.UNROUTED,
            "start a worker for their queues or run 'warren topology apply', then look at them:"
                + " 'warren dead list --unrouted'");
  }

  private static Optional<Finding> inbox(DeclareOk state) {
    return state.getMessageCount() > 0 && state.getConsumerCount() == 0
        ? Optional.of(
            Finding.warning(
                "dead inbox",
                state.getMessageCount() + " tasks that the broker gave up wait to be told",
                "start a worker: it tells their outcome"))
        : Optional.empty();
  }

  private static Optional<Finding> outcomes(DeclareOk state) {
    return state.getMessageCount() > 0 && state.getConsumerCount() == 0
        ? Optional.of(
            Finding.warning(
                "outcomes",
                state.getMessageCount() + " event messages wait and no gateway reads them",
                "start a gateway, or delete " + TopologyNames.OUTCOMES + " if there is none"))
        : Optional.empty();
  }

  private static String brief(List<String> names) {
    return names.stream().limit(5).collect(Collectors.joining(", "))
        + (names.size() > 5 ? " and " + (names.size() - 5) + " more" : "");
  }

  /** Counts of a queue; empty if it is missing or hidden: the topology check tells that. */
  private Optional<DeclareOk> look(String queue) throws IOException {
    Channel channel = connection.createChannel();
    try {
      Optional<DeclareOk> state = Optional.of(channel.queueDeclarePassive(queue));
      channel.abort();
      return state;
    } catch (IOException failure) {
      if (BrokerRefusal.in(failure).isEmpty()) {
        throw failure;
      }
      return Optional.empty();
    }
  }
}
