package dev.warren.engine.permit;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.ShutdownSignalException;
import dev.warren.api.AccessDeniedException;
import dev.warren.api.AlreadyRunningException;
import dev.warren.api.BrokerUnreachableException;
import dev.warren.api.PermitsException;
import dev.warren.api.TopologyMismatchException;
import dev.warren.api.WarrenException;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.connection.BackOff;
import dev.warren.engine.connection.BrokerRefusal;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.publish.Outgoing;
import dev.warren.engine.publish.PublishResult;
import dev.warren.engine.publish.Publisher;
import dev.warren.engine.topology.Declarer;
import dev.warren.engine.topology.Topology;
import dev.warren.engine.topology.TopologyNames;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One visit to the book of permits, on a connection of its own. Used by one thread. */
final class PermitSession implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PermitSession.class);
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  /** What one consumer of a quorum queue may hold. */
  static final int MOST_AT_ONCE = 2_000;

  /** A permit that is just being returned is nowhere for a moment. */
  private static final Duration STEADY = Duration.ofSeconds(2);

  private final Connections connections;
  private final Publisher publisher;
  private final Connection connection;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final List<Long> registerTags = new ArrayList<>();
  private @Nullable Channel scratch;
  private @Nullable Channel register;
  private long revision;
  private boolean publishing;

  /** What the broker says of a queue. */
  record Depth(int ready, int consumers) {}

  /** Something to do on a channel. */
  @FunctionalInterface
  private interface Work<T> {
    T on(Channel channel) throws IOException, TimeoutException, InterruptedException;
  }

  PermitSession(Connections connections) {
    this.connections = connections;
    this.connection = connections.open("permits");
    this.publisher =
        new Publisher("warren-permits-publisher", () -> connections.open("permits-publish"), 500);
  }

  /** Waits until nobody else reads or changes the book. */
  void lock(Duration patience) {
    lock(Topology.lock("permits"), patience);
  }

  private void lock(Topology lock, Duration patience) {
    long until = System.nanoTime() + patience.toNanos();
    BackOff backOff = new BackOff();
    while (!tryLock(lock)) {
      long left = until - System.nanoTime();
      if (left <= 0) {
        throw new AlreadyRunningException(
            "somebody else has changed permits for longer than %d s (%s): try again"
                .formatted(patience.toSeconds(), lock.queues().getFirst().name()));
      }
      pause(Math.min(left, backOff.next().toNanos()));
    }
  }

  /** Nobody says when a lock is free. */
  private void pause(long nanos) {
    try {
      if (closed.await(nanos, TimeUnit.NANOSECONDS)) {
        throw new IllegalStateException("the visit is over");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new PermitsException("interrupted while waiting for " + TopologyNames.PERMITS);
    }
  }

  private boolean tryLock(Topology lock) {
    try {
      on(
          channel -> {
            channel.queueDeclare(
                lock.queues().getFirst().name(),
                false,
                true,
                true,
                lock.queues().getFirst().arguments());
            return true;
          });
      return true;
    } catch (Refused refused) {
      if (refused.refusal.isLocked()) {
        return false;
      }
      throw explained(refused);
    }
  }

  /** How many messages wait in a queue; nothing if it does not exist. */
  Optional<Depth> depth(String queue) {
    try {
      return Optional.of(
          on(
              channel -> {
                var answer = channel.queueDeclarePassive(queue);
                return new Depth(answer.getMessageCount(), answer.getConsumerCount());
              }));
    } catch (Refused refused) {
      if (refused.refusal.isNotFound()) {
        return Optional.empty();
      }
      throw explained(refused);
    }
  }

  void declare(Topology topology) {
    work(
        channel -> {
          Declarer.declareOn(channel, topology);
          return true;
        });
  }

  void delete(String queue) {
    work(channel -> channel.queueDelete(queue));
  }

  /** What is written in the book. Call with the lock, before {@link #write}. */
  Map<String, PermitBook.Entry> read() {
    Map<String, PermitBook.Entry> newest = Map.of();
    try {
      Channel reading = connection.createChannel();
      register = reading;
      for (GetResponse next = reading.basicGet(TopologyNames.PERMITS, false);
          next != null;
          next = reading.basicGet(TopologyNames.PERMITS, false)) {
        registerTags.add(next.getEnvelope().getDeliveryTag());
        PermitPage page = PermitPage.read(next.getBody());
        // Two, if whoever wrote the last one ended before the old one was taken away.
        if (page.revision() >= revision) {
          revision = page.revision();
          newest = page.entries();
        }
      }
      return newest;
    } catch (IOException | ShutdownSignalException failed) {
      throw failure(failed);
    }
  }

  /** Writes the book anew; returns when the broker has it. */
  void write(Map<String, PermitBook.Entry> entries) {
    revision++;
    publish(
        new Outgoing(
            TopologyNames.PERMITS,
            "register",
            properties("permits"),
            new PermitPage(revision, entries).json(),
            true));
    // The old one goes, the new one is got for the next time.
    Channel reading = register;
    try {
      if (reading != null) {
        for (long tag : registerTags) {
          reading.basicAck(tag, false);
        }
        registerTags.clear();
        GetResponse mine = reading.basicGet(TopologyNames.PERMITS, false);
        if (mine != null) {
          registerTags.add(mine.getEnvelope().getDeliveryTag());
        }
      }
    } catch (IOException | ShutdownSignalException failed) {
      throw failure(failed);
    }
  }

  private static Outgoing permit(String name) {
    return new Outgoing(
        TopologyNames.PERMITS,
        TopologyNames.permitsKey(name),
        properties("permit"),
        JsonText.of("{\"permit\":\"" + name + "\"}"),
        true);
  }

  private static BasicProperties properties(String type) {
    return new BasicProperties.Builder()
        .messageId(UUID.randomUUID().toString())
        .contentType("application/json")
        .type(type)
        .deliveryMode(2)
        .build();
  }

  /** Makes so many permits more. */
  void add(String name, int more) {
    List<CompletableFuture<PublishResult>> results = new ArrayList<>();
    start();
    for (int i = 0; i < more; i++) {
      results.add(publisher.publish(permit(name), DEADLINE));
    }
    results.forEach(result -> require(result.join()));
  }

  /**
   * Takes away so many permits as they come free, before whoever waits for one, for as long as the
   * patience lasts; answers how many.
   */
  int take(String name, int fewer, Duration patience) {
    return take(name, fewer, patience, 1);
  }

  /** Takes away all permits, of which there are so many; false, and takes none, if not in time. */
  boolean takeAll(String name, int all, Duration patience) {
    return take(name, all, patience, all) == all;
  }

  private int take(String name, int wanted, Duration patience, int atLeast) {
    int most = Math.min(wanted, MOST_AT_ONCE);
    lock(Topology.lock("permits." + name), patience);
    return work(
        channel -> {
          BlockingQueue<Delivery> arriving = new LinkedBlockingQueue<>();
          String tag = consumeFirst(channel, name, most, arriving);
          List<Delivery> taken = new ArrayList<>();
          long until = System.nanoTime() + patience.toNanos();
          while (taken.size() < most) {
            Delivery next = arriving.poll(until - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (next == null) {
              break;
            }
            taken.add(next);
          }
          channel.basicCancel(tag);
          arriving.drainTo(taken);
          boolean enough = taken.size() >= atLeast;
          for (Delivery each : enough ? taken : List.<Delivery>of()) {
            channel.basicAck(each.getEnvelope().getDeliveryTag(), false);
          }
          // By handshake: the broker has read the acknowledgements when this returns. What is not
          // acknowledged goes back with the channel.
          channel.close();
          return enough ? taken.size() : 0;
        });
  }

  /**
   * How many permits there are, if nobody uses or wants one: whoever has one has a consumer, so
   * that all are here when there is no other.
   */
  Optional<Integer> countIdle(String name) {
    String queue = TopologyNames.permits(name);
    if (depth(queue).filter(depth -> depth.consumers() == 0).isEmpty()
        || !tryLock(Topology.lock("permits." + name))) {
      return Optional.empty();
    }
    return work(
        channel -> {
          BlockingQueue<Delivery> taken = new LinkedBlockingQueue<>();
          consumeFirst(channel, name, 0, taken);
          int count = 0;
          long steadySince = System.nanoTime();
          while (System.nanoTime() - steadySince < STEADY.toNanos()) {
            Delivery next = taken.poll(100, TimeUnit.MILLISECONDS);
            Depth depth = depthOn(channel, queue);
            if (next != null) {
              count++;
              steadySince = System.nanoTime();
            } else if (depth.consumers() > 1) {
              channel.close();
              return Optional.empty();
            } else if (depth.ready() > 0) {
              steadySince = System.nanoTime();
            }
          }
          // All go back with the channel.
          channel.close();
          return Optional.of(count);
        });
  }

  private static Depth depthOn(Channel channel, String queue) throws IOException {
    var answer = channel.queueDeclarePassive(queue);
    return new Depth(answer.getMessageCount(), answer.getConsumerCount());
  }

  private static String consumeFirst(
      Channel channel, String name, int prefetch, BlockingQueue<Delivery> into) throws IOException {
    channel.basicQos(prefetch);
    return channel.basicConsume(
        TopologyNames.permits(name),
        false,
        Map.of("x-priority", PermitCounter.FIRST),
        (tag, delivery) -> into.add(delivery),
        tag -> LOG.warn("the queue of permits '{}' was deleted", name));
  }

  private void publish(Outgoing message) {
    start();
    require(publisher.publish(message, DEADLINE).join());
  }

  private void start() {
    if (!publishing) {
      publishing = true;
      publisher.start();
    }
  }

  private static void require(PublishResult result) {
    switch (result) {
      case PublishResult.Confirmed confirmed -> {}
      case PublishResult.Refused refused -> throw refused.reason();
      case PublishResult.NotSent notSent -> throw notSent.reason();
      case PublishResult.Returned returned ->
          throw new TopologyMismatchException(
              "no queue takes " + returned.routingKey() + " from " + returned.exchange());
      case PublishResult.Undecided undecided ->
          throw new PermitsException(
              "the broker did not say whether it has the permits: " + undecided.reason());
    }
  }

  /** Does something, whose refusals are explained, on a channel for that. */
  private <T> T work(Work<T> work) {
    try {
      return on(work);
    } catch (Refused refused) {
      throw explained(refused);
    }
  }

  private <T> T on(Work<T> work) throws Refused {
    try {
      if (scratch == null || !scratch.isOpen()) {
        scratch = connection.createChannel();
      }
      return work.on(scratch);
    } catch (IOException | ShutdownSignalException failed) {
      Optional<BrokerRefusal> refusal = BrokerRefusal.in(failed);
      if (refusal.isPresent()) {
        throw new Refused(refusal.get(), failed);
      }
      throw failure(failed);
    } catch (TimeoutException late) {
      throw failure(late);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new PermitsException("interrupted at the permits", interrupted);
    }
  }

  private static WarrenException explained(Refused refused) {
    return refused.refusal.isAccessRefused()
        ? new AccessDeniedException(
            "this broker user may not change permits (" + refused.refusal.text() + ")", refused)
        : new TopologyMismatchException(
            "the broker refused: " + refused.refusal.code() + " " + refused.refusal.text(),
            refused);
  }

  private WarrenException failure(Exception lost) {
    Optional<BrokerRefusal> refusal = BrokerRefusal.in(lost);
    return refusal.isPresent()
        ? explained(new Refused(refusal.get(), lost))
        : new BrokerUnreachableException(
            "the connection to the broker at "
                + connections.settings().address()
                + " was lost at the permits; try again",
            lost);
  }

  @Override
  public void close() {
    closed.countDown();
    publisher.close();
    try {
      connection.close();
    } catch (IOException | AlreadyClosedException gone) {
      LOG.debug("the connection ended before it was closed", gone);
    }
  }

  /** What the broker said no to. */
  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient BrokerRefusal refusal;

    Refused(BrokerRefusal refusal, Exception cause) {
      super(refusal.text(), cause);
      this.refusal = refusal;
    }
  }
}
