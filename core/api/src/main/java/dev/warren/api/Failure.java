package dev.warren.api;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;

/**
 * Why an attempt or a task failed, as it travels in messages.
 *
 * @param type the class of the error, or one of Warren's own reasons (see the constants)
 * @param message what happened, for people
 * @param stack a shortened stack trace, or empty
 */
public record Failure(String type, String message, String stack) {
  /** No worker that got the task knows its type. */
  public static final String UNKNOWN_TYPE = "UnknownType";

  /** The message is no task, or its arguments do not fit the type. */
  public static final String INVALID_TASK = "InvalidTask";

  /** The result is larger than the wire contract allows. */
  public static final String RESULT_TOO_LARGE = "ResultTooLarge";

  /** Workers ended without a word while they ran the task with nothing beside it. */
  public static final String WORKER_CRASHED = "WorkerCrashed";

  /** The child process that ran the attempt ended without an answer. */
  public static final String PROCESS_CRASHED = "ProcessCrashed";

  /** A worker could not start the attempt, for a reason that is not the task's. */
  public static final String NOT_STARTED = "NotStarted";

  /** The attempt ran longer than its time limit. */
  public static final String TIME_LIMIT = "TimeLimitExceeded";

  /** So many attempts of the type run on the worker already as may at once. */
  public static final String LIMIT_REACHED = "LimitReached";

  /** The broker delivered the task too often without hearing how it ended. */
  public static final String DELIVERY_LIMIT = "DeliveryLimit";

  /** No permit of the fleet was free for the attempt. */
  public static final String NO_PERMIT = "NoPermit";

  private static final int MAX_MESSAGE = 2_000;
  private static final int MAX_STACK = 4_000;

  public Failure {
    type = wellFormed(type);
    message = shortened(message, MAX_MESSAGE);
    stack = shortened(stack, MAX_STACK);
  }

  public static Failure of(String type, String message) {
    return new Failure(type, message, "");
  }

  /** The failure that a thrown error stands for. */
  public static Failure of(Throwable error) {
    StringWriter stack = new StringWriter();
    error.printStackTrace(new PrintWriter(stack));
    String message = error.getMessage();
    return new Failure(
        error.getClass().getName(), message == null ? "" : message, stack.toString());
  }

  @Override
  public String toString() {
    return message.isEmpty() ? type : type + ": " + message;
  }

  private static String shortened(String text, int limit) {
    return wellFormed(text.length() <= limit ? text : text.substring(0, limit - 1) + "…");
  }

  /** Half a surrogate pair, from a cut or from a program's error, cannot be written as UTF-8. */
  private static String wellFormed(String text) {
    boolean plain = text.chars().noneMatch(c -> Character.isSurrogate((char) c));
    return plain ? text : new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }
}
