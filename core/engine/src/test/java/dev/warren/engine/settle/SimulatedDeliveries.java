package dev.warren.engine.settle;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the broker has delivered and neither seen acknowledged nor got back, in the order of
 * delivery.
 */
final class SimulatedDeliveries {
  private final Simulation simulation;
  private final List<SimulatedDelivery> held = new ArrayList<>();
  private int losses;

  SimulatedDeliveries(Simulation simulation) {
    this.simulation = simulation;
  }

  SimulatedDelivery take(int worker, SimulatedBroker.Message message) {
    SimulatedDelivery delivery = new SimulatedDelivery(worker, message);
    held.add(delivery);
    return delivery;
  }

  boolean holds(SimulatedDelivery delivery) {
    return held.contains(delivery);
  }

  boolean isEmpty() {
    return held.isEmpty();
  }

  /** How many were lost on the way. */
  int losses() {
    return losses;
  }

  /** Does something with each delivery of a worker; it may end them. */
  void eachOf(int worker, Consumer<SimulatedDelivery> action) {
    held.stream().filter(each -> each.worker == worker).toList().forEach(action);
  }

  /** Any delivery with a task that waits for its start. */
  @Nullable SimulatedDelivery anyWaiting() {
    SimulatedDelivery chosen = null;
    int waiting = 0;
    for (SimulatedDelivery delivery : held) {
      if (!delivery.unstarted.isEmpty() && simulation.random.nextInt(++waiting) == 0) {
        chosen = delivery;
      }
    }
    return chosen;
  }

  /** The acknowledgements that are on their way reach the broker; whether there were any. */
  boolean acknowledge() {
    return held.removeIf(
        delivery -> {
          if (delivery.acknowledging) {
            simulation.books.acknowledged(delivery.message.tasks);
          }
          return delivery.acknowledging;
        });
  }

  /** The deliveries return; what was published goes on its way, and what runs goes on in vain. */
  void loseTheChannel(int worker) {
    eachOf(worker, this::giveBack);
  }

  void giveBack(SimulatedDelivery delivery) {
    if (!held.remove(delivery)) {
      return;
    }
    losses++;
    simulation.books.excuse(delivery.message.tasks);
    if (simulation.broker.takeBack(delivery.message, delivery.isUndertaken(), simulation.now())) {
      simulation.books.reachedTheLimit(delivery.message.tasks);
    }
  }
}
