package dev.warren.engine.member;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.api.BrokerUnreachableException;
import dev.warren.api.TaskType;
import dev.warren.engine.connection.BackOff;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.connection.ProcessName;
import dev.warren.engine.control.ControlListener;
import dev.warren.engine.control.ProcessReport;
import dev.warren.engine.control.StopOrder;
import dev.warren.engine.delivery.AttemptJournal;
import dev.warren.engine.delivery.DeliveryEngine;
import dev.warren.engine.delivery.DrainReport;
import dev.warren.engine.delivery.EngineSettings;
import dev.warren.engine.delivery.EngineState;
import dev.warren.engine.delivery.Isolation;
import dev.warren.engine.delivery.LaneExecutor;
import dev.warren.engine.delivery.Registration;
import dev.warren.engine.health.Health;
import dev.warren.engine.metrics.EngineMetrics;
import dev.warren.engine.metrics.JvmMetrics;
import dev.warren.engine.permit.PermitDesk;
import dev.warren.engine.registry.Announcer;
import dev.warren.engine.registry.TypeAnnouncement;
import dev.warren.engine.settle.CrashNote;
import dev.warren.engine.topology.Declarer;
import dev.warren.engine.topology.Topology;
import dev.warren.engine.topology.TopologyMode;
import dev.warren.engine.topology.TopologyWatch;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member of the fleet in this JVM: consumes queues and runs tasks in lanes, declares what it
 * needs, announces what it runs, answers pings. Make it, {@link #start}, and end with {@link
 * #drain} and {@link #close}; without a drain, what runs goes back to its queue. Lanes, journal and
 * meter registry belong to whoever made them and are closed by them, afterwards.
 */
public final class Member implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Member.class);

  private final Plan plan;
  private final Instant since = Instant.now();
  private final List<LaneExecutor> lanes;
  private final Declarer declarer;
  private final EngineMetrics metrics;
  private final JvmMetrics jvm;
  private final PermitDesk permits;
  private final DeliveryEngine engine;
  private final Map<String, Set<String>> typesByQueue = new LinkedHashMap<>();
  private final TopologyWatch topology;
  private final Announcer announcer;
  private final ControlListener control;
  private final Map<String, String> facts = new ConcurrentHashMap<>();
  private final CountDownLatch ending = new CountDownLatch(1);
  private volatile boolean started;
  private volatile String starting = "not started";

  /**
   * What a member is.
   *
   * @param engine who it is, and which queues it serves how
   * @param topology what to do about queues and exchanges at the start and each reconnect
   * @param journal where it notes what runs
   * @param suspects what ran when a worker before it crashed; nothing unless told
   * @param isolation runs suspects apart from this process; none unless told
   */
  public record Plan(
      BrokerSettings broker,
      EngineSettings engine,
      TopologyMode topology,
      AttemptJournal journal,
      Set<CrashNote> suspects,
      Isolation isolation,
      MeterRegistry registry) {
    public Plan {
      suspects = Set.copyOf(suspects);
    }

    /** Without suspects known beforehand, and with nothing to isolate them. */
    public Plan(
        BrokerSettings broker,
        EngineSettings engine,
        TopologyMode topology,
        AttemptJournal journal,
        MeterRegistry registry) {
      this(broker, engine, topology, journal, Set.of(), Isolation.NONE, registry);
    }
  }

  /**
   * Makes a member that is not started yet.
   *
   * @throws dev.warren.api.ConfigurationException if a type is registered twice or lacks its lane
   */
  public Member(Plan plan, List<Registration<?, ?>> registrations, List<LaneExecutor> lanes) {
    this.plan = plan;
    this.lanes = List.copyOf(lanes);
    Connections connections = new Connections(plan.broker(), process());
    declarer = new Declarer(connections);
    metrics =
        new EngineMetrics(
            plan.registry(), registrations.stream().map(one -> one.type().name()).toList());
    DeliveryEngine.Builder parts =
        DeliveryEngine.builder(connections, plan.engine())
            .journal(plan.journal())
            .suspects(plan.suspects())
            .isolation(plan.isolation())
            .listener(metrics)
            .preparation(new QueueBinding(declarer, plan.topology()));
    registrations.forEach(parts::register);
    permits =
        new PermitDesk(
            connections,
            registrations.stream().<TaskType<?, ?>>map(Registration::type).toList(),
            plan.engine().consumerTimeout());
    parts.admission(permits);
    lanes.forEach(parts::lane);
    List<TypeAnnouncement> announcements = new ArrayList<>();
    for (String queue : plan.engine().queues()) {
      Set<String> types = new TreeSet<>();
      for (Registration<?, ?> served : parts.servedFrom(queue)) {
        types.add(served.type().name());
        announcements.add(announcement(served, queue));
      }
      typesByQueue.put(queue, types);
    }
    engine = parts.build();
    topology =
        new TopologyWatch(
            connections,
            Topology.unheard(typesByQueue),
            () -> declarer.establish(plan.topology(), typesByQueue));
    announcer = new Announcer(connections, announcements);
    control = new ControlListener(connections, this::told, engine::find);
    control.whenAskedForAdvice(engine::advice);
    metrics.watch(this::state, plan.engine().queues());
    metrics.watch(engine.cancellations());
    metrics.watchUndertaker(engine);
    lanes.forEach(metrics::watch);
    jvm = new JvmMetrics(plan.registry());
  }

  /**
   * Declares or verifies the topology and begins to consume. Waits for the broker as long as it
   * takes, or until {@link #giveUpStart} or {@link #close}.
   *
   * @throws dev.warren.api.WarrenException if the broker can be reached but refuses the login or
   *     the topology
   */
  public void start() throws InterruptedException {
    LOG.info("{} serves {} at {}", process().text(), typesByQueue, plan.broker().uri());
    if (!establishTopology()) {
      return;
    }
    started = true;
    if (permits.isNeeded()) {
      permits.start();
    }
    engine.start();
    topology.start();
    announcer.start();
    control.start();
  }

  /** Ends a {@link #start} that waits for the broker; it returns without having started. */
  public void giveUpStart() {
    ending.countDown();
  }

  /** Who it is, in connections and outcomes. */
  public ProcessName process() {
    return plan.engine().process();
  }

  /** What it is doing now. */
  public EngineState state() {
    return engine.state();
  }

  /** What it is doing now, for health checks. */
  public Health health() {
    Health health = Health.of(process().text(), state());
    return started ? health : new Health(false, starting, health.about());
  }

  /** Adds something to what it tells who asks the fleet, as an address where it can be reached. */
  public void tell(String name, String value) {
    facts.put(name, value);
  }

  /** What it tells who asks the fleet. */
  public ProcessReport report() {
    return new ProcessReport(process(), since, state(), lanes, metrics.done(), metrics.failed());
  }

  /**
   * Sets what obeys orders to stop that come over {@code warren.control}, and answers them; must
   * not block. By default they are refused.
   */
  void whenToldToStop(Function<StopOrder, ObjectNode> obeys) {
    control.whenToldToStop(obeys);
  }

  /**
   * Stops consuming, gives back what has not started, and waits until what runs is done. What still
   * runs after the grace is told to stop and given back. Call once, before {@link #close}.
   */
  public DrainReport drain(Duration grace) throws InterruptedException {
    ending.countDown();
    DrainReport report = started ? engine.drain(grace) : new DrainReport(0, 0, Duration.ZERO);
    control.stopped(report);
    return report;
  }

  /** Ends the grace of a drain that is under way. */
  public void hurry() {
    ending.countDown();
    engine.hurry();
  }

  /** Ends everything, in the order in which the parts need each other. */
  @Override
  public void close() {
    ending.countDown();
    if (started) {
      engine.close();
      permits.close();
      topology.close();
      announcer.close();
      control.close();
    }
    jvm.close();
  }

  /** False if the member was closed before the broker answered. */
  private boolean establishTopology() throws InterruptedException {
    BackOff backOff = new BackOff();
    while (ending.getCount() > 0) {
      try {
        declarer.establish(plan.topology(), typesByQueue);
        return true;
      } catch (BrokerUnreachableException away) {
        starting = "waiting for the broker: " + away.getMessage();
        LOG.warn("{}; trying again until it answers", away.getMessage());
      }
      if (ending.await(backOff.next().toMillis(), TimeUnit.MILLISECONDS)) {
        return false;
      }
    }
    return false;
  }

  private ObjectNode told() {
    ObjectNode json = report().json();
    facts.forEach(json::put);
    if (permits.isNeeded()) {
      ArrayNode told = json.putArray("permits");
      for (PermitDesk.Standing each : permits.standings()) {
        told.addObject()
            .put("name", each.name())
            .put("held", each.held())
            .put("waiting", each.waiting())
            .put("trouble", each.trouble());
      }
    }
    return json;
  }

  private TypeAnnouncement announcement(Registration<?, ?> served, String queue) {
    return TypeAnnouncement.of(
            served.announced(), served.lane(), ProcessReport.version(), process().text(), since)
        .in(queue);
  }
}
