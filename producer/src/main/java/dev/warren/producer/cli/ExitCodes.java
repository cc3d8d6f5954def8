package dev.warren.producer.cli;

import dev.warren.api.AccessDeniedException;
import dev.warren.api.AwaitTimeoutException;
import dev.warren.api.BrokerUnreachableException;
import dev.warren.api.CodecException;
import dev.warren.api.ConfigurationException;
import dev.warren.api.GatewayRequiredException;
import dev.warren.api.LoginRefusedException;
import dev.warren.api.SendDeadlineException;
import dev.warren.api.TaskRefusedException;
import dev.warren.api.TopologyMismatchException;

/** What a command answers to its shell. Frozen: scripts depend on them. */
final class ExitCodes {
  static final int OK = 0;
  static final int TASK_FAILED = 1;
  static final int USAGE = 2;
  static final int UNREACHABLE = 3;
  static final int REFUSED = 4;
  static final int OUTCOME_UNKNOWN = 5;
  static final int NEEDS_GATEWAY = 6;
  static final int INTERRUPTED = 130;

  private ExitCodes() {}

  static int of(Throwable failure) {
    return switch (failure) {
      case ConfigurationException usage -> USAGE;
      case CodecException input -> USAGE;
      case BrokerUnreachableException away -> UNREACHABLE;
      case LoginRefusedException login -> UNREACHABLE;
      case TaskRefusedException refused -> REFUSED;
      case AccessDeniedException denied -> REFUSED;
      case TopologyMismatchException mismatch -> REFUSED;
      case SendDeadlineException unknown -> OUTCOME_UNKNOWN;
      case AwaitTimeoutException unknown -> OUTCOME_UNKNOWN;
      case MapRun.IdleException unknown -> OUTCOME_UNKNOWN;
      case GatewayRequiredException gateway -> NEEDS_GATEWAY;
      case InterruptedException interrupted -> INTERRUPTED;
      default -> TASK_FAILED;
    };
  }
}
