package dev.warren.engine.member;

import dev.warren.engine.delivery.QueuePreparation;
import dev.warren.engine.topology.Declarer;
import dev.warren.engine.topology.TopologyMode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes a queue ready again at each reconnect: the broker may have lost it, or be another one. The
 * first time it was just done by the worker's start.
 */
final class QueueBinding implements QueuePreparation {
  private final Declarer declarer;
  private final TopologyMode mode;
  private final Set<String> seen = ConcurrentHashMap.newKeySet();

  QueueBinding(Declarer declarer, TopologyMode mode) {
    this.declarer = declarer;
    this.mode = mode;
  }

  @Override
  public void prepare(String queue, List<String> types) {
    if (!seen.add(queue)) {
      declarer.establish(mode, Map.of(queue, Set.copyOf(types)));
    }
  }
}
