package dev.warren.bench.micro;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.api.TaskId;
import dev.warren.api.TaskOptions;
import dev.warren.api.Verdict;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.settle.Command;
import dev.warren.engine.settle.Ran;
import dev.warren.engine.settle.SettleRules;
import dev.warren.engine.wire.DelayRoute;
import dev.warren.engine.wire.Event;
import dev.warren.engine.wire.EventCodec;
import dev.warren.engine.wire.EventText;
import dev.warren.engine.wire.Lineage;
import dev.warren.engine.wire.TaskMessage;
import dev.warren.engine.wire.TaskReader;
import dev.warren.engine.wire.TaskWriter;
import dev.warren.engine.wire.WireTask;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The stations of a task that succeeds, without a broker. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class TaskPath {
  private static final String TYPE = "echo";
  private static final String QUEUE = "default";

  /** The size of arguments and result. */
  @Param({"300", "16000"})
  public int bytes = 300;

  private final TaskWriter writer = new TaskWriter("warren-bench");
  private final TaskReader reader = new TaskReader(Clock.systemUTC());
  private final SplittableRandom random = new SplittableRandom(1);

  private TaskMessage task = task(bytes);
  private WireTask wire = writer.write(task);
  private Event outcome = outcome(settled(task, random));
  private byte[] events = new byte[0];

  /** Makes the messages anew for the size. */
  @Setup
  public void prepare() {
    task = task(bytes);
    wire = writer.write(task);
    outcome = outcome(settled(task, random));
    events = EventCodec.message(Collections.nCopies(50, EventCodec.text(outcome))).bytes();
  }

  @Benchmark
  public WireTask writeTask() {
    return writer.write(task);
  }

  @Benchmark
  public List<TaskMessage> readTask() {
    BasicProperties properties = wire.properties();
    return reader.read(QUEUE, properties, wire.body().bytes());
  }

  @Benchmark
  public List<Command> settle() {
    return settled(task, random);
  }

  @Benchmark
  public EventText writeOutcome() {
    return EventCodec.text(outcome);
  }

  /** Fifty outcomes of one message. */
  @Benchmark
  public List<Event> readFiftyOutcomes() {
    return EventCodec.read(
        events,
        unreadable -> {
          throw unreadable;
        });
  }

  @Benchmark
  public DelayRoute routeNow() {
    return DelayRoute.of(Duration.ZERO, QUEUE, TYPE);
  }

  @Benchmark
  public DelayRoute routeDelayed() {
    return DelayRoute.of(Duration.ofSeconds(90), QUEUE, TYPE);
  }

  @Benchmark
  public TaskId nextId() {
    return TaskId.next();
  }

  private static TaskMessage task(int bytes) {
    TaskId id = TaskId.next();
    TaskMessage plain =
        TaskMessage.of(
            id,
            TYPE,
            QUEUE,
            JsonText.of("\"" + "x".repeat(bytes - 2) + "\""),
            Instant.ofEpochMilli(1_700_000_000_000L));
    return new TaskMessage(
        id,
        TYPE,
        QUEUE,
        plain.arguments(),
        plain.state(),
        plain.terms(),
        Lineage.of(id).withReply("a".repeat(32)),
        plain.enqueuedAt(),
        plain.others());
  }

  private static List<Command> settled(TaskMessage task, RandomGenerator random) {
    return SettleRules.settle(
        task,
        TaskOptions.DEFAULT,
        Verdict.done(task.arguments()),
        List.of(),
        new Ran("warren-worker@host:1", "virtual", task.enqueuedAt(), task.enqueuedAt()),
        random);
  }

  private static Event outcome(List<Command> commands) {
    return commands.stream()
        .filter(Command.RecordOutcome.class::isInstance)
        .map(command -> ((Command.RecordOutcome) command).event())
        .findFirst()
        .orElseThrow();
  }
}
