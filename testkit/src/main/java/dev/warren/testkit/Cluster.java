package dev.warren.testkit;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;

/**
 * A cluster of private nodes, from the installed {@code rabbitmq-server}, whatever broker the other
 * tests of the JVM run on. Each member is a {@link Broker} whose {@link Broker#node} can be
 * stopped, killed and started again. Takes about six seconds for each member; meant for tests
 * tagged {@code full}.
 */
public final class Cluster implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static final String ALL_ARE_LED =
      """
      lists:all(
        fun(Queue) ->
          {Name, Noted} = amqqueue:get_pid(Queue),
          Alive = [node() | nodes()],
          case ra_leaderboard:lookup_leader(Name) of
            {Name, Leader} -> lists:member(Leader, Alive) andalso lists:member(Noted, Alive);
            undefined -> false
          end
        end,
        [Queue || Queue <- rabbit_amqqueue:list(<<"VIRTUAL_HOST">>),
                  amqqueue:get_type(Queue) =:= rabbit_quorum_queue]).""";

  private final List<Broker> members;

  private Cluster(List<Broker> members) {
    this.members = List.copyOf(members);
  }

  /** Starts a cluster of this many nodes and waits until each has joined. */
  public static Cluster start(int size) {
    if (size < 1) {
      throw new IllegalArgumentException("a cluster has at least one node, not " + size);
    }
    List<Broker> members = new ArrayList<>();
    Cluster cluster;
    try {
      PrivateNode first = PrivateNode.create("--name", "member-0");
      members.add(new Broker(first.address(), Optional.of(first), first));
      for (int i = 1; i < size; i++) {
        String join = first.folder().toString();
        PrivateNode next = PrivateNode.create("--name", "member-" + i, "--join", join);
        members.add(new Broker(next.address(), Optional.of(next), next));
      }
      cluster = new Cluster(members);
      cluster.awaitRunning(size);
    } catch (RuntimeException e) {
      closeAll(members, e);
      throw e;
    }
    return cluster;
  }

  /** The nodes; the first is the one that the others have joined. */
  public List<Broker> members() {
    return members;
  }

  /** The addresses of a virtual host, one for each member, in the order of {@link #members}. */
  public List<URI> uris(VirtualHost host) {
    return members.stream().map(member -> member.address().amqpUri(host.name())).toList();
  }

  /** Waits until so many members see each other; a member that does not run is not asked. */
  public void awaitRunning(int count) {
    Awaitility.await(count + " running members")
        .atMost(LIMIT)
        .until(
            () -> members.stream().filter(member -> member.runningNodes() == count).count(),
            seen -> seen == count);
  }

  /**
   * Waits until each running member knows a leader that runs for each quorum queue of a virtual
   * host. After the end of a member that takes an election; until it is over RabbitMQ 3.10 answers
   * a {@code basic.get} by closing the connection ({@code INTERNAL_ERROR … nodedown}).
   */
  public void awaitLeaders(VirtualHost host) {
    String question = ALL_ARE_LED.replace("VIRTUAL_HOST", host.name());
    Awaitility.await("leaders of the quorum queues of " + host.name())
        .atMost(LIMIT)
        .until(
            () ->
                members.stream()
                    .filter(member -> member.runningNodes() > 0)
                    .allMatch(member -> member.node().ctl("eval", question).equals("true")));
  }

  @Override
  public void close() {
    RuntimeException none = new BrokerException("members of a cluster could not be stopped");
    closeAll(members, none);
    if (none.getSuppressed().length > 0) {
      throw none;
    }
  }

  private static void closeAll(List<Broker> members, RuntimeException reason) {
    for (Broker member : members) {
      try {
        member.close();
      } catch (RuntimeException e) {
        reason.addSuppressed(e);
      }
    }
  }
}
