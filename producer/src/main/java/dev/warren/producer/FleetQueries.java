package dev.warren.producer;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.warren.api.BrokerUnreachableException;
import dev.warren.api.CodecException;
import dev.warren.api.TaskId;
import dev.warren.api.WarrenException;
import dev.warren.engine.advice.AdviceReport;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.control.StopOrder;
import dev.warren.engine.delivery.HeldTask;
import dev.warren.engine.publish.Outgoing;
import dev.warren.engine.publish.PublishResult;
import dev.warren.engine.publish.Publisher;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.Pong;
import dev.warren.engine.wire.TaskWriter;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks over AMQP: a control message to all processes, passive declarations to the broker. */
final class FleetQueries implements FleetQuery {
  private static final Logger LOG = LoggerFactory.getLogger(FleetQueries.class);

  /** Processes answer after a random wait, so as not to answer as one; nobody waits longer. */
  private static final Duration QUIET = Duration.ofMillis(500);

  /** Who holds a task answers at once. */
  private static final Duration QUIET_AFTER_FIND = Duration.ofMillis(200);

  /** Stands in the answer of who holds a task. */
  private static final String FOUND = "found";

  /** Stand in answers to other questions than a ping. */
  private static final List<String> NO_PING =
      List.of(FOUND, AdviceReport.NAME, StopOrder.STOPPING, StopOrder.STOPPED);

  private static final int TRANSIENT = 1;

  private final Connections connections;
  private final Publisher publisher;
  private final OutcomeListener listener;
  private final List<Question> questions = new CopyOnWriteArrayList<>();

  /** A question and its answers so far. */
  private record Question(Predicate<Pong> answeredBy, BlockingQueue<Pong> answers) {}

  FleetQueries(Connections connections, Publisher publisher, OutcomeListener listener) {
    this.connections = connections;
    this.publisher = publisher;
    this.listener = listener;
  }

  /** Called on the listening thread. */
  void heard(Pong pong) {
    questions.stream()
        .filter(question -> question.answeredBy().test(pong))
        .forEach(question -> question.answers().add(pong));
  }

  @Override
  public List<Pong> ping(Duration limit) {
    return pings(pong -> false, limit);
  }

  @Override
  public Optional<Pong> pingFor(Predicate<Pong> wanted, Duration limit) {
    return pings(wanted, limit).stream().filter(wanted).findFirst();
  }

  private List<Pong> pings(Predicate<Pong> last, Duration limit) {
    return answers(
        Map.of("control", "ping", "reply", listener.token()),
        pong -> NO_PING.stream().noneMatch(pong.about()::has),
        last,
        limit,
        QUIET);
  }

  @Override
  public List<FoundTask> find(TaskId task, Duration limit) {
    String id = task.toString();
    List<Pong> answers =
        answers(
            Map.of("control", "find", "task", id, "reply", listener.token()),
            pong -> pong.about().path(FOUND).path("task").asText().equals(id),
            limit,
            QUIET_AFTER_FIND);
    return answers.stream().flatMap(FleetQueries::found).toList();
  }

  @Override
  public SortedMap<String, AdviceReport> advice(Collection<String> types, Duration limit) {
    List<Pong> answers =
        answers(
            Map.of("control", "advise", "types", types, "reply", listener.token()),
            pong -> pong.about().has(AdviceReport.NAME),
            limit,
            QUIET);
    SortedMap<String, AdviceReport> byProcess = new TreeMap<>();
    for (Pong pong : answers) {
      try {
        byProcess.put(pong.process(), AdviceReport.read(pong.about().path(AdviceReport.NAME)));
      } catch (CodecException laterVersion) {
        LOG.debug("an answer of {} is passed over", pong.process(), laterVersion);
      }
    }
    return byProcess;
  }

  @Override
  public Optional<StoppingProcess> stop(
      String process, StopOrder.Action action, String by, Duration limit) {
    Question asked =
        new Question(
            pong ->
                pong.process().equals(process)
                    && (pong.about().has(StopOrder.STOPPING)
                        || pong.about().has(StopOrder.STOPPED)),
            new LinkedBlockingQueue<>());
    questions.add(asked);
    Optional<StoppingProcess> answered = Optional.empty();
    try {
      long deadline = System.nanoTime() + limit.toNanos();
      listener.ensureDeclared(limit);
      send(
          Map.of("control", action.word(), "process", process, "by", by, "reply", listener.token()),
          limit);
      @Nullable Pong first =
          asked.answers().poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      answered =
          Optional.ofNullable(first)
              .map(
                  pong ->
                      new StoppingProcess(
                          process,
                          pong.about().path(StopOrder.STOPPING),
                          asked.answers(),
                          () -> questions.remove(asked)));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      if (answered.isEmpty()) {
        questions.remove(asked);
      }
    }
    return answered;
  }

  private static Stream<FoundTask> found(Pong pong) {
    try {
      return Stream.of(new FoundTask(pong.process(), HeldTask.read(pong.about().path(FOUND))));
    } catch (CodecException laterVersion) {
      LOG.debug("an answer of {} is passed over", pong.process(), laterVersion);
      return Stream.empty();
    }
  }

  private List<Pong> answers(
      Map<String, ?> question, Predicate<Pong> answeredBy, Duration limit, Duration quiet) {
    return answers(question, answeredBy, pong -> false, limit, quiet);
  }

  /**
   * @param last after which no more are waited for
   */
  private List<Pong> answers(
      Map<String, ?> question,
      Predicate<Pong> answeredBy,
      Predicate<Pong> last,
      Duration limit,
      Duration quiet) {
    Question asked = new Question(answeredBy, new LinkedBlockingQueue<>());
    questions.add(asked);
    try {
      long deadline = System.nanoTime() + limit.toNanos();
      listener.ensureDeclared(limit);
      send(question, limit);
      return collect(asked.answers(), last, deadline, quiet);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return List.of();
    } finally {
      questions.remove(asked);
    }
  }

  private void send(Map<String, ?> question, Duration limit) {
    AMQP.BasicProperties properties =
        new AMQP.BasicProperties.Builder()
            .contentType(TaskWriter.JSON)
            .deliveryMode(TRANSIENT)
            .type(String.valueOf(question.get("control")))
            .build();
    Outgoing ping =
        new Outgoing(
            TopologyNames.CONTROL,
            "",
            properties,
            JsonCodec.write(question, "a control message"),
            false);
    PublishResult result = publisher.publish(ping, limit).join();
    WarrenException failure =
        switch (result) {
          case PublishResult.Refused refused -> refused.reason();
          case PublishResult.NotSent notSent -> notSent.reason();
          case PublishResult.Undecided undecided ->
              new BrokerUnreachableException(
                  "the question was not confirmed: " + undecided.reason());
          case PublishResult.Confirmed confirmed -> null;
          case PublishResult.Returned nobody -> null;
        };
    if (failure != null) {
      throw failure;
    }
  }

  private static List<Pong> collect(
      BlockingQueue<Pong> answers, Predicate<Pong> last, long deadline, Duration quiet)
      throws InterruptedException {
    Map<String, Pong> byProcess = new HashMap<>();
    boolean over = false;
    while (true) {
      long left = deadline - System.nanoTime();
      long wait = byProcess.isEmpty() ? left : Math.min(left, quiet.toNanos());
      @Nullable Pong pong = over ? null : answers.poll(Math.max(0, wait), TimeUnit.NANOSECONDS);
      if (pong == null) {
        return byProcess.values().stream().sorted(Comparator.comparing(Pong::process)).toList();
      }
      byProcess.put(pong.process(), pong);
      over = last.test(pong);
    }
  }

  @Override
  public List<QueueDepth> queues(Collection<String> queues) {
    List<QueueDepth> depths = new ArrayList<>();
    Connection connection = connections.open("topology");
    try {
      for (String queue : queues) {
        depths.add(depth(connection, queue));
      }
      connection.close();
    } catch (IOException | ShutdownSignalException lost) {
      throw new BrokerUnreachableException(
          "the connection was lost while asking for queues: " + lost.getMessage(), lost);
    } finally {
      connection.abort(1_000);
    }
    return depths;
  }

  private static QueueDepth depth(Connection connection, String queue) throws IOException {
    Answer work = ask(connection, TopologyNames.work(queue));
    if (work.state() != QueueDepth.State.THERE) {
      return new QueueDepth(queue, work.state(), 0, 0, OptionalLong.empty());
    }
    Answer dead = ask(connection, TopologyNames.dead(queue));
    return new QueueDepth(
        queue,
        QueueDepth.State.THERE,
        work.messages(),
        work.consumers(),
        dead.state() == QueueDepth.State.THERE
            ? OptionalLong.of(dead.messages())
            : OptionalLong.empty());
  }

  /** What the broker says of one of its queues. */
  private record Answer(QueueDepth.State state, long messages, long consumers) {}

  /** On a fresh channel, as a missing queue closes it. */
  private static Answer ask(Connection connection, String queue) throws IOException {
    Channel channel = connection.createChannel();
    if (channel == null) {
      throw new IOException("no channel is free");
    }
    try {
      AMQP.Queue.DeclareOk there = channel.queueDeclarePassive(queue);
      channel.close();
      return new Answer(QueueDepth.State.THERE, there.getMessageCount(), there.getConsumerCount());
    } catch (IOException refused) {
      return switch (ChannelRefusal.code(refused)) {
        case AMQP.NOT_FOUND -> new Answer(QueueDepth.State.MISSING, 0, 0);
        case AMQP.ACCESS_REFUSED -> new Answer(QueueDepth.State.FORBIDDEN, 0, 0);
        default -> throw refused;
      };
    } catch (TimeoutException slow) {
      throw new IOException(slow);
    }
  }
}
