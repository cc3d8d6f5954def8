package dev.warren.producer.cli;

import dev.warren.api.ConfigurationException;
import dev.warren.api.Names;
import dev.warren.api.TaskId;
import dev.warren.producer.Batch;
import dev.warren.producer.WarrenClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code warren batch add}. */
@Command(
    name = "add",
    description = {
      "Adds a member for each line of standard input, as 'map' reads them; does not wait for them.",
      "Given the same lines and --from again, it adds nothing twice.%n"
    },
    footer = {"%nExample:", "  seq 1000 | warren batch add $id echo"})
final class BatchAddCommand implements Callable<Integer> {
  private static final int WINDOW = 1_000;

  private final Cli cli;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      index = "0",
      paramLabel = "ID",
      description = "The batch, as 'batch create' printed it.")
  private TaskId id = TaskId.next();

  @Parameters(index = "1", paramLabel = "TYPE", description = "The task type.")
  private String type = "";

  @Parameters(
      index = "2..*",
      arity = "0..*",
      paramLabel = "ARGUMENT",
      description = "Pairs NAME=TEXT and NAME:=JSON for every task; after -- a command.")
  private List<String> words = new ArrayList<>();

  @Option(names = "--arg", paramLabel = "NAME", description = "The argument that a line is.")
  private @Nullable String field;

  @Option(
      names = "--from",
      paramLabel = "N",
      description = "The index of the first member. Default: the next one on this machine.")
  private @Nullable Long from;

  @Option(
      names = "--patience",
      paramLabel = "TIME",
      defaultValue = "5m",
      description =
          "How long to go on trying while the broker does not answer. Default: ${DEFAULT-VALUE}.")
  private Duration patience = Duration.ofMinutes(5);

  @Option(
      names = "--no-chunks",
      description = "A message for each task, however small; default: small ones share messages.")
  private boolean alone;

  @Mixin private SubmitFlags flags = new SubmitFlags();

  BatchAddCommand(Cli cli) {
    this.cli = cli;
  }

  @Override
  public Integer call() throws InterruptedException {
    Names.requireType(type);
    ArgumentTemplate template = MapCommand.template(GivenWords.of(spec, words));
    try (BatchNote note = BatchNote.open(cli, id.toString())) {
      long first = first(note);
      Surroundings around = cli.surroundings();
      BatchFill.Source source =
          new BatchFill.Source(
              new LineInput(around.in()),
              new LineArguments(template, field, () -> MapCommand.schema(cli, type)),
              type,
              flags.options(around.clock()),
              patience);
      try (WarrenClient client = cli.client(WINDOW, !alone);
          BlockedWatch watch = new BlockedWatch(cli, client)) {
        watch.start();
        // Not closed: it is meant to stay open.
        Batch batch = client.resumeBatch(id.toString(), 0);
        return new BatchFill(cli, batch, note, source).run(first);
      }
    }
  }

  private long first(BatchNote note) {
    if (from != null) {
      if (from < 0) {
        throw new ConfigurationException("members count from 0: --from " + from);
      }
      return from;
    }
    if (note.cutOff().isPresent()) {
      throw new ConfigurationException(
          "a 'batch add' to batch "
              + id
              + " was cut off: give it the same lines again with --from "
              + note.cutOff().getAsLong()
              + ", which adds nothing twice");
    }
    if (!note.isKnown()) {
      throw new ConfigurationException(
          "batch "
              + id
              + " was not created on this machine, or is closed: say with --from N how many"
              + " members it has already");
    }
    return note.next();
  }
}
