package dev.warren.producer.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.wire.Pong;
import dev.warren.producer.FleetQuery;
import dev.warren.producer.QueueDepth;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fleet at one time; two of them make rates.
 *
 * @param nanos when it was taken
 */
record FleetSample(long nanos, List<QueueDepth> queues, List<Pong> processes) {
  private static final Duration PING_LIMIT = Duration.ofSeconds(2);

  static FleetSample take(FleetQuery fleet, List<String> queues) {
    List<QueueDepth> depths = fleet.queues(queues);
    long nanos = System.nanoTime();
    return new FleetSample(nanos, depths, fleet.ping(PING_LIMIT));
  }

  /** Deliveries of each queue that processes hold. */
  private Map<String, Long> held() {
    Map<String, Long> held = new HashMap<>();
    for (Pong pong : processes) {
      for (JsonNode consumer : pong.about().path("consumers")) {
        held.merge(
            consumer.path("queue").asText(), consumer.path("held").asLong(), (a, b) -> a + b);
      }
    }
    return held;
  }

  Table queueTable(@Nullable FleetSample before) {
    Table table = new Table("queue", "ready", "unacked", "change/s", "workers", "dead", "paused");
    Map<String, String> paused = Pauses.of(processes);
    Map<String, Long> held = held();
    Map<String, Long> heldBefore = before == null ? Map.of() : before.held();
    for (QueueDepth queue : queues) {
      if (queue.state() != QueueDepth.State.THERE) {
        continue;
      }
      long unacked = held.getOrDefault(queue.queue(), 0L);
      table.row(
          queue.queue(),
          queue.ready(),
          unacked,
          before == null
              ? NullNode.getInstance()
              : rate(
                  queue.ready() + unacked - before.backlog(queue.queue(), heldBefore),
                  nanos - before.nanos),
          queue.consumers(),
          queue.dead().isPresent() ? queue.dead().getAsLong() : NullNode.getInstance(),
          paused.containsKey(queue.queue()) ? paused.get(queue.queue()) : NullNode.getInstance());
    }
    return table;
  }

  private long backlog(String queue, Map<String, Long> held) {
    return queues.stream()
            .filter(each -> each.queue().equals(queue))
            .mapToLong(QueueDepth::ready)
            .sum()
        + held.getOrDefault(queue, 0L);
  }

  Table processTable(@Nullable FleetSample before) {
    Table table =
        new Table("process", "state", "lanes", "waiting", "done/s", "failed/s", "done", "failed");
    for (Pong pong : processes) {
      JsonNode about = pong.about();
      @Nullable JsonNode earlier = before == null ? null : before.about(pong);
      table.row(
          pong.process(),
          about.path("state").asText(),
          lanes(about),
          about.path("waiting").asLong(),
          rate(about, earlier, "done"),
          rate(about, earlier, "failed"),
          about.path("done").asLong(),
          about.path("failed").asLong());
    }
    return table;
  }

  private @Nullable JsonNode about(Pong later) {
    return processes.stream()
        .filter(
            pong ->
                pong.process().equals(later.process())
                    && pong.about().path("since").equals(later.about().path("since")))
        .findFirst()
        .map(Pong::about)
        .orElse(null);
  }

  private static List<String> lanes(JsonNode about) {
    List<String> lanes = new ArrayList<>();
    for (JsonNode lane : about.path("lanes")) {
      lanes.add(
          lane.path("lane").asText()
              + " "
              + lane.path("running").asLong()
              + "/"
              + lane.path("concurrency").asLong());
    }
    return lanes;
  }

  /** By the process's own clock, as answers take their time. */
  private static Object rate(JsonNode now, @Nullable JsonNode before, String counter) {
    if (before == null) {
      return NullNode.getInstance();
    }
    long millis = now.path("at").asLong() - before.path("at").asLong();
    long count = now.path(counter).asLong() - before.path(counter).asLong();
    return millis <= 0 ? NullNode.getInstance() : rounded(count * 1_000.0 / millis);
  }

  private static Object rate(long count, long nanos) {
    return nanos <= 0 ? NullNode.getInstance() : rounded(count * 1e9 / nanos);
  }

  private static double rounded(double value) {
    double rounded = Math.round(value * 10) / 10.0;
    return rounded == 0 ? 0 : rounded;
  }

  ObjectNode json(@Nullable FleetSample before) {
    ObjectNode json = JsonCodec.json().createObjectNode();
    json.set("queues", queueTable(before).toJson());
    json.set("processes", processTable(before).toJson());
    return json;
  }
}
