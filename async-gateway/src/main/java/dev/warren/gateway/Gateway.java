package dev.warren.gateway;

import dev.warren.engine.connection.Connections;
import dev.warren.engine.connection.ProcessName;
import dev.warren.engine.delivery.AttemptJournal;
import dev.warren.engine.delivery.EngineSettings;
import dev.warren.engine.health.Health;
import dev.warren.engine.limit.AdaptiveLimit;
import dev.warren.engine.member.Member;
import dev.warren.gateway.aggregate.Aggregator;
import dev.warren.gateway.aggregate.ResultStore;
import dev.warren.gateway.aggregate.StoreSettings;
import dev.warren.gateway.http.HttpApi;
import dev.warren.gateway.http.HttpSettings;
import dev.warren.gateway.lane.AsyncTaskProvider;
import dev.warren.gateway.lane.AsyncTasks;
import dev.warren.gateway.lane.EventLoopLane;
import dev.warren.gateway.lane.LoopWatch;
import dev.warren.producer.WarrenClient;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A gateway in this JVM: runs the non-blocking tasks of the providers on the class path and of
 * those given, on event loops, and keeps what became of all tasks of the fleet. Make it, let it
 * {@link #startAggregating} and {@link #startServing}, start and drain its {@link #member}, and
 * close it.
 */
public final class Gateway implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
  private static final Duration SETTLE_DEADLINE = Duration.ofSeconds(60);

  private static final Duration LOOPS_CLOSE_LIMIT = Duration.ofSeconds(5);

  /** Above this a consumer gains nothing, and RabbitMQ's quorum queues serve no more. */
  private static final int MOST_PREFETCH = 2_000;

  /** A loop blocked for so long makes a gateway not ready. */
  private static final Duration BLOCKED_TOO_LONG = Duration.ofSeconds(5);

  private final Vertx vertx;
  private final EventLoopLane lane;
  private final LoopWatch loops;
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Member member;
  private final GatewaySettings settings;
  private volatile @Nullable ResultStore store;
  private volatile @Nullable Aggregator aggregator;
  private volatile @Nullable HttpApi api;
  private volatile long stopBegan = System.nanoTime();
  private volatile boolean givenUp;

  /**
   * Makes a gateway that is not started yet.
   *
   * @throws dev.warren.api.ConfigurationException if something of it does not fit together
   */
  public Gateway(GatewaySettings settings, List<AsyncTaskProvider> providers) {
    this.settings = settings;
    registry.config().commonTags("process", "gateway-1");
    vertx =
        Vertx.vertx(
            LoopWatch.watched(
                new VertxOptions().setEventLoopPoolSize(settings.loops()),
                LoopWatch.DEFAULT_LIMIT));
    lane =
        settings.adaptive()
            ? new EventLoopLane(vertx, AdaptiveLimit.upTo(settings.inFlight()), settings.loops())
            : new EventLoopLane(vertx, settings.inFlight(), settings.loops());
    loops = new LoopWatch(vertx, lane, registry);
    AsyncTasks tasks = new AsyncTasks(vertx, settings.taskSettings());
    ServiceLoader.load(AsyncTaskProvider.class).forEach(found -> found.register(tasks));
    providers.forEach(given -> given.register(tasks));
    Map<String, Integer> prefetch = new HashMap<>();
    if (!settings.adaptive()) {
      settings
          .queues()
          .forEach(queue -> prefetch.put(queue, Math.min(settings.inFlight(), MOST_PREFETCH)));
    }
    EngineSettings engine =
        new EngineSettings(
            ProcessName.of("gateway"),
            settings.queues(),
            prefetch,
            settings.consumerTimeout(),
            SETTLE_DEADLINE,
            settings.stopGrace());
    member =
        new Member(
            new Member.Plan(
                settings.broker(), engine, settings.topology(), AttemptJournal.NONE, registry),
            tasks.registrations(),
            List.of(lane));
  }

  /** The member of the fleet that it is: start and drain it. */
  public Member member() {
    return member;
  }

  /**
   * Opens the store and records outcomes in it, as the settings say; nothing without a store. Waits
   * for another gateway that ends, and not for a broker that is away. Call once.
   *
   * @throws dev.warren.api.WarrenException if there is another gateway, or store or broker refuse
   */
  public void startAggregating() throws InterruptedException {
    StoreSettings where = settings.store();
    if (where == null) {
      return;
    }
    ResultStore opened = ResultStore.open(where, registry);
    store = opened;
    Aggregator made =
        new Aggregator(
            new Connections(settings.broker(), member.process()),
            settings.topology(),
            settings.consumerTimeout(),
            opened);
    aggregator = made;
    if (!givenUp) {
      made.start();
    }
  }

  /** Lets {@link #startAggregating} return without having started. */
  public void giveUpStart() {
    givenUp = true;
    Aggregator made = aggregator;
    if (made != null) {
      made.giveUpStart();
    }
  }

  /**
   * Serves the HTTP API, and tells who asks the fleet where. Call after {@link #startAggregating}.
   *
   * @return its address
   * @throws dev.warren.api.ConfigurationException if address or token file cannot be had
   */
  public URI startServing(HttpSettings where) {
    ResultStore results =
        results()
            .orElseThrow(
                () -> new IllegalStateException("a gateway without a store has nothing to serve"));
    HttpApi made =
        new HttpApi(
            where,
            new HttpApi.Parts(results, this::connect, this::health, this::metrics, registry));
    api = made;
    made.start();
    member.tell("http", made.address().toString());
    return made.address();
  }

  /** Begins to stop serving: new requests are refused, streams and waits end. Returns at once. */
  public void beginStopServing() {
    stopBegan = System.nanoTime();
    HttpApi served = api;
    if (served != null) {
      served.beginStop();
    }
  }

  /** Lets requests come to their end, for what is left of the grace since the stop began. */
  public void stopServing(Duration grace) throws InterruptedException {
    HttpApi served = api;
    if (served != null) {
      served.stop(grace.minusNanos(System.nanoTime() - stopBegan));
    }
  }

  private WarrenClient connect() {
    return WarrenClient.builder()
        .broker(settings.broker())
        .role("gateway")
        .appId("warren-gateway")
        .waiting(false)
        .connect();
  }

  /** What became of tasks and batches; empty before it aggregates. */
  public Optional<ResultStore> results() {
    return Optional.ofNullable(store);
  }

  /**
   * What it is doing now, for health checks; not ready while a task blocks an event loop, or while
   * outcomes cannot be recorded.
   */
  public Health health() {
    Health health = member.health();
    Optional<String> reason =
        loops
            .blockedFor(BLOCKED_TOO_LONG)
            .or(() -> Optional.ofNullable(aggregator).flatMap(Aggregator::trouble));
    return reason.isEmpty() || !health.ready()
        ? health
        : new Health(false, reason.get(), health.about());
  }

  /** Its metrics as Prometheus text. */
  public String metrics() {
    return registry.scrape();
  }

  /** A task that blocks its loop for ever must not keep the outcomes of others from the store. */
  private void closeLoops() {
    try {
      vertx.close().await(LOOPS_CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException blocked) {
      LOG.warn("the event loops did not end within {}: a task blocks one", LOOPS_CLOSE_LIMIT);
    } catch (Exception failed) {
      // Not only unchecked ones: waiting for a future throws whatever failed it, undeclared.
      if (failed instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      LOG.warn("the event loops did not end in order", failed);
    }
  }

  @Override
  public void close() {
    Optional.ofNullable(api).ifPresent(HttpApi::close);
    member.close();
    lane.close();
    closeLoops();
    // After its own last outcomes, which may still be recorded.
    Optional.ofNullable(aggregator).ifPresent(Aggregator::close);
    Optional.ofNullable(store).ifPresent(ResultStore::close);
    registry.close();
  }
}
