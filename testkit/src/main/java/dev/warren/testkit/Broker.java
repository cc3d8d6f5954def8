package dev.warren.testkit;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running broker, seen as its administrator. */
public final class Broker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Broker.class);
  private static final Duration ELECTION_LIMIT = Duration.ofSeconds(30);
  private static final String ALL_HAVE_LEADERS =
      """
      lists:all(
        fun(Queue) ->
          {Name, _} = amqqueue:get_pid(Queue),
          ra_leaderboard:lookup_leader(Name) =/= undefined
        end,
        [Queue || Queue <- rabbit_amqqueue:list(<<"VIRTUAL_HOST">>),
                  amqqueue:get_type(Queue) =:= rabbit_quorum_queue]).""";

  private final AtomicBoolean maybeRestarted = new AtomicBoolean();
  private final BrokerAddress address;
  private final Optional<BrokerNode> node;
  private final AutoCloseable process;
  private final ManagementApi management;
  private final BrokerVersion version;

  Broker(BrokerAddress address, Optional<BrokerNode> node, AutoCloseable process) {
    this.address = address;
    this.node = node;
    this.process = process;
    this.management = new ManagementApi(address);
    try {
      version = BrokerVersion.of(management.get("/api/overview").path("rabbitmq_version").asText());
    } catch (RuntimeException e) {
      close();
      throw new BrokerException(
          "no broker with a management API at %s (%s): %s. %s"
              .formatted(
                  address, address.management(), e.getMessage(), BrokerChoice.HOW_TO_GET_A_BROKER),
          e);
    }
  }

  /**
   * Starts a node of its own from the installed {@code rabbitmq-server}, whatever broker the tests
   * of this JVM run on; it ends when it is closed, and not later than this JVM.
   */
  public static Broker startNode() {
    return new BrokerChoice.NewNode().open();
  }

  /** Starts a container of its own; it ends when it is closed. */
  public static Broker startContainer(String image) {
    return new BrokerChoice.InDocker(image).open();
  }

  /** Version that the broker says it has. */
  public BrokerVersion version() {
    return version;
  }

  /** Root of the management plugin's user interface and API, without credentials. */
  public URI managementUri() {
    return address.management();
  }

  /**
   * Makes a virtual host with a unique name, on which the administrator has all rights.
   *
   * @param prefix how the name begins
   */
  public VirtualHost createVirtualHost(String prefix) {
    String name = prefix + "-" + Names.random();
    management.put(ManagementApi.path("vhosts", name), Map.of());
    management.put(
        ManagementApi.path("permissions", name, address.user()),
        Map.of("configure", ".*", "write", ".*", "read", ".*"));
    return new VirtualHost(this, name);
  }

  /**
   * The broker's process.
   *
   * @throws BrokerException for a broker of which only the URI is known
   */
  public BrokerNode node() {
    maybeRestarted.set(true);
    return node.orElseThrow(
        () ->
            new BrokerException(
                "of the broker at "
                    + address
                    + " only the URI is known, so it cannot be stopped or told things by"
                    + " rabbitmqctl. Unset WARREN_TEST_BROKER, or name the folder of the private"
                    + " node in WARREN_TEST_NODE_DIR."));
  }

  /**
   * Raises the memory alarm, which blocks every publisher of the broker until it is closed.
   *
   * @throws BrokerException for a broker of which only the URI is known
   */
  public Alarm raiseMemoryAlarm() {
    return Alarm.memory(this);
  }

  /**
   * Raises the alarm for too little free disk space; like {@link #raiseMemoryAlarm}.
   *
   * @throws BrokerException for a broker of which only the URI is known
   */
  public Alarm raiseDiskAlarm() {
    return Alarm.disk(this);
  }

  /** Whether a resource alarm is on, on any node of the cluster. */
  boolean hasAlarm() {
    return management.status("/api/health/checks/alarms") == 503;
  }

  /** Whether the list of nodes shows an alarm; it comes from statistics, so it lags behind. */
  boolean showsAlarm() {
    return StreamSupport.stream(management.get("/api/nodes").spliterator(), false)
        .anyMatch(
            member ->
                member.path("mem_alarm").asBoolean() || member.path("disk_free_alarm").asBoolean());
  }

  /** How many nodes of its cluster this node sees running; 0 when it does not answer. */
  long runningNodes() {
    try {
      return StreamSupport.stream(management.get("/api/nodes").spliterator(), false)
          .filter(member -> member.path("running").asBoolean())
          .count();
    } catch (BrokerException e) {
      return 0;
    }
  }

  /**
   * Waits until each quorum queue of a virtual host has its leader, if the node may have been
   * started since this was last asked.
   *
   * <p>To delete a queue that dead-letters at least once just when it elects its leader ends the
   * broker's {@code rabbit_fifo_dlx_sup} for good: the worker of the queue crashes, and again when
   * it is started anew, which 3.10 takes for too often (rabbitmq-server #16652 tells of the same in
   * 4.2). Until the next start of the node no such queue can be declared or elect a leader, so all
   * tests after that one would fail.
   */
  void awaitLeaders(String virtualHost) {
    if (node.isEmpty() || !maybeRestarted.getAndSet(false)) {
      return;
    }
    String question = ALL_HAVE_LEADERS.replace("VIRTUAL_HOST", virtualHost);
    try {
      Awaitility.await("leaders of the quorum queues of " + virtualHost)
          .atMost(ELECTION_LIMIT)
          .pollDelay(Duration.ZERO)
          .until(() -> node.get().ctl("eval", question).equals("true"));
    } catch (BrokerException | ConditionTimeoutException stopped) {
      // A node that a test has left without its majority, or stopped: the deletion will say so.
      LOG.warn("deleting {} all the same: {}", virtualHost, stopped.getMessage());
    }
  }

  BrokerAddress address() {
    return address;
  }

  ManagementApi management() {
    return management;
  }

  @Override
  public void close() {
    management.close();
    try {
      process.close();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new BrokerException("the broker at " + address + " could not be stopped", e);
    }
  }
}
