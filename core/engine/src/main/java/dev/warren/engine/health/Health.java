package dev.warren.engine.health;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.delivery.EngineState;
import java.util.stream.Collectors;

/**
 * How a process is doing.
 *
 * @param ready whether it does its work
 * @param reason why not, for people; empty if it is ready
 * @param about more of it, as JSON
 */
public record Health(boolean ready, String reason, ObjectNode about) {

  /** The health of an engine. */
  public static Health of(String process, EngineState state) {
    ObjectNode about = JsonCodec.json().createObjectNode();
    about.put("process", process);
    about.put("draining", state.draining());
    about.put("running", state.running());
    about.put("waiting", state.waiting());
    ArrayNode queues = about.putArray("queues");
    for (EngineState.QueueState queue : state.queues()) {
      ObjectNode one =
          queues
              .addObject()
              .put("queue", queue.queue())
              .put("consuming", queue.consuming())
              .put("detail", queue.detail())
              .put("unacknowledged", queue.unacknowledged());
      if (queue.paused().isPresent()) {
        one.put("paused", true);
      }
    }
    if (!state.stuck().isEmpty()) {
      ArrayNode stuck = about.putArray("stuck");
      state.stuck().forEach(each -> stuck.add(each.json()));
    }
    return new Health(state.ready(), reason(state), about);
  }

  private static String reason(EngineState state) {
    if (state.ready()) {
      return "";
    }
    if (!state.draining() && !state.trouble().isEmpty()) {
      return state.trouble();
    }
    return state.draining()
        ? "draining: it stops when what runs is done"
        : state.queues().stream()
            .filter(queue -> !queue.inOrder())
            .map(queue -> "queue " + queue.queue() + ": " + queue.detail())
            .collect(Collectors.joining("; "));
  }

  /** The body of an answer: status, reason and all the rest. */
  public ObjectNode json() {
    ObjectNode json = status();
    if (!reason.isEmpty()) {
      json.put("reason", reason);
    }
    json.setAll(about);
    return json;
  }

  /** The body of an answer to whom the rest does not concern. */
  public ObjectNode status() {
    return JsonCodec.json().createObjectNode().put("status", ready ? "ready" : "not ready");
  }
}
