package dev.warren.engine.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A process of the fleet answers a ping.
 *
 * @param about what it says of itself: role, version, host, process id, since, queues, lanes with
 *     concurrency and running tasks, counts
 */
public record Pong(String process, ObjectNode about, @Nullable String reply) implements Event {
  public static final String NAME = "pong";

  public Pong {
    Objects.requireNonNull(process, "process");
    Objects.requireNonNull(about, "about");
  }

  @Override
  public String routingKey() {
    return RoutingKeys.event(NAME, RoutingKeys.NO_REPLY, reply);
  }
}
