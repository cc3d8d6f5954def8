package dev.warren.bench;

import java.time.Instant;
import java.util.Formatter;

/** The lines above a table: where and when it was. */
public final class Heading {
  private Heading() {}

  /** Adds them, and an empty line. */
  public static void add(Formatter text, Instant began, Machine machine, String broker) {
    text.format("began     %s%n", began);
    text.format(
        "machine   %s, %d cores, %s%n", machine.processor(), machine.cores(), machine.system());
    text.format("java      %s%n", machine.java());
    if (!broker.isEmpty()) {
      text.format("broker    %s%n", broker);
    }
    text.format(
        "load      %.2f before the start%s%n%n",
        machine.load(), machine.busy() ? "  THE MACHINE IS BUSY: figures are worth little" : "");
  }
}
