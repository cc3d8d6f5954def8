package dev.warren.gateway.http;

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
import dev.warren.api.WarrenException;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All problems that the API tells of. */
final class Problems {
  private static final Logger LOG = LoggerFactory.getLogger(Problems.class);
  private static final int SOON = 1;
  private static final int LATER = 5;

  private Problems() {}

  /** What to tell of a failure; one that nobody foresaw is logged. */
  static Problem of(Throwable failure) {
    return switch (failure) {
      case ProblemException known -> known.problem();
      case CompletionException wrapped when wrapped.getCause() != null -> of(wrapped.getCause());
      case TaskRefusedException refused -> refused(refused);
      case CodecException malformed -> badRequest(text(malformed));
      case ConfigurationException unfit -> invalid(text(unfit));
      case BrokerUnreachableException away ->
          Problem.of(
                  "broker-unreachable",
                  503,
                  "The broker does not answer",
                  text(away) + "; send the request again later")
              .retryAfter(LATER);
      case SendDeadlineException undecided ->
          Problem.of("unconfirmed", 504, "The broker has not confirmed in time", text(undecided))
              .retryAfter(LATER);
      case AwaitTimeoutException late ->
          Problem.of("no-answer", 504, "No answer in time", text(late)).retryAfter(LATER);
      case LoginRefusedException login -> brokerRefused(login);
      case AccessDeniedException denied -> brokerRefused(denied);
      case TopologyMismatchException mismatch -> brokerRefused(mismatch);
      case GatewayRequiredException noQueue -> brokerRefused(noQueue);
      case WarrenException other ->
          Problem.of("unavailable", 503, "Not possible now", text(other)).retryAfter(LATER);
      default -> internal(failure);
    };
  }

  private static Problem refused(TaskRefusedException refused) {
    String why = text(refused);
    return switch (refused.reason()) {
      case UNKNOWN_TYPE -> Problem.of("unknown-type", 422, "No worker has this task type", why);
      case INVALID_ARGUMENTS ->
          Problem.of("invalid-arguments", 422, "The arguments do not fit the task type", why);
      case TOO_LARGE -> Problem.of("too-large", 413, "Too large for a message", why);
      case QUEUE ->
          Problem.of(
                  "queue-refused",
                  503,
                  "The queue takes no more",
                  why + "; send the request again later")
              .retryAfter(LATER);
    };
  }

  private static Problem brokerRefused(WarrenException why) {
    return Problem.of(
        "broker-refused",
        502,
        "The broker refused the gateway",
        text(why) + "; tell the operator: 'warren doctor' finds the cause");
  }

  private static String text(Throwable failure) {
    return Objects.requireNonNullElse(failure.getMessage(), failure.getClass().getSimpleName());
  }

  private static Problem internal(Throwable failure) {
    LOG.error("a request failed", failure);
    return Problem.of(
        "internal",
        500,
        "The gateway failed",
        "this is a fault of the gateway; its log has the cause ("
            + failure.getClass().getSimpleName()
            + "). Try again, and report it if it stays");
  }

  static Problem badRequest(String detail) {
    return Problem.of("malformed", 400, "The request cannot be read", detail);
  }

  static Problem invalid(String detail) {
    return Problem.of("invalid", 422, "The request does not fit", detail);
  }

  static Problem unknownTask(String id) {
    return Problem.of(
        "unknown-task",
        404,
        "Nothing is known of this task",
        "nothing was recorded of task "
            + id
            + ": a task that was submitted elsewhere is known here once it has ended (ask again with"
            + " ?wait=30), and results are forgotten after a while; else check the id");
  }

  static Problem unknownBatch(String id) {
    return Problem.of(
        "unknown-batch",
        404,
        "Nothing is known of this batch",
        "nothing was recorded of batch "
            + id
            + ": GET /v1/batches lists those that are; results are forgotten after a while");
  }

  static Problem noRoute(String path) {
    return Problem.of(
        "no-such-resource",
        404,
        "There is no such resource",
        "nothing is at " + path + "; GET /openapi.json describes what is");
  }

  static Problem wrongMethod(String method, String path, String allowed) {
    return Problem.of(
        "method-not-allowed",
        405,
        "The resource has no such method",
        method + " is not possible at " + path + "; possible: " + allowed);
  }

  static Problem wrongContentType(String given, String wanted) {
    return Problem.of(
        "unsupported-media-type",
        415,
        "The body is of another type than wanted",
        (given.isEmpty() ? "the request says no Content-Type" : "the request has '" + given + "'")
            + "; send it with the header 'Content-Type: "
            + wanted
            + "'");
  }

  static Problem tooLarge(String what, long limit) {
    return Problem.of(
        "too-large",
        413,
        "Too large",
        what
            + " takes more than "
            + limit
            + " bytes: store the data elsewhere and send its address");
  }

  static Problem stopping() {
    return Problem.of(
            "stopping",
            503,
            "The gateway stops",
            "nothing was accepted, as the gateway is stopping: send the request again, to its"
                + " successor")
        .retryAfter(LATER);
  }

  static Problem tooMany(String what, int limit) {
    return Problem.of(
            "too-many",
            503,
            "Too much at once",
            "there are "
                + limit
                + " "
                + what
                + " already, as many as allowed: try again in a moment")
        .retryAfter(SOON);
  }
}
