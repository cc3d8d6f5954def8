package dev.warren.engine.settle;

import dev.warren.engine.wire.TaskMessage;
import java.util.TreeSet;

/** A delivery at a worker, or at the Undertaker. */
final class SimulatedDelivery {
  /** In the place of a worker's number. */
  static final int UNDERTAKER = -1;

  final int worker;
  final SimulatedBroker.Message message;
  final DeliveryBook book;

  /** Which of its tasks wait for their start. */
  final TreeSet<Integer> unstarted = new TreeSet<>();

  /** Whether the worker has sent its acknowledgement. */
  boolean acknowledging;

  SimulatedDelivery(int worker, SimulatedBroker.Message message) {
    this.worker = worker;
    this.message = message;
    this.book = new DeliveryBook(message.tasks.size());
  }

  int size() {
    return message.tasks.size();
  }

  TaskMessage task(int index) {
    return message.tasks.get(index);
  }

  boolean isUndertaken() {
    return worker == UNDERTAKER;
  }

  /** Who has it. */
  String holder() {
    return isUndertaken() ? "undertaker" : "worker-" + worker;
  }
}
