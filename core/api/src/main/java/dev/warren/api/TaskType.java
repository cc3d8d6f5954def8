package dev.warren.api;

import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * A kind of task: its dotted name, the classes of its arguments and result (records, as a rule),
 * and how such tasks are treated. The name is the contract between programs; classes may differ as
 * long as their JSON fits.
 *
 * @param description one line for people, shown by {@code warren types}; may be empty.
 */
public record TaskType<A, R>(
    String name,
    Class<A> argumentType,
    Class<R> resultType,
    TaskOptions options,
    String description) {
  public TaskType {
    Objects.requireNonNull(argumentType, "argumentType");
    Objects.requireNonNull(resultType, "resultType");
    Objects.requireNonNull(description, "description");
    Names.key(options.queue(), name);
  }

  /** A type with the default options. */
  public static <A, R> TaskType<A, R> of(String name, Class<A> argumentType, Class<R> resultType) {
    return new TaskType<>(name, argumentType, resultType, TaskOptions.DEFAULT, "");
  }

  public TaskType<A, R> with(UnaryOperator<TaskOptions> change) {
    return new TaskType<>(name, argumentType, resultType, change.apply(options), description);
  }

  public TaskType<A, R> describedAs(String line) {
    return new TaskType<>(name, argumentType, resultType, options, line);
  }

  @Override
  public String toString() {
    return name;
  }
}
