package dev.warren.producer;

import dev.warren.api.Names;
import dev.warren.api.SubmitOptions;
import dev.warren.api.TaskOptions;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.wire.Lineage;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A submission without Java classes: arguments are JSON.
 *
 * @param options what this submission says; its queue goes before all others
 * @param ofType the options of the type, where the submitter has its definition; null means that
 *     only the fleet's registry may know them
 * @param outcomeWanted whether the submitter waits for the outcome
 * @param lineage where the task comes from; null for a task on its own. Its reply token is replaced
 *     by that of the client.
 */
public record RawTask(
    String type,
    JsonText arguments,
    SubmitOptions options,
    @Nullable TaskOptions ofType,
    boolean outcomeWanted,
    @Nullable Lineage lineage) {
  public RawTask {
    Names.requireType(type);
    Objects.requireNonNull(arguments, "arguments");
    Objects.requireNonNull(options, "options");
  }

  /** A task with default options whose outcome nobody waits for. */
  public static RawTask of(String type, JsonText arguments) {
    return new RawTask(type, arguments, SubmitOptions.DEFAULT, null, false, null);
  }

  public RawTask withOptions(SubmitOptions other) {
    return new RawTask(type, arguments, other, ofType, outcomeWanted, lineage);
  }

  /** With the options of the type's definition. */
  public RawTask ofType(TaskOptions definition) {
    return new RawTask(type, arguments, options, definition, outcomeWanted, lineage);
  }

  /** With or without an outcome that comes back to this client. */
  public RawTask withOutcomeWanted(boolean wanted) {
    return new RawTask(type, arguments, options, ofType, wanted, lineage);
  }

  public RawTask withLineage(Lineage other) {
    return new RawTask(type, arguments, options, ofType, outcomeWanted, other);
  }
}
