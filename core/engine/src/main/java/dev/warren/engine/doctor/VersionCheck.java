package dev.warren.engine.doctor;

import dev.warren.engine.connection.BrokerVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a broker's version means for a fleet. */
final class VersionCheck {
  private static final String WHAT = "broker version";

  private VersionCheck() {}

  static List<Finding> of(Optional<BrokerVersion> known) {
    if (known.isEmpty()) {
      return List.of(
          Finding.warning(
              WHAT, "this is no RabbitMQ, or hides its version", "use RabbitMQ 3.10 or later"));
    }
    BrokerVersion version = known.get();
    if (!version.atLeast(3, 10)) {
      return List.of(
          Finding.error(WHAT, "RabbitMQ " + version + " is too old", "use RabbitMQ 3.10 or later"));
    }
    List<String> limits = new ArrayList<>();
    if (!version.atLeast(4, 0)) {
      limits.add("priorities have no effect (from 4.0)");
    }
    if (!version.atLeast(3, 12)) {
      limits.add("the consumer timeout is that of the node (from 3.12 per queue)");
    } else if (!version.atLeast(4, 3)) {
      limits.add("the consumer timeout is that of the node or queue (from 4.3 per consumer)");
    }
    if (limits.isEmpty()) {
      return List.of(Finding.ok(WHAT, "RabbitMQ " + version));
    }
    String detail = "RabbitMQ " + version + ": " + String.join("; ", limits);
    // A note: everything that is promised works on each supported version.
    return List.of(Finding.note(WHAT, detail, "upgrade if you need it"));
  }
}
