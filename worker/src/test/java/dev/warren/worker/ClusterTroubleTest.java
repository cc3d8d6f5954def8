package dev.warren.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.producer.WarrenClient;
import dev.warren.testkit.Broker;
import dev.warren.testkit.BrokerException;
import dev.warren.testkit.Cluster;
import dev.warren.testkit.FaultProxy;
import dev.warren.testkit.VirtualHost;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker at a cluster of three, behind what balances its connections, and a client at the member
 * that stays: the queue on which a client waits lives and dies with the member it was declared on.
 */
@Tag("full")
class ClusterTroubleTest {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterTroubleTest.class);
  private static final Duration LIMIT = Traffic.LIMIT;
  private static final Pattern MEMBER = Pattern.compile("member-(\\d)");
  private static final String FIND =
      """
      {ok, Queue} = rabbit_amqqueue:lookup(rabbit_misc:r(<<"VIRTUAL_HOST">>, queue, <<"QUEUE">>)),
      {Name, _} = amqqueue:get_pid(Queue),
      {Name, Leader} = ra_leaderboard:lookup_leader(Name),
      """;
  private static final String MOVE =
      """
      rabbit_quorum_queue:transfer_leadership(Queue, hd([node() | nodes()] -- [Leader])).
      """;

  @Test
  void aLeaderThatMovesOrDiesTakesNoTaskWithIt(@TempDir Path cache) throws Exception {
    Map<Integer, AtomicInteger> runs = new ConcurrentHashMap<>();
    try (Cluster cluster = Cluster.start(3)) {
      VirtualHost host = cluster.members().getFirst().createVirtualHost("moving");
      try (FaultProxy balancer = FaultProxy.to(cluster.uris(host));
          Worker worker = worker(balancer.uri(), runs);
          WarrenClient client =
              WarrenClient.builder()
                  .broker(quick(cluster.uris(host).getFirst()))
                  .typeCache(cache)
                  .sendDeadline(LIMIT)
                  .connect();
          Traffic traffic = Traffic.through(client)) {
        traffic.awaitMore(50);

        move(cluster, host);
        recovered("leader moved", worker, traffic);

        Broker stopped = leaderThatMayGo(cluster, host);
        stopped.node().stop();
        recovered("node of the leader stopped", worker, traffic);
        stopped.node().start();
        cluster.awaitRunning(3);
        recovered("node started again", worker, traffic);

        Broker killed = leaderThatMayGo(cluster, host);
        killed.node().kill();
        recovered("node of the leader killed", worker, traffic);
        killed.node().start();
        cluster.awaitRunning(3);

        traffic.requireAllSucceeded();
        int ran = runs.values().stream().mapToInt(AtomicInteger::get).sum();
        LOG.info("{} tasks ran {} times, a fifth of them fails at first", runs.size(), ran);
      }
    }
  }

  /** Has another member lead the work queue. */
  private static void move(Cluster cluster, VirtualHost host) {
    int before = leader(cluster, host);
    tell(cluster.members().get(before), host, MOVE);
    await().atMost(LIMIT).until(() -> leader(cluster, host) != before);
  }

  /** The member that leads the work queue, once that is not the client's. */
  private static Broker leaderThatMayGo(Cluster cluster, VirtualHost host) {
    if (leader(cluster, host) == 0) {
      move(cluster, host);
    }
    return cluster.members().get(leader(cluster, host));
  }

  private static Worker worker(URI broker, Map<Integer, AtomicInteger> runs)
      throws InterruptedException {
    Worker worker =
        Worker.builder(WorkerSettings.of(quick(broker)).withQueues("default"))
            .provider(Traffic.provider(runs))
            .build();
    worker.start();
    await().atMost(LIMIT).until(() -> worker.state().ready());
    return worker;
  }

  private static BrokerSettings quick(URI broker) {
    return BrokerSettings.of(broker)
        .withHeartbeat(Duration.ofSeconds(1))
        .withConnectTimeout(Duration.ofSeconds(2));
  }

  private static void recovered(String cause, Worker worker, Traffic traffic) {
    Duration took = traffic.awaitRunningAgain();
    LOG.info("{}: a task ran after {} ms", cause, took.toMillis());
    traffic.awaitMore(50);
    await().atMost(LIMIT).until(() -> worker.state().ready());
  }

  /** Which member leads the work queue. */
  private static int leader(Cluster cluster, VirtualHost host) {
    Broker running =
        cluster.members().stream().filter(ClusterTroubleTest::runs).findFirst().orElseThrow();
    Matcher name = MEMBER.matcher(tell(running, host, "Leader."));
    assertThat(name.find()).isTrue();
    return Integer.parseInt(name.group(1));
  }

  private static boolean runs(Broker member) {
    try {
      member.node().ctl("ping");
      return true;
    } catch (BrokerException stopped) {
      return false;
    }
  }

  private static String tell(Broker member, VirtualHost host, String what) {
    String find =
        FIND.replace("VIRTUAL_HOST", host.name()).replace("QUEUE", TopologyNames.work("default"));
    return member.node().ctl("eval", find + what);
  }
}
