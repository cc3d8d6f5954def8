package dev.warren.gateway.http;

import dev.warren.api.WarrenException;

/** Ends a request with a {@link Problem}. */
final class ProblemException extends WarrenException {
  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  ProblemException(Problem problem) {
    super(problem.detail());
    this.problem = problem;
  }

  Problem problem() {
    return problem;
  }
}
