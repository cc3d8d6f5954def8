package dev.warren.engine.topology;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The least permissions with which a part of the fleet works: regular expressions for names of
 * exchanges and queues. A part that only verifies the topology needs no more; one that applies it
 * needs {@link #ADMIN}.
 *
 * @param part the broker user it is meant for.
 * @param configure what it may declare and delete.
 * @param write what it may publish to, and bind as target.
 * @param read what it may consume from, and bind as source.
 * @param eventsWrite keys it may publish to {@code warren.events}; empty for all.
 * @param eventsRead keys it may bind {@code warren.events} with; empty for all.
 * @see <a href="https://www.rabbitmq.com/docs/access-control">RabbitMQ access control</a>
 */
public record Grant(
    String part,
    String configure,
    String write,
    String read,
    Optional<String> eventsWrite,
    Optional<String> eventsRead) {
  /** Whoever runs {@code warren topology apply}, and development. */
  public static final Grant ADMIN =
      new Grant(
          "warren-admin", own(".*"), own(".*"), own(".*"), Optional.empty(), Optional.empty());

  /** Runs tasks; binds the types it runs; tells the story of the dead. */
  public static final Grant WORKER =
      new Grant(
          "warren-worker",
          own("(control|lock)\\..*"),
          own("(tasks|events|dead|registry|permits|delay\\..*|q\\..*|control\\..*)"),
          own(
              "(tasks|delay\\.out|registry|cancellations|control|dead\\.inbox|q\\..*"
                  + "|control\\..*|lock\\..*|permits(\\..*)?)"),
          Optional.empty(),
          Optional.empty());

  /** Like a worker, and gathers outcomes, feeds live views, cancels and replays on request. */
  public static final Grant GATEWAY =
      new Grant(
          "warren-gateway",
          own("(outcomes|(control|lock|live|wait)\\..*)"),
          own(
              "(tasks|events|dead|registry|permits|cancellations|outcomes|delay\\..*|q\\..*"
                  + "|control|(control|live|wait)\\..*)"),
          own(
              "(tasks|events|delay\\.out|registry|cancellations|control|outcomes|dead\\..*"
                  + "|permits(\\..*)?|(q|control|lock|live|wait)\\..*)"),
          Optional.empty(),
          Optional.empty());

  /** Submits, waits and cancels. May hear only events whose token it knows. */
  public static final Grant PRODUCER =
      new Grant(
          "warren-producer",
          own("wait\\..*"),
          own("(tasks|events|cancellations|(delay|wait)\\..*)"),
          own("(events|registry|wait\\..*)"),
          Optional.of(
              "^("
                  + TopologyNames.BATCH_OPENED_EVENT
                  + "|"
                  + TopologyNames.BATCH_CLOSED_EVENT
                  + "|"
                  + TopologyNames.DELAYED_EVENT
                  + ")\\."),
          Optional.of("^\\*\\.\\*\\.[A-Za-z0-9_-]{16,}$"));

  /**
   * Like a producer, and controls processes, looks at queues, reads and replays the dead, and says
   * how many permits there are.
   */
  public static final Grant OPERATOR =
      new Grant(
          "warren-operator",
          own("(wait\\..*|permits(\\..*)?|lock\\.permits(\\..*)?)"),
          own("(tasks|events|dead|cancellations|control|permits(\\..*)?|(delay|wait)\\..*)"),
          own("(events|registry|unrouted|permits(\\..*)?|(q|wait|dead)\\..*)"),
          Optional.empty(),
          Optional.empty());

  public static final List<Grant> ALL = List.of(ADMIN, WORKER, GATEWAY, PRODUCER, OPERATOR);

  public Grant {
    Objects.requireNonNull(part, "part");
    Objects.requireNonNull(configure, "configure");
    Objects.requireNonNull(write, "write");
    Objects.requireNonNull(read, "read");
    Objects.requireNonNull(eventsWrite, "eventsWrite");
    Objects.requireNonNull(eventsRead, "eventsRead");
  }

  private static String own(String rest) {
    return "^warren\\." + rest + "$";
  }
}
