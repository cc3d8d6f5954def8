package dev.warren.engine.wire;

import dev.warren.api.Names;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonText;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * One task as it travels.
 *
 * @param arguments the JSON body
 * @param enqueuedAt when the task was submitted
 * @param others headers that Warren does not know, kept for those who do ({@code traceparent} among
 *     them)
 */
public record TaskMessage(
    TaskId id,
    String type,
    String queue,
    JsonText arguments,
    AttemptState state,
    TaskTerms terms,
    Lineage lineage,
    Instant enqueuedAt,
    Map<String, Object> others) {
  /** What is not read with the task, and matters all the same. */
  private static final Set<String> OWN =
      Set.of(
          Headers.VERSION,
          Headers.SUBMITTER,
          Headers.PARKED_SINCE,
          Headers.PARKED_TIMES,
          Headers.PERMIT_TIMES,
          Headers.CRASHES,
          "traceparent",
          "tracestate");

  private static final int MAX_OWN = 1_024;

  public TaskMessage {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(arguments, "arguments");
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(terms, "terms");
    Objects.requireNonNull(lineage, "lineage");
    Objects.requireNonNull(enqueuedAt, "enqueuedAt");
    Names.key(queue, type);
    others = Map.copyOf(others);
  }

  /** A new task with default terms. */
  public static TaskMessage of(
      TaskId id, String type, String queue, JsonText arguments, Instant enqueuedAt) {
    return new TaskMessage(
        id,
        type,
        queue,
        arguments,
        AttemptState.FIRST,
        TaskTerms.DEFAULT,
        Lineage.of(id),
        enqueuedAt,
        Map.of());
  }

  public int generation() {
    return state.generation();
  }

  public int attempt() {
    return state.attempt();
  }

  public TaskMessage withTerms(TaskTerms other) {
    return new TaskMessage(id, type, queue, arguments, state, other, lineage, enqueuedAt, others);
  }

  public TaskMessage withLineage(Lineage other) {
    return new TaskMessage(id, type, queue, arguments, state, terms, other, enqueuedAt, others);
  }

  public TaskMessage withQueue(String other) {
    return new TaskMessage(id, type, other, arguments, state, terms, lineage, enqueuedAt, others);
  }

  public TaskMessage withOthers(Map<String, Object> headers) {
    return new TaskMessage(id, type, queue, arguments, state, terms, lineage, enqueuedAt, headers);
  }

  /**
   * The task without the headers that others gave it, for when it does not fit in a message: only
   * its trace stays, its submitter, and what Warren counts in headers.
   */
  public TaskMessage withoutForeignHeaders() {
    Map<String, Object> kept = new HashMap<>();
    others.forEach(
        (name, value) -> {
          if (OWN.contains(name) && WireLimits.sizeOf(Map.of(name, value)) <= MAX_OWN) {
            kept.put(name, value);
          }
        });
    return withOthers(kept);
  }

  public TaskMessage withArguments(JsonText other) {
    return new TaskMessage(id, type, queue, other, state, terms, lineage, enqueuedAt, others);
  }

  /** The copy that asks for the next attempt after one that failed. */
  public TaskMessage nextAttempt(PastAttempt failed) {
    return new TaskMessage(
        id, type, queue, arguments, state.after(failed), terms.due(), lineage, enqueuedAt, others);
  }

  /** The task with the end of its story. */
  public TaskMessage endedBy(PastAttempt failed) {
    return new TaskMessage(
        id, type, queue, arguments, state.endedBy(failed), terms, lineage, enqueuedAt, others);
  }

  /**
   * The next generation of a task that died: its first attempt, at once and without expiry. It
   * keeps its place in a chain and a batch, and its submitter; nobody waits for it, as whoever did
   * has heard of the death. Of that, one line is left.
   *
   * @param now when it is replayed: counts as its submission, also to cancellations
   */
  public TaskMessage replayed(Instant now) {
    Map<String, Object> kept = new HashMap<>(others);
    kept.keySet()
        .removeAll(
            List.of(
                Headers.PARKED_SINCE, Headers.PARKED_TIMES, Headers.PERMIT_TIMES, Headers.CRASHES));
    return new TaskMessage(
        id,
        type,
        queue,
        arguments,
        state.replayed(),
        terms.due().withoutExpiry(),
        lineage.withReply(null),
        now,
        kept);
  }
}
