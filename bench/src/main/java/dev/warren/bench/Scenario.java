package dev.warren.bench;

import java.io.IOException;

/**
 * Something that can be measured.
 *
 * @param name its word on the command line
 * @param summary a line for {@code --help}
 * @param part of what: whether {@code all} runs it
 * @param measurement does it
 */
public record Scenario(String name, String summary, Part part, Measurement measurement) {
  /** Whether it is one of those that {@code warren bench all} runs. */
  public enum Part {
    OF_ALL,
    BY_HAND
  }

  /** Measures. */
  @FunctionalInterface
  public interface Measurement {
    /**
     * Runs until it has all figures, or is interrupted. Ends everything that it starts, except what
     * the run itself owns.
     */
    Findings measure(BenchRun run) throws IOException, InterruptedException;
  }

  /** One that {@code warren bench all} runs. */
  public static Scenario of(String name, String summary, Measurement measurement) {
    return new Scenario(name, summary, Part.OF_ALL, measurement);
  }

  /** One that runs only when it is asked for by name: it is long, or needs more than a JVM. */
  public static Scenario byHand(String name, String summary, Measurement measurement) {
    return new Scenario(name, summary, Part.BY_HAND, measurement);
  }
}
