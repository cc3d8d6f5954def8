package dev.warren.engine.delivery;

import dev.warren.api.CodecException;
import dev.warren.api.TaskContext;
import dev.warren.api.Verdict;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.wire.PartOfTask;
import dev.warren.engine.wire.TaskMessage;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Calls the body of a task's type with its arguments, and hears its answers. */
final class BodyCall {
  private final TaskMessage task;
  private final Verdicts verdicts;
  private final AttemptMeter meter;
  private final Consumer<Verdict<JsonText>> answered;

  /**
   * @param answered hears each answer, of which the first counts
   */
  BodyCall(
      TaskMessage task,
      Verdicts verdicts,
      AttemptMeter meter,
      Consumer<Verdict<JsonText>> answered) {
    this.task = task;
    this.verdicts = verdicts;
    this.meter = meter;
    this.answered = answered;
  }

  /** Returns when the body does, which may answer later. */
  <A, R extends @Nullable Object> void run(Registration<A, R> registration, TaskContext context)
      throws Exception {
    A arguments =
        JsonCodec.read(
            task.arguments(),
            registration.type().argumentType(),
            new PartOfTask("arguments", task.id()));
    if (arguments == null && registration.type().argumentType() != Object.class) {
      throw new CodecException("arguments of task " + task.id() + " are null");
    }
    registration.body().run(cast(arguments), context, new BodyAnswer<R>());
  }

  /** {@code null} reaches only bodies whose argument is any JSON value. */
  @SuppressWarnings("NullAway")
  private static <A> A cast(@Nullable A arguments) {
    return arguments;
  }

  /** How a body answers. */
  private final class BodyAnswer<R extends @Nullable Object> implements Registration.Answer<R> {
    @Override
    public void accept(Verdict<R> verdict) {
      answered.accept(verdicts.encoded(verdict));
    }

    @Override
    public void failed(Throwable error) {
      answered.accept(verdicts.of(error));
    }

    @Override
    public boolean wantsUsage() {
      return meter.wanted();
    }

    @Override
    public void used(Duration cpu, long resident) {
      meter.used(cpu, resident);
    }
  }
}
