package dev.warren.producer.gateway;

import dev.warren.api.WarrenException;

/** A gateway understood a request and refused it. */
public final class GatewayRefusedException extends WarrenException {
  private static final long serialVersionUID = 1L;

  private final String problem;
  private final int status;

  GatewayRefusedException(String problem, int status, String message) {
    super(message);
    this.problem = problem;
    this.status = status;
  }

  /** The kind of problem, one word: {@code unknown-batch}; empty if the gateway told none. */
  public String problem() {
    return problem;
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }
}
