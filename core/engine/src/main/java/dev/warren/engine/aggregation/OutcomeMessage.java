package dev.warren.engine.aggregation;

/**
 * A message of events. The broker keeps it until it is {@link #recorded}; messages are recorded in
 * the order in which they come. Safe for concurrent use.
 */
public final class OutcomeMessage {
  private final OutcomeSession session;
  private final long tag;
  private final byte[] body;

  OutcomeMessage(OutcomeSession session, long tag, byte[] body) {
    this.session = session;
    this.tag = tag;
    this.body = body;
  }

  /** A JSON array of events, not copied. */
  public byte[] body() {
    return body;
  }

  /** Acknowledges it and all that came before. */
  public void recorded() {
    session.acknowledge(tag);
  }

  /** It cannot be recorded: it comes again, with all that came after it. */
  public void refused(String why) {
    session.lost("a message was not recorded: " + why);
  }
}
