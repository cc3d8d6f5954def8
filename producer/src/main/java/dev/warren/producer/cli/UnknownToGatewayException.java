package dev.warren.producer.cli;

import dev.warren.api.TaskId;
import dev.warren.api.WarrenException;
import java.net.URI;

/** The gateway has heard nothing of what was asked for. */
final class UnknownToGatewayException extends WarrenException {
  private static final long serialVersionUID = 1L;

  private UnknownToGatewayException(String message) {
    super(message);
  }

  static UnknownToGatewayException batch(String id, URI gateway) {
    return new UnknownToGatewayException(
        "the gateway at "
            + gateway
            + " knows no batch "
            + id
            + ": it never was, or was kept no longer ('warren batch list' shows the latest)");
  }

  static UnknownToGatewayException task(TaskId id, URI gateway) {
    return new UnknownToGatewayException(
        "the gateway at "
            + gateway
            + " knows no task "
            + id
            + ": it has not ended yet, never was, or was kept no longer ('warren task why "
            + id
            + "' looks further)");
  }
}
