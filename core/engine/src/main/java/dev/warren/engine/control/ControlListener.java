package dev.warren.engine.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DeliverCallback;
import dev.warren.api.BrokerUnreachableException;
import dev.warren.api.CodecException;
import dev.warren.api.TaskId;
import dev.warren.api.WarrenException;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.connection.BackOff;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.connection.ConsumerTags;
import dev.warren.engine.delivery.HeldTask;
import dev.warren.engine.topology.Declarer;
import dev.warren.engine.topology.Topology;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.EventCodec;
import dev.warren.engine.wire.Pong;
import dev.warren.engine.wire.TaskWriter;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears what is said to all processes on {@code warren.control}, and answers on {@code
 * warren.events} with a {@link Pong}: to a ping what it says of itself, after a short random wait
 * so that a large fleet does not answer as one; to the question for a task only if it holds it, at
 * once. Anybody who may publish there may ask; what is not understood is passed over. Has a
 * connection of its own, comes back by itself; one thread, {@code warren-control}.
 */
public final class ControlListener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ControlListener.class);
  private static final long JITTER_MILLIS = 200;
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);
  private static final int TRANSIENT = 1;

  /** A reply token becomes part of a routing key. */
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]{1,100}");

  /** More unanswered pings than this are somebody's mistake. */
  private static final int MOST_WAITING = 1_000;

  private final Connections connections;
  private final Supplier<ObjectNode> about;
  private final Function<TaskId, Optional<HeldTask>> find;
  private final DelayQueue<Turn> turns = new DelayQueue<>();
  private final Thread thread;
  private volatile boolean closed;

  /**
   * A listener that is not started yet.
   *
   * @param about what this process says of itself
   * @param find whether it holds a task
   */
  public ControlListener(
      Connections connections,
      Supplier<ObjectNode> about,
      Function<TaskId, Optional<HeldTask>> find) {
    this.connections = connections;
    this.about = about;
    this.find = find;
    this.thread = Thread.ofPlatform().name("warren-control").daemon().unstarted(this::run);
  }

  /** Starts to listen; returns at once and keeps trying while the broker is away. */
  public void start() {
    thread.start();
  }

  @Override
  public void close() {
    closed = true;
    turns.add(Turn.now());
    try {
      if (!thread.join(CLOSE_LIMIT)) {
        LOG.warn("the control listener did not end within {}", CLOSE_LIMIT);
        thread.interrupt();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    BackOff backOff = new BackOff();
    while (!closed) {
      try (Connection connection = connections.open("control")) {
        Channel channel = listen(connection);
        backOff.reset();
        answerUntilLost(channel);
      } catch (WarrenException | IOException | AlreadyClosedException lost) {
        LOG.debug("not listening for control messages: {}", lost.getMessage());
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        return;
      } catch (RuntimeException unexpected) {
        LOG.error("unexpected error in the control listener, trying again", unexpected);
      }
      if (!pause(backOff.next())) {
        return;
      }
    }
  }

  private Channel listen(Connection connection) throws IOException {
    Channel channel = connection.createChannel();
    if (channel == null) {
      throw new BrokerUnreachableException("no channel is free on the control connection");
    }
    String process = connections.process().token();
    Declarer.declareOn(channel, Topology.control(process));
    DeliverCallback heard = (tag, delivery) -> hear(delivery.getBody());
    channel.addShutdownListener(cause -> turns.add(Turn.now()));
    channel.basicConsume(
        TopologyNames.control(process),
        true,
        ConsumerTags.of(channel),
        heard,
        tag -> turns.add(Turn.now()));
    return channel;
  }

  private void hear(byte[] body) {
    try {
      JsonNode message = JsonCodec.tree(JsonText.wrap(body), "a control message");
      String reply = message.path("reply").asText("");
      if (!TOKEN.matcher(reply).matches() || turns.size() >= MOST_WAITING) {
        return;
      }
      switch (message.path("control").asText("")) {
        case "ping" ->
            turns.add(Turn.after(ThreadLocalRandom.current().nextLong(JITTER_MILLIS), reply));
        case "find" ->
            turns.add(new Turn(System.nanoTime(), reply, TaskId.of(message.path("task").asText())));
        default -> {}
      }
    } catch (CodecException unreadable) {
      LOG.debug("a control message was passed over: {}", unreadable.getMessage());
    }
  }

  private void answerUntilLost(Channel channel) throws IOException, InterruptedException {
    while (!closed && channel.isOpen()) {
      Turn turn = turns.take();
      if (turn.reply().isEmpty() || !channel.isOpen()) {
        continue;
      }
      if (turn.task() == null) {
        answer(channel, turn.reply(), about.get());
        continue;
      }
      Optional<HeldTask> held = find.apply(turn.task());
      if (held.isPresent()) {
        ObjectNode found = JsonCodec.json().createObjectNode();
        found.set("found", held.get().json());
        answer(channel, turn.reply(), found);
      }
    }
  }

  private void answer(Channel channel, String reply, ObjectNode said) throws IOException {
    Pong pong = new Pong(connections.process().text(), said, reply);
    BasicProperties properties =
        new BasicProperties.Builder()
            .contentType(TaskWriter.JSON)
            .deliveryMode(TRANSIENT)
            .type(Pong.NAME)
            .messageId(UUID.randomUUID().toString())
            .timestamp(Date.from(Instant.now()))
            .appId(connections.process().role())
            .build();
    channel.basicPublish(
        TopologyNames.EVENTS,
        pong.routingKey(),
        properties,
        EventCodec.join(List.of(EventCodec.write(pong))).bytes());
  }

  /** Waits; false if the listener is to end. */
  private boolean pause(Duration wait) {
    long until = System.nanoTime() + wait.toNanos();
    try {
      for (long left = wait.toNanos(); !closed && left > 0; left = until - System.nanoTime()) {
        // Whatever was asked on the lost connection is not answered any more.
        turns.poll(left, TimeUnit.NANOSECONDS);
      }
      return !closed;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Something to do at a time: answer, or look whether the channel is still there.
   *
   * @param reply the token of who asked; empty only to look
   * @param task the task that is asked for; null if it was a ping
   */
  private record Turn(long atNanos, String reply, @Nullable TaskId task) implements Delayed {
    static Turn now() {
      return new Turn(System.nanoTime(), "", null);
    }

    static Turn after(long millis, String reply) {
      return new Turn(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis), reply, null);
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(atNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }
  }
}
