package dev.warren.engine.wire;

import dev.warren.api.Outcome;
import dev.warren.engine.codec.JsonBytes;

/**
 * What the outcomes in a message mostly have in common, and what only the first of them says: the
 * others, which do not even say {@code event}, have it from the one before. Immutable.
 */
public final class OutcomeHead {
  private static final byte[] EVENT = JsonBytes.name('{', "event");
  private static final byte[] GENERATION = JsonBytes.name(',', "generation");
  private static final byte[] TYPE = JsonBytes.name(',', "type");
  private static final byte[] QUEUE = JsonBytes.name(',', "queue");
  private static final byte[] ATTEMPT = JsonBytes.name(',', "attempt");
  private static final byte[] WORKER = JsonBytes.name(',', "worker");
  private static final byte[] LANE = JsonBytes.name(',', "lane");
  private static final byte[] STATUS = JsonBytes.name(',', "status");

  private static final int NAMES = 160;

  private final int generation;
  private final String type;
  private final String queue;
  private final int attempt;
  private final String worker;
  private final String lane;
  private final Outcome.Status status;

  /** The beginning of an event, up to the comma before its own fields. */
  private final byte[] json;

  /** That of the task's run, in this order. */
  public OutcomeHead(
      Run run, String type, String queue, String worker, String lane, Outcome.Status status) {
    this.generation = run.generation();
    this.attempt = run.attempt();
    this.type = type;
    this.queue = queue;
    this.worker = worker;
    this.lane = lane;
    this.status = status;
    this.json = written();
  }

  /** Which run of a task it was. */
  public record Run(int generation, int attempt) {}

  static OutcomeHead of(OutcomeEvent event) {
    return new OutcomeHead(
        new Run(event.generation(), event.attempt()),
        event.type(),
        event.queue(),
        event.worker(),
        event.lane(),
        event.status());
  }

  /** Whether it is that of the event. */
  boolean fits(OutcomeEvent event) {
    return generation == event.generation()
        && attempt == event.attempt()
        && status == event.status()
        && type.equals(event.type())
        && queue.equals(event.queue())
        && worker.equals(event.worker())
        && lane.equals(event.lane());
  }

  boolean isSame(OutcomeHead other) {
    return this == other
        || (generation == other.generation
            && attempt == other.attempt
            && status == other.status
            && type.equals(other.type)
            && queue.equals(other.queue)
            && worker.equals(other.worker)
            && lane.equals(other.lane));
  }

  /** The beginning of an event that says it, with its brace, up to the comma before the rest. */
  public byte[] json() {
    return json.clone();
  }

  int size() {
    return json.length;
  }

  void appendTo(JsonBytes event) {
    event.raw(json);
  }

  private byte[] written() {
    JsonBytes bytes =
        new JsonBytes(NAMES + type.length() + queue.length() + worker.length() + lane.length());
    bytes.raw(EVENT).value(OutcomeEvent.NAME);
    bytes.raw(GENERATION).value(generation);
    bytes.raw(TYPE).value(type);
    bytes.raw(QUEUE).value(queue);
    bytes.raw(ATTEMPT).value(attempt);
    bytes.raw(WORKER).value(worker);
    bytes.raw(LANE).value(lane);
    bytes.raw(STATUS).value(status.word());
    return bytes.raw(',').text().bytes();
  }
}
