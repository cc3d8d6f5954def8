package dev.warren.api;

/**
 * The three priorities of a task. Honoured by RabbitMQ from 4.0; older brokers serve in order of
 * arrival.
 */
public enum Priority {
  LOW(1),
  NORMAL(4),
  HIGH(8);

  private final int level;

  Priority(int level) {
    this.level = level;
  }

  /** The AMQP priority property. */
  public int level() {
    return level;
  }

  /** The priority whose level is nearest to an AMQP priority that came from elsewhere. */
  public static Priority nearest(int level) {
    if (level <= 2) {
      return LOW;
    }
    return level <= 5 ? NORMAL : HIGH;
  }
}
