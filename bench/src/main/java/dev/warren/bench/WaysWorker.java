package dev.warren.bench;

import dev.warren.api.Lane;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.logging.LogFormat;
import dev.warren.worker.Worker;
import dev.warren.worker.WorkerSettings;
import java.net.URI;
import java.util.concurrent.CountDownLatch;

/**
 * A worker JVM with one lane, as {@code warren worker} would be with these tasks. Arguments: lane,
 * queue, concurrency. Runs until it is ended.
 */
final class WaysWorker {
  static final String READY = "consumes";

  private WaysWorker() {}

  public static void main(String[] arguments) throws InterruptedException {
    LogFormat.apply(LogFormat.TEXT, LogFormat.Level.WARN, "worker-1");
    Lane lane = Lane.valueOf(arguments[0]);
    String queue = arguments[1];
    int concurrency = Integer.parseInt(arguments[2]);
    WorkerSettings settings =
        WorkerSettings.of(BrokerSettings.of(URI.create(System.getenv("WARREN_BROKER_URI"))))
            .withQueues(queue)
            .withConcurrency(concurrency, concurrency);
    try (Worker worker = Worker.builder(settings).provider(new WaysTasks(lane, queue)).build()) {
      worker.start();
      System.out.println(READY);
      new CountDownLatch(1).await();
    }
  }
}
