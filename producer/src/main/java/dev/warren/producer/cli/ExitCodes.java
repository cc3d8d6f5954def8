package dev.warren.producer.cli;

/** What a command answers to its shell: the codes of all programs, and what only commands know. */
final class ExitCodes {
  static final int OK = dev.warren.engine.shutdown.ExitCodes.OK;
  static final int TASK_FAILED = dev.warren.engine.shutdown.ExitCodes.FAILED;
  static final int USAGE = dev.warren.engine.shutdown.ExitCodes.USAGE;
  static final int UNREACHABLE = dev.warren.engine.shutdown.ExitCodes.UNREACHABLE;
  static final int REFUSED = dev.warren.engine.shutdown.ExitCodes.REFUSED;
  static final int OUTCOME_UNKNOWN = dev.warren.engine.shutdown.ExitCodes.OUTCOME_UNKNOWN;
  static final int INTERRUPTED = dev.warren.engine.shutdown.ExitCodes.INTERRUPTED;

  private ExitCodes() {}

  static int of(Throwable failure) {
    return failure instanceof MapRun.IdleException
        ? OUTCOME_UNKNOWN
        : dev.warren.engine.shutdown.ExitCodes.of(failure);
  }
}
