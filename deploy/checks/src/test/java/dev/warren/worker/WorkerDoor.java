package dev.warren.worker;

import dev.warren.engine.configuration.Key;
import java.util.List;

/** Shows the settings of the worker program to the checks of the deployment. */
public final class WorkerDoor {
  private WorkerDoor() {}

  public static List<Key<?>> keys() {
    return WorkerKeys.ALL;
  }
}
