package dev.warren.engine.shutdown;

import dev.warren.api.AccessDeniedException;
import dev.warren.api.AlreadyRunningException;
import dev.warren.api.AwaitTimeoutException;
import dev.warren.api.BrokerUnreachableException;
import dev.warren.api.CodecException;
import dev.warren.api.ConfigurationException;
import dev.warren.api.GatewayRequiredException;
import dev.warren.api.LoginRefusedException;
import dev.warren.api.SendDeadlineException;
import dev.warren.api.TaskRefusedException;
import dev.warren.api.TopologyMismatchException;

/** What Warren's programs answer to their shell. Frozen: scripts depend on them. */
public final class ExitCodes {
  public static final int OK = 0;
  public static final int FAILED = 1;
  public static final int USAGE = 2;
  public static final int UNREACHABLE = 3;
  public static final int REFUSED = 4;
  public static final int OUTCOME_UNKNOWN = 5;
  public static final int NEEDS_GATEWAY = 6;
  public static final int INTERRUPTED = 130;

  private ExitCodes() {}

  /** The code for a failure that ended a program. */
  public static int of(Throwable failure) {
    return switch (failure) {
      case ConfigurationException usage -> USAGE;
      case CodecException input -> USAGE;
      case BrokerUnreachableException away -> UNREACHABLE;
      case LoginRefusedException login -> UNREACHABLE;
      case TaskRefusedException refused -> REFUSED;
      case AccessDeniedException denied -> REFUSED;
      case TopologyMismatchException mismatch -> REFUSED;
      case AlreadyRunningException second -> REFUSED;
      case SendDeadlineException unknown -> OUTCOME_UNKNOWN;
      case AwaitTimeoutException unknown -> OUTCOME_UNKNOWN;
      case GatewayRequiredException gateway -> NEEDS_GATEWAY;
      case InterruptedException interrupted -> INTERRUPTED;
      default -> FAILED;
    };
  }
}
