package dev.warren.bench.latency;

import dev.warren.api.ConfigurationException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** One of those that take turns. */
enum LatencySide {
  /** The AMQP client alone, a message for each result. */
  HAND_TUNED("hand-tuned", 1),
  /** The same, but results go to a classic queue of the submitter too, which hears them there. */
  HAND_TUNED_WAIT("hand-tuned-wait", 1),
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

  /** By which ways results of the hand-tuned program go: a word for {@link LatencyProgram}. */
  String ways() {
    return this == HAND_TUNED_WAIT ? LatencyProgram.BOTH_WAYS : LatencyProgram.ONE_WAY;
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
                    "no side '%s': there are %s"
                        .formatted(
                            word,
                            Arrays.stream(values())
                                .map(LatencySide::word)
                                .collect(Collectors.joining(", ")))));
  }
}
