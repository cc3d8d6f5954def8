package dev.warren.producer.cli;

import dev.warren.producer.gateway.GatewayRefusedException;

/** What a command answers to its shell: the codes of all programs, and what only commands know. */
final class ExitCodes {
  static final int OK = dev.warren.engine.shutdown.ExitCodes.OK;
  static final int TASK_FAILED = dev.warren.engine.shutdown.ExitCodes.FAILED;
  static final int USAGE = dev.warren.engine.shutdown.ExitCodes.USAGE;
  static final int UNREACHABLE = dev.warren.engine.shutdown.ExitCodes.UNREACHABLE;
  static final int REFUSED = dev.warren.engine.shutdown.ExitCodes.REFUSED;
  static final int OUTCOME_UNKNOWN = dev.warren.engine.shutdown.ExitCodes.OUTCOME_UNKNOWN;
  static final int NEEDS_GATEWAY = dev.warren.engine.shutdown.ExitCodes.NEEDS_GATEWAY;
  static final int INTERRUPTED = dev.warren.engine.shutdown.ExitCodes.INTERRUPTED;

  private ExitCodes() {}

  static int of(Throwable failure) {
    return switch (failure) {
      case MapRun.IdleException late -> OUTCOME_UNKNOWN;
      case LineFailedException line when line.getCause() != null -> of(line.getCause());
      case GatewayRefusedException refused -> REFUSED;
      case UnknownToGatewayException unknown -> REFUSED;
      default -> dev.warren.engine.shutdown.ExitCodes.of(failure);
    };
  }
}
