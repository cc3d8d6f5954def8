package dev.warren.engine.wire;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A batch begins. Members may arrive before this is seen: order does not matter. */
public record BatchOpened(String batch, String description, Instant at, @Nullable String reply)
    implements Event {
  public static final String NAME = "batch-opened";

  public BatchOpened {
    Objects.requireNonNull(batch, "batch");
    Objects.requireNonNull(description, "description");
    Objects.requireNonNull(at, "at");
  }

  @Override
  public String routingKey() {
    return RoutingKeys.event(NAME, RoutingKeys.NO_REPLY, reply);
  }
}
