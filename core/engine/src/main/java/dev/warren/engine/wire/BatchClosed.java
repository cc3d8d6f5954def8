package dev.warren.engine.wire;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * No member will be added to a batch any more.
 *
 * @param members how many members the broker confirmed
 */
public record BatchClosed(String batch, long members, Instant at, @Nullable String reply)
    implements Event {
  public static final String NAME = "batch-closed";

  public BatchClosed {
    Objects.requireNonNull(batch, "batch");
    Objects.requireNonNull(at, "at");
    if (members < 0) {
      throw new IllegalArgumentException("a batch cannot have " + members + " members");
    }
  }

  @Override
  public String routingKey() {
    return RoutingKeys.event(NAME, RoutingKeys.NO_REPLY, reply);
  }
}
