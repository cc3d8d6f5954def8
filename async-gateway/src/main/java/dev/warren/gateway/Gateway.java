package dev.warren.gateway;

import dev.warren.engine.connection.ProcessName;
import dev.warren.engine.delivery.AttemptJournal;
import dev.warren.engine.delivery.EngineSettings;
import dev.warren.engine.health.Health;
import dev.warren.engine.member.Member;
import dev.warren.gateway.lane.AsyncTaskProvider;
import dev.warren.gateway.lane.AsyncTasks;
import dev.warren.gateway.lane.EventLoopLane;
import dev.warren.gateway.lane.LoopWatch;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * A gateway in this JVM: runs the non-blocking tasks of the providers on the class path and of
 * those given, on event loops. Make it, start and drain its {@link #member}, and close it.
 */
public final class Gateway implements AutoCloseable {
  private static final Duration SETTLE_DEADLINE = Duration.ofSeconds(60);

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

  /**
   * Makes a gateway that is not started yet.
   *
   * @throws dev.warren.api.ConfigurationException if something of it does not fit together
   */
  public Gateway(GatewaySettings settings, List<AsyncTaskProvider> providers) {
    registry.config().commonTags("process", "gateway-1");
    vertx =
        Vertx.vertx(
            LoopWatch.watched(
                new VertxOptions().setEventLoopPoolSize(settings.loops()),
                LoopWatch.DEFAULT_LIMIT));
    lane = new EventLoopLane(vertx, settings.inFlight(), settings.loops());
    loops = new LoopWatch(vertx, lane, registry);
    AsyncTasks tasks = new AsyncTasks(vertx, settings.taskSettings());
    ServiceLoader.load(AsyncTaskProvider.class).forEach(found -> found.register(tasks));
    providers.forEach(given -> given.register(tasks));
    Map<String, Integer> prefetch = new HashMap<>();
    settings
        .queues()
        .forEach(queue -> prefetch.put(queue, Math.min(settings.inFlight(), MOST_PREFETCH)));
    EngineSettings engine =
        new EngineSettings(
            ProcessName.of("gateway"),
            settings.queues(),
            prefetch,
            settings.consumerTimeout(),
            SETTLE_DEADLINE);
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

  /** What it is doing now, for health checks; not ready while a task blocks an event loop. */
  public Health health() {
    Health health = member.health();
    Optional<String> blocked = loops.blockedFor(BLOCKED_TOO_LONG);
    return blocked.isEmpty() || !health.ready()
        ? health
        : new Health(false, blocked.get(), health.about());
  }

  /** Its metrics as Prometheus text. */
  public String metrics() {
    return registry.scrape();
  }

  @Override
  public void close() {
    member.close();
    lane.close();
    vertx.close().await();
    registry.close();
  }
}
