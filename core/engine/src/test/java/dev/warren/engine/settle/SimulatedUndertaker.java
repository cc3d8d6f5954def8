package dev.warren.engine.settle;

import dev.warren.api.Failure;
import java.util.List;

/** Takes what the broker has given up, and sees to its dead letter and its outcome. */
final class SimulatedUndertaker {
  /** The type of the failure of what the broker has given up. */
  static final String DELIVERY_LIMIT = "DeliveryLimit";

  private final Simulation simulation;
  private final SimulatedDeliveries deliveries;
  private final SimulatedSettler settler;

  SimulatedUndertaker(
      Simulation simulation, SimulatedDeliveries deliveries, SimulatedSettler settler) {
    this.simulation = simulation;
    this.deliveries = deliveries;
    this.settler = settler;
  }

  /** Takes one message of the inbox; whether there was any. */
  boolean undertake() {
    SimulatedBroker.Message message = simulation.broker.deliverFromInbox();
    if (message == null) {
      return false;
    }
    SimulatedDelivery delivery = deliveries.take(SimulatedDelivery.UNDERTAKER, message);
    Failure failure = Failure.of(DELIVERY_LIMIT, "too many deliveries");
    Ran ran = Ran.not(delivery.holder(), simulation.now());
    for (int i = 0; i < delivery.size(); i++) {
      List<Command> commands = SettleRules.dead(delivery.task(i), failure, ran);
      boolean unheard = simulation.planted == Planted.UNDERTAKES_WITHOUT_AN_OUTCOME;
      settler.settle(delivery, i, unheard ? List.of(commands.getFirst()) : commands);
    }
    return true;
  }
}
