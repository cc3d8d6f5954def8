package dev.warren.bench;

import dev.warren.api.SubmitOptions;
import dev.warren.producer.Batch;
import dev.warren.producer.WarrenClient;
import dev.warren.producer.gateway.BatchStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/**
 * Fan-out and fan-in: a batch is opened, filled, sealed, and awaited until the gateway tells that
 * it is complete; then comes the next one. In turns with PerfTest.
 */
final class FanOut implements Scenario.Measurement {
  private static final Duration LIMIT = Duration.ofMinutes(5);

  @Override
  public TurnsReport measure(BenchRun run) throws InterruptedException {
    int bytes = run.settings().get(BenchKeys.BYTES);
    String text = Submitters.text(bytes);
    Turns turns = new Turns(run, "batch");
    for (int members : run.numbers(BenchKeys.MEMBERS, 1, 1_000_000)) {
      Spans spans = new Spans();
      WarrenSide.Load load =
          new WarrenSide.Load(
              "batches of %,d echo of %d bytes, one after the other".formatted(members, bytes),
              members,
              members,
              1,
              client -> (count, end) -> spans.time(() -> batch(client, text, count, end)));
      int window = run.settings().get(BenchKeys.WINDOW);
      try (WarrenSide warren =
          WarrenSide.open(run, FleetPlan.usual(window), load).with(spans::read)) {
        List<Side> sides = new ArrayList<>(List.of(warren));
        sides.addAll(PerfTestSide.of(run, bytes));
        turns.measure("batches of %,d".formatted(members), sides);
      }
    }
    return turns.report();
  }

  private static void batch(WarrenClient client, String text, int count, ClosedLoop.End end) {
    BatchStatus status;
    try (Batch batch = client.openBatch("")) {
      Stream<Object> arguments = Collections.<Object>nCopies(count, text).stream();
      batch.addAll(Submitters.ECHO, arguments, SubmitOptions.DEFAULT).forEach(handle -> {});
      status = batch.seal().await(LIMIT);
    }
    for (int i = 0; i < count; i++) {
      end.ended(i < status.succeeded());
    }
  }
}
