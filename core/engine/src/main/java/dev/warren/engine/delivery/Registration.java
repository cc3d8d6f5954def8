package dev.warren.engine.delivery;

import dev.warren.api.Lane;
import dev.warren.api.TaskContext;
import dev.warren.api.TaskHandler;
import dev.warren.api.TaskOptions;
import dev.warren.api.TaskType;
import dev.warren.api.Verdict;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A task type that this process runs: in which lane, and how.
 *
 * @param body runs one attempt
 * @param announced the type as the fleet is told of it; another than {@code type} if this process
 *     only passes arguments and results on
 * @param apart where a type without a lane runs apart from this process, should it turn out to need
 *     that; asked only then, again while there is no place yet, and must not block
 */
public record Registration<A, R extends @Nullable Object>(
    TaskType<A, R> type,
    Lane lane,
    Body<A, R> body,
    TaskType<?, ?> announced,
    Supplier<Optional<Isolation.Place>> apart) {
  public Registration {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(lane, "lane");
    Objects.requireNonNull(body, "body");
    Objects.requireNonNull(announced, "announced");
    Objects.requireNonNull(apart, "apart");
  }

  public Registration(TaskType<A, R> type, Lane lane, Body<A, R> body) {
    this(type, lane, body, type, Optional::empty);
  }

  /** Tells the fleet of another type, whose arguments and results have the classes that count. */
  public Registration<A, R> announcedAs(TaskType<?, ?> told) {
    return new Registration<>(type, lane, body, told, apart);
  }

  /** Gives a type without a lane a place apart from this process. */
  public Registration<A, R> orApart(Supplier<Optional<Isolation.Place>> place) {
    return new Registration<>(type, lane, body, announced, place);
  }

  /** The same with other options of its type. */
  public Registration<A, R> with(UnaryOperator<TaskOptions> change) {
    return new Registration<>(type.with(change), lane, body, announced, apart);
  }

  /** A body that blocks its thread until it has a verdict. */
  public static <A, R> Registration<A, R> blocking(
      TaskType<A, R> type, Lane lane, TaskHandler<A, R> handler) {
    return new Registration<>(
        type,
        lane,
        (arguments, context, answer) -> answer.accept(handler.handle(arguments, context)));
  }

  /**
   * Runs one attempt and gives its verdict to {@code answer}, at once or later, from any thread;
   * only the first answer counts. Throwing is a failed attempt.
   */
  @FunctionalInterface
  public interface Body<A, R extends @Nullable Object> {
    void run(A arguments, TaskContext context, Answer<R> answer) throws Exception;
  }

  /** Takes the verdict of an attempt; only the first counts. Safe for concurrent use. */
  public interface Answer<R extends @Nullable Object> extends Consumer<Verdict<R>> {
    /** The attempt failed, as if its body had thrown the error. */
    void failed(Throwable error);

    /**
     * Whether a body that has the work done in another process should measure what that uses, and
     * tell it by {@link #used} before it answers.
     */
    default boolean wantsUsage() {
      return false;
    }

    /**
     * What the attempt used in another process.
     *
     * @param cpu how long it computed
     * @param resident bytes that the process has in memory
     */
    default void used(Duration cpu, long resident) {}
  }
}
