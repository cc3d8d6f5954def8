package dev.warren.engine.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.delivery.DrainReport;
import java.time.Duration;

/**
 * What a process is told over {@code warren.control} to do with itself, and what it answers: at
 * once whether it obeys, and when it is drained what became of its work.
 *
 * @param action what is to be done
 * @param by who asks, for people; may be empty
 */
public record StopOrder(Action action, String by) {
  /** What a process can be told. */
  public enum Action {
    /** To end in order and stay away. */
    DRAIN("drain"),
    /** To end in order, so that whoever supervises it starts it again. */
    RESTART("restart");

    private final String word;

    Action(String word) {
      this.word = word;
    }

    /** As it stands in messages. */
    public String word() {
      return word;
    }
  }

  /** The field of the first answer. */
  public static final String STOPPING = "stopping";

  /** The field of the second answer. */
  public static final String STOPPED = "stopped";

  private static final int LONGEST_BY = 200;

  static StopOrder read(Action action, JsonNode message) {
    String by = message.path("by").asText("");
    return new StopOrder(action, by.length() > LONGEST_BY ? by.substring(0, LONGEST_BY) : by);
  }

  /** What was told, for the log. */
  public String text() {
    return "told to " + action.word() + (by.isEmpty() ? "" : " by " + by);
  }

  /**
   * The answer of a process that obeys.
   *
   * @param grace what running tasks get to finish
   * @param supervised whether somebody starts it again when it ends
   */
  public ObjectNode obeyed(Duration grace, boolean supervised) {
    ObjectNode answer = JsonCodec.json().createObjectNode();
    answer
        .putObject(STOPPING)
        .put("action", action.word())
        .put("graceMillis", grace.toMillis())
        .put("supervised", supervised);
    return answer;
  }

  /** The answer of a process that does not. */
  public ObjectNode refused(String why) {
    ObjectNode answer = JsonCodec.json().createObjectNode();
    answer.putObject(STOPPING).put("action", action.word()).put("refused", why);
    return answer;
  }

  /** The last word of a process that was told to stop. */
  static ObjectNode stopped(DrainReport report) {
    ObjectNode answer = JsonCodec.json().createObjectNode();
    answer
        .putObject(STOPPED)
        .put("returned", report.returned())
        .put("interrupted", report.interrupted())
        .put("tookMillis", report.took().toMillis());
    return answer;
  }
}
