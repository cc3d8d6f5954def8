package dev.warren.bench.latency;

import dev.warren.api.ConfigurationException;
import java.util.Arrays;
import java.util.List;

/** One of those that take turns. */
enum LatencySide {
  /** The AMQP client alone, a message for each result. */
  HAND_TUNED("hand-tuned", 1),
  /** The same, with up to 50 results in a message. */
  COALESCED("coalesced", 50),
  /** A worker and a client. */
  WARREN("warren", 0),
  /** The same beside a gateway that stores every outcome. */
  STORED("stored", 0);

  private final String word;
  private final int together;

  LatencySide(String word, int together) {
    this.word = word;
    this.together = together;
  }

  /** The name on the command line and in tables. */
  String word() {
    return word;
  }

  boolean isHandTuned() {
    return together > 0;
  }

  /** Results in a message of the hand-tuned program, at most. */
  int together() {
    return together;
  }

  static List<LatencySide> of(List<String> words) {
    return words.stream().map(LatencySide::of).distinct().toList();
  }

  private static LatencySide of(String word) {
    return Arrays.stream(values())
        .filter(side -> side.word.equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new ConfigurationException(
                    "no side '" + word + "': there are hand-tuned, coalesced, warren and stored"));
  }
}
