package dev.warren.bench;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.api.Outcome;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.connection.ProcessName;
import dev.warren.engine.publish.Outgoing;
import dev.warren.engine.publish.PublishResult;
import dev.warren.engine.publish.Publisher;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.EventCodec;
import dev.warren.engine.wire.EventText;
import dev.warren.engine.wire.Lineage;
import dev.warren.engine.wire.OutcomeEvent;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;

/**
 * Whether a gateway takes outcomes as fast when it has millions of them. They are made up here and
 * published as workers publish them, many in a message, so that the gateway is what is measured.
 */
final class StoreBench {
  private static final int DEFAULT_TASKS = 5_000_000;

  /** Of all: so many are recorded first, and so many each time it is measured. */
  private static final int SHARE = 20;

  private static final int EVENTS_PER_MESSAGE = 100;
  private static final int UNCONFIRMED = 8;
  private static final int LOOKUPS = 200;
  private static final String ENDED = "warren_aggregate_ended_total";
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(20);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);

  private final BenchRun run;
  private final int tasks;
  private final int sample;
  private final JsonText result;
  private final Path data;

  /** One task of each message that was published. */
  private final List<TaskId> known = new ArrayList<>();

  private final LongAdder failed = new LongAdder();

  StoreBench(BenchRun run) {
    this.run = run;
    this.tasks = run.settings().find(BenchKeys.TASKS).orElse(DEFAULT_TASKS);
    this.sample = Math.max(EVENTS_PER_MESSAGE, tasks / SHARE);
    this.result = JsonText.of('"' + Submitters.text(run.settings().get(BenchKeys.BYTES)) + '"');
    this.data = run.workFolder().resolve("store");
  }

  StoreReport run() throws InterruptedException {
    Instant began = Instant.now();
    Machine machine = Machine.here();
    List<StoreReport.Moment> moments = new ArrayList<>();
    double start;
    try (BenchBroker.Place place = run.broker().place()) {
      int port = Ports.free();
      try (FleetProcess gateway = gateway(place, port, "first");
          Publisher publisher = publisher(place)) {
        publisher.start();
        // The compilers first.
        record(gateway, publisher, place, sample);
        moments.add(moment(gateway, publisher, place, port));
        while (known.size() * (long) EVENTS_PER_MESSAGE < tasks) {
          record(gateway, publisher, place, sample);
          run.say("%,d are stored".formatted(known.size() * EVENTS_PER_MESSAGE));
        }
        moments.add(moment(gateway, publisher, place, port));
      }
      long begun = System.nanoTime();
      try (FleetProcess again = gateway(place, port, "again")) {
        start = (System.nanoTime() - begun) / 1e9;
        moments.add(lookedAt(again, port));
      }
    }
    return new StoreReport(
        began,
        machine,
        run.broker().version(),
        "%,d outcomes of %d bytes, %d in a message"
            .formatted(tasks, run.settings().get(BenchKeys.BYTES), EVENTS_PER_MESSAGE),
        moments,
        start,
        failed.sum());
  }

  private FleetProcess gateway(BenchBroker.Place place, int port, String log)
      throws InterruptedException {
    List<String> options = new ArrayList<>();
    options.addAll(List.of("--log-format", "text", "--http", "127.0.0.1:" + port));
    options.addAll(List.of("--data", data.toString()));
    options.addAll(run.words(BenchKeys.GATEWAY_OPTIONS));
    return FleetProcess.gateway(
        place.settings(),
        options,
        run.words(BenchKeys.GATEWAY_JAVA_OPTIONS),
        run.workFolder().resolve("store-" + log + ".log"));
  }

  private static Publisher publisher(BenchBroker.Place place) {
    Connections connections = new Connections(place.settings(), ProcessName.of("bench"));
    return new Publisher("warren-bench-outcomes", () -> connections.open("publish"), UNCONFIRMED);
  }

  private StoreReport.Moment moment(
      FleetProcess gateway, Publisher publisher, BenchBroker.Place place, int port)
      throws InterruptedException {
    long before = known.size() * (long) EVENTS_PER_MESSAGE;
    Usage usage = record(gateway, publisher, place, sample);
    StoreReport.Moment seen = lookedAt(gateway, port);
    run.say(
        "with %,d stored: %.1f us of the gateway's processor time for one more"
            .formatted(before, StoreReport.micros(usage, sample)));
    return new StoreReport.Moment(
        before, sample, usage, seen.memory(), seen.fileMib(), seen.lookupP50(), seen.listMillis());
  }

  private StoreReport.Moment lookedAt(FleetProcess gateway, int port) throws InterruptedException {
    Memory memory = Memory.of(gateway);
    double[] millis = new double[LOOKUPS];
    try (HttpClient http = HttpClient.newHttpClient()) {
      for (int i = 0; i < LOOKUPS; i++) {
        TaskId id = known.get((int) ((long) i * known.size() / LOOKUPS));
        millis[i] = ask(http, port, "/v1/tasks/" + id);
      }
      Arrays.sort(millis);
      double list = ask(http, port, "/v1/events?last=100&follow=false");
      return new StoreReport.Moment(
          known.size() * (long) EVENTS_PER_MESSAGE,
          0,
          new Usage(1, List.of(), 0),
          memory,
          fileMib(),
          millis[LOOKUPS / 2],
          list);
    }
  }

  /** Milliseconds until the answer; anything but 200 is counted as a failure. */
  private double ask(HttpClient http, int port, String path) throws InterruptedException {
    long begun = System.nanoTime();
    try {
      int status =
          http.send(
                  HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                      .timeout(ANSWER_LIMIT)
                      .build(),
                  BodyHandlers.ofByteArray())
              .statusCode();
      if (status != 200) {
        failed.increment();
      }
    } catch (IOException noAnswer) {
      failed.increment();
    }
    return (System.nanoTime() - begun) / 1e6;
  }

  /** Publishes so many outcomes, and waits until they are recorded. */
  private Usage record(
      FleetProcess gateway, Publisher publisher, BenchBroker.Place place, int count)
      throws InterruptedException {
    long wanted = gateway.count(ENDED) + count;
    Usage.Meter meter =
        Usage.Meter.start(
            List.of(
                place.part(),
                Part.ofThisProcess("client"),
                Part.ofTree("gateway", gateway.handle())));
    Semaphore room = new Semaphore(UNCONFIRMED);
    for (int left = count; left > 0; left -= EVENTS_PER_MESSAGE) {
      room.acquire();
      publisher.publish(
          message(Math.min(left, EVENTS_PER_MESSAGE)),
          LIMIT,
          settled -> {
            room.release();
            if (!(settled instanceof PublishResult.Confirmed)) {
              failed.increment();
            }
          });
    }
    long deadline = System.nanoTime() + LIMIT.toNanos();
    for (long now = 0; now < wanted; now = gateway.count(ENDED)) {
      if (gateway.awaitEnd(LOOK_AGAIN) || System.nanoTime() - deadline > 0) {
        throw new BenchException("the gateway recorded %,d, not %,d".formatted(now, wanted));
      }
    }
    return meter.read();
  }

  private Outgoing message(int events) {
    List<EventText> texts = new ArrayList<>(events);
    String key = "";
    for (int i = 0; i < events; i++) {
      OutcomeEvent event = outcome();
      key = event.routingKey();
      texts.add(EventCodec.text(event));
      if (i == 0) {
        known.add(event.task());
      }
    }
    BasicProperties properties =
        new BasicProperties.Builder()
            .contentType("application/json")
            .deliveryMode(2)
            .type(OutcomeEvent.NAME)
            .messageId(UUID.randomUUID().toString())
            .build();
    return new Outgoing(TopologyNames.EVENTS, key, properties, EventCodec.message(texts), true);
  }

  private OutcomeEvent outcome() {
    TaskId id = TaskId.next();
    Instant now = Instant.now();
    return new OutcomeEvent(
        id,
        1,
        "echo",
        "default",
        1,
        "worker-1@bench",
        "virtual",
        now,
        now,
        now,
        Outcome.Status.SUCCEEDED,
        result,
        null,
        Lineage.of(id),
        false);
  }

  private double fileMib() {
    try (var files = Files.list(data)) {
      long bytes = 0;
      for (Path file : files.toList()) {
        bytes += Files.size(file);
      }
      return bytes / (double) (1 << 20);
    } catch (IOException gone) {
      throw new BenchException("the folder of the store cannot be read", gone);
    }
  }
}
