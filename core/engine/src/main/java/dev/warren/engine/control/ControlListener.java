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
import dev.warren.engine.advice.AdviceReport;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.connection.BackOff;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.connection.ConsumerTags;
import dev.warren.engine.delivery.DrainReport;
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
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears what is said to all processes on {@code warren.control}, and answers on {@code
 * warren.events} with a {@link Pong}: to a ping what it says of itself, after a short random wait
 * so that a large fleet does not answer as one; likewise to the question what it has learned of its
 * types; to the question for a task only if it holds it, at once; to an order to stop only if it is
 * meant. Anybody who may publish there may ask and order; what is not understood is passed over.
 * Has a connection of its own, comes back by itself; one thread, {@code warren-control}.
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

  /** Who is to hear when this process is drained. */
  private final Queue<String> awaitingStop = new ConcurrentLinkedQueue<>();

  private volatile Function<StopOrder, ObjectNode> stops =
      order -> order.refused("it is part of a program that must be stopped by other means");
  private volatile Function<List<String>, AdviceReport> advice =
      types -> new AdviceReport(1, List.of(), 0);
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

  /**
   * Sets what obeys orders to stop, and answers them; on the listener's thread, must not block. By
   * default they are refused.
   */
  public void whenToldToStop(Function<StopOrder, ObjectNode> obeys) {
    stops = obeys;
  }

  /**
   * Sets what says what is known of types, of all if none is named. By default nothing is known.
   */
  public void whenAskedForAdvice(Function<List<String>, AdviceReport> knows) {
    advice = knows;
  }

  /** Tells those who gave orders to stop what became of the work; call before {@link #close}. */
  public void stopped(DrainReport report) {
    for (String reply = awaitingStop.poll(); reply != null; reply = awaitingStop.poll()) {
      turns.add(Turn.saying(reply, StopOrder.stopped(report)));
    }
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
        case "ping" -> turns.add(Turn.soon(reply, new Deed.Pong()));
        case "advise" -> turns.add(Turn.soon(reply, new Deed.Advise(types(message))));
        case "find" -> turns.add(Turn.finding(TaskId.of(message.path("task").asText()), reply));
        case "drain" -> stop(StopOrder.Action.DRAIN, message, reply);
        case "restart" -> stop(StopOrder.Action.RESTART, message, reply);
        default -> {}
      }
    } catch (CodecException unreadable) {
      LOG.debug("a control message was passed over: {}", unreadable.getMessage());
    }
  }

  private static List<String> types(JsonNode message) {
    List<String> types = new ArrayList<>();
    message.path("types").forEach(type -> types.add(type.asText()));
    return types;
  }

  private void stop(StopOrder.Action action, JsonNode message, String reply) {
    if (message.path("process").asText().equals(connections.process().text())) {
      turns.add(Turn.stopping(StopOrder.read(action, message), reply));
    }
  }

  private void answerUntilLost(Channel channel) throws IOException, InterruptedException {
    // What is due when it is closed is still said, as the last word of a process that was told to
    // stop.
    for (Turn turn = turns.take(); channel.isOpen(); turn = turns.take()) {
      switch (turn.does()) {
        case Deed.Look() -> {
          if (closed) {
            return;
          }
        }
        case Deed.Pong() -> answer(channel, turn.reply(), about.get());
        case Deed.Advise(List<String> types) -> {
          ObjectNode told = JsonCodec.json().createObjectNode();
          told.set(AdviceReport.NAME, advice.apply(types).json());
          answer(channel, turn.reply(), told);
        }
        case Deed.Say(ObjectNode words) -> answer(channel, turn.reply(), words);
        case Deed.Find(TaskId task) -> {
          Optional<HeldTask> held = find.apply(task);
          if (held.isPresent()) {
            ObjectNode found = JsonCodec.json().createObjectNode();
            found.set("found", held.get().json());
            answer(channel, turn.reply(), found);
          }
        }
        case Deed.Stop(StopOrder order) -> {
          awaitingStop.add(turn.reply());
          answer(channel, turn.reply(), stops.apply(order));
        }
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

  /** What is to be done. */
  private sealed interface Deed {
    /** Look whether the channel is still there, or the listener closed. */
    record Look() implements Deed {}

    record Pong() implements Deed {}

    record Find(TaskId task) implements Deed {}

    record Advise(List<String> types) implements Deed {}

    record Stop(StopOrder order) implements Deed {}

    record Say(ObjectNode words) implements Deed {}
  }

  /**
   * Something to do at a time.
   *
   * @param reply the token of who asked; empty if nobody did
   */
  private record Turn(long atNanos, String reply, Deed does) implements Delayed {
    static Turn now() {
      return new Turn(System.nanoTime(), "", new Deed.Look());
    }

    /** After a short random wait: many processes have something to say. */
    static Turn soon(String reply, Deed deed) {
      long millis = ThreadLocalRandom.current().nextLong(JITTER_MILLIS);
      return new Turn(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis), reply, deed);
    }

    static Turn finding(TaskId task, String reply) {
      return new Turn(System.nanoTime(), reply, new Deed.Find(task));
    }

    static Turn stopping(StopOrder order, String reply) {
      return new Turn(System.nanoTime(), reply, new Deed.Stop(order));
    }

    static Turn saying(String reply, ObjectNode words) {
      return new Turn(System.nanoTime(), reply, new Deed.Say(words));
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
