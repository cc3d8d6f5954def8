package dev.warren.bench.chaos;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.warren.bench.BenchException;
import dev.warren.testkit.Alarm;
import dev.warren.testkit.Broker;
import dev.warren.testkit.Cluster;
import dev.warren.testkit.VirtualHost;
import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The broker that is tormented: a node, a container or a cluster, made for the run. */
final class ChaosBroker implements AutoCloseable {
  /** What kind of broker. */
  enum Kind {
    NODE,
    DOCKER
  }

  private static final int MEMBERS = 3;
  private static final int CONNECT_MILLIS = 5_000;
  private static final Pattern MEMBER = Pattern.compile("member-(\\d+)@");
  private static final String LEADER_OF =
      """
      {ok, Queue} = rabbit_amqqueue:lookup(rabbit_misc:r(<<"HOST">>, queue, <<"NAME">>)),
      {Name, _} = amqqueue:get_pid(Queue),
      ra_leaderboard:lookup_leader(Name).""";

  private final List<Broker> members;
  private final @Nullable Cluster cluster;
  private final VirtualHost host;

  private ChaosBroker(List<Broker> members, @Nullable Cluster cluster) {
    this.members = List.copyOf(members);
    this.cluster = cluster;
    this.host = members.getFirst().createVirtualHost("warren-chaos");
  }

  static ChaosBroker start(Kind kind, String image) {
    Broker broker =
        switch (kind) {
          case NODE -> Broker.startNode();
          case DOCKER -> Broker.startContainer(image);
        };
    try {
      return new ChaosBroker(List.of(broker), null);
    } catch (RuntimeException failed) {
      broker.close();
      throw failed;
    }
  }

  static ChaosBroker startCluster() {
    Cluster cluster = Cluster.start(MEMBERS);
    try {
      return new ChaosBroker(cluster.members(), cluster);
    } catch (RuntimeException failed) {
      cluster.close();
      throw failed;
    }
  }

  String description() {
    return "RabbitMQ "
        + members.getFirst().version()
        + (cluster == null ? "" : ", cluster of " + members.size());
  }

  /** Where the members listen; each with the virtual host and its administrator. */
  List<URI> uris() {
    return cluster == null ? List.of(host.uri()) : cluster.uris(host);
  }

  /** Has every member write down which queues it has: see the testkit's node. */
  void sync() {
    members.forEach(member -> member.node().sync());
  }

  void restart() {
    members.getFirst().node().restart();
  }

  void killAndStart() {
    members.getFirst().node().kill();
    members.getFirst().node().start();
  }

  Alarm raiseMemoryAlarm(int choice) {
    return members.get(choice % members.size()).raiseMemoryAlarm();
  }

  Alarm raiseDiskAlarm(int choice) {
    return members.get(choice % members.size()).raiseDiskAlarm();
  }

  /** The member that leads a queue. */
  Member leaderOf(String queue) {
    String question = LEADER_OF.replace("HOST", host.name()).replace("NAME", queue);
    String answer = members.getFirst().node().ctl("eval", question);
    Matcher name = MEMBER.matcher(answer);
    if (!name.find()) {
      throw new BenchException("no member leads " + queue + ": " + answer);
    }
    int number = Integer.parseInt(name.group(1));
    return new Member("member-" + number, members.get(number));
  }

  /** A member of the cluster. */
  record Member(String name, Broker broker) {}

  /** Waits until all members run and each queue has its leader. */
  void awaitWhole() {
    if (cluster != null) {
      cluster.awaitRunning(members.size());
    }
  }

  /** A connection of the books, past the proxies: to the first member that answers. */
  Connection connect(String name) throws IOException, TimeoutException {
    IOException none = new IOException("no member of the broker answers");
    for (URI uri : uris()) {
      ConnectionFactory factory = new ConnectionFactory();
      factory.setAutomaticRecoveryEnabled(false);
      factory.setConnectionTimeout(CONNECT_MILLIS);
      try {
        factory.setUri(uri);
        return factory.newConnection(name);
      } catch (IOException | TimeoutException away) {
        none.addSuppressed(away);
      } catch (GeneralSecurityException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
    throw none;
  }

  @Override
  public void close() {
    if (cluster != null) {
      cluster.close();
      return;
    }
    // The virtual host goes with its broker.
    members.getFirst().close();
  }
}
