package dev.warren.bench.latency;

import dev.warren.api.Outcome;
import dev.warren.api.SubmitOptions;
import dev.warren.api.TaskHandle;
import dev.warren.api.TaskType;
import dev.warren.producer.WarrenClient;

/** Submits {@code echo} through the client library. */
final class WarrenSubmitter implements Submitting {
  private static final TaskType<Object, Object> ECHO =
      TaskType.of("echo", Object.class, Object.class);

  private final WarrenClient client;
  private final Object argument;

  /**
   * @param bytes the size of a task's arguments as JSON
   */
  WarrenSubmitter(WarrenClient client, int bytes) {
    this.client = client;
    // With its quotation marks.
    this.argument = "x".repeat(Math.max(0, bytes - 2));
  }

  @Override
  public void submit(End end) {
    client
        .submitAsync(ECHO, argument, SubmitOptions.DEFAULT)
        .thenCompose(TaskHandle::outcome)
        .whenComplete((outcome, failure) -> end.ended(outcome instanceof Outcome.Succeeded));
  }

  /** The library sends by itself. */
  @Override
  public void aboutToWait() {}

  @Override
  public void close() {
    client.close();
  }
}
