package dev.warren.worker.supervise;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.engine.codec.JsonCodec;
import java.util.ArrayList;
import java.util.List;

/**
 * What a supervised process says of itself.
 *
 * @param answers whether it says anything
 * @param reason why it is not ready; empty if it is
 * @param running attempts that run
 * @param waiting attempts that wait for a thread there
 * @param paused its queues that are paused
 * @param json all of it
 */
record ChildReport(
    boolean answers,
    boolean ready,
    String reason,
    int running,
    int waiting,
    List<String> queues,
    List<String> paused,
    ObjectNode json) {

  /** It does not answer: it starts, or is gone, or too busy. */
  static ChildReport silent(String reason) {
    return new ChildReport(
        false, false, reason, 0, 0, List.of(), List.of(), JsonCodec.json().createObjectNode());
  }

  /** What {@code /health/ready} answered. */
  static ChildReport of(JsonNode told) {
    List<String> queues = new ArrayList<>();
    List<String> paused = new ArrayList<>();
    for (JsonNode queue : told.path("queues")) {
      queues.add(queue.path("queue").asText());
      if (queue.path("paused").asBoolean()) {
        paused.add(queue.path("queue").asText());
      }
    }
    return new ChildReport(
        true,
        told.path("status").asText().equals("ready"),
        told.path("reason").asText(),
        told.path("running").asInt(),
        told.path("waiting").asInt(),
        List.copyOf(queues),
        List.copyOf(paused),
        told instanceof ObjectNode object ? object : JsonCodec.json().createObjectNode());
  }

  /** Whether it takes work and has none. */
  boolean idle() {
    return answers && running == 0 && waiting == 0;
  }
}
