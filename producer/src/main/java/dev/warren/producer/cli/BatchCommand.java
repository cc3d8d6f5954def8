package dev.warren.producer.cli;

import dev.warren.api.ConfigurationException;
import dev.warren.api.TaskId;
import dev.warren.producer.Batch;
import dev.warren.producer.WarrenClient;
import dev.warren.producer.gateway.BatchStatus;
import dev.warren.producer.gateway.GatewayClient;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code warren batch}; {@code batch add} is a class of its own. */
@Command(
    name = "batch",
    description = {
      "Many tasks with one progress and one completion, which a gateway gathers.",
      "A batch is complete when it is closed and every member has ended.%n"
    },
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "%nExample:",
      "  id=$(warren batch create --description 'pictures of May')",
      "  ls may/*.jpg | warren batch add $id image.thumbnail",
      "  warren batch close $id",
      "  warren batch watch $id && warren batch results $id"
    })
final class BatchCommand implements Callable<Integer> {
  private static final String ID = "The batch, as 'batch create' printed it.";

  private final Cli cli;

  @Spec private CommandSpec spec = CommandSpec.create();

  BatchCommand(Cli cli) {
    this.cli = cli;
  }

  /** With all its commands. */
  static CommandLine line(Cli cli) {
    CommandLine line = new CommandLine(new BatchCommand(cli));
    line.addSubcommand("add", new BatchAddCommand(cli));
    return line;
  }

  @Override
  public Integer call() {
    throw new ConfigurationException(
        "batch create, add, close, list, status, watch, results or cancel? ('"
            + spec.qualifiedName()
            + " --help' says more)");
  }

  @Command(name = "create", description = "Opens a batch and prints its id.")
  int create(
      @Option(names = "--description", paramLabel = "TEXT", description = "For people.")
          @Nullable String description) {
    try (WarrenClient client = cli.client(1)) {
      // Not closed: it is meant to stay open.
      Batch batch = client.openBatch(description == null ? "" : description);
      try (BatchNote note = BatchNote.open(cli, batch.id())) {
        note.end(0, 0);
      }
      cli.out().println(batch.id());
      return ExitCodes.OK;
    }
  }

  @Command(
      name = "close",
      description = {
        "States that a batch has all its members: it completes when they have ended.",
        "How many they are is known where they were added; elsewhere say --members."
      })
  int close(
      @Parameters(paramLabel = "ID", description = ID) TaskId id,
      @Option(
              names = "--members",
              paramLabel = "N",
              description = "How many members were added. Default: those added on this machine.")
          @Nullable Long members) {
    String batch = id.toString();
    try (BatchNote note = BatchNote.open(cli, batch)) {
      long count = members == null ? counted(note, batch) : members;
      if (count < 0) {
        throw new ConfigurationException("--members is a count, not " + count);
      }
      try (WarrenClient client = cli.client(1);
          Batch resumed = client.resumeBatch(batch, count)) {
        resumed.seal();
      }
      note.forget();
      cli.say("batch " + batch + " is closed with " + members(count));
      return ExitCodes.OK;
    }
  }

  private static long counted(BatchNote note, String batch) {
    if (!note.isKnown()) {
      throw new ConfigurationException(
          "on this machine nothing was added to batch "
              + batch
              + ", or it is closed already: say how many members it has with --members N");
    }
    if (note.cutOff().isPresent()) {
      throw new ConfigurationException(
          "a 'batch add' to batch "
              + batch
              + " was cut off, and which of its members were accepted is unknown: give it the same"
              + " lines again with --from "
              + note.cutOff().getAsLong()
              + ", which adds nothing twice, or say --members N");
    }
    return note.members();
  }

  static String members(long count) {
    return Progress.number(count) + (count == 1 ? " member" : " members");
  }

  @Command(name = "list", description = "The latest batches, newest first.")
  int list(
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "20",
              description = "So many at most. Default: ${DEFAULT-VALUE}.")
          int limit,
      @Mixin OutputOption output) {
    if (limit < 1) {
      throw new ConfigurationException("--limit is above zero, not " + limit);
    }
    Table table = BatchTexts.table();
    try (GatewayDoor door = cli.gateway()) {
      door.client().batches(limit).forEach(batch -> BatchTexts.add(table, batch));
    }
    table.print(output.format(), cli.out());
    return ExitCodes.OK;
  }

  @Command(name = "status", description = "How far a batch is.")
  int status(
      @Parameters(paramLabel = "ID", description = ID) TaskId id, @Mixin OutputOption output) {
    try (GatewayDoor door = cli.gateway()) {
      BatchStatus batch = known(door.client(), id.toString());
      if (output.format() == OutputFormat.JSON) {
        cli.out().println(batch.json());
      } else {
        BatchTexts.listing(batch).print(cli.out());
      }
      return ExitCodes.OK;
    }
  }

  static BatchStatus known(GatewayClient gateway, String id) {
    return gateway.batch(id).orElseThrow(() -> UnknownToGatewayException.batch(id, gateway.uri()));
  }

  @Command(
      name = "watch",
      description = {
        "Shows how far a batch is until it is over: a bar on a terminal, else lines.",
        "The exit code is 1 if a member did not succeed."
      })
  int watch(
      @Parameters(paramLabel = "ID", description = ID) TaskId id,
      @Option(
              names = "--timeout",
              paramLabel = "TIME",
              description = "The longest watch; the batch goes on. Default: no limit.")
          @Nullable Duration limit)
      throws InterruptedException {
    try (GatewayDoor door = cli.gateway()) {
      return new BatchWatch(cli, door.client(), id.toString(), limit).run();
    }
  }

  @Command(
      name = "results",
      description = {
        "Prints the result of each member that succeeded, as they were recorded.",
        "The exit code is 1 if a member did not succeed."
      })
  int results(
      @Parameters(paramLabel = "ID", description = ID) TaskId id,
      @Option(names = "--follow", description = "Go on until the batch is over.") boolean follows,
      @Option(
              names = "--with-id",
              description = "Print {\"member\":…,\"id\":…,\"result\":…} instead of bare results.")
          boolean withId,
      @Option(
              names = {"-o", "--output"},
              paramLabel = "result|json",
              defaultValue = "result",
              description =
                  "Results, or all that is known of each ended member. Default: ${DEFAULT-VALUE}.")
          BatchResults.Form form)
      throws InterruptedException {
    if (withId && form == BatchResults.Form.JSON) {
      throw new ConfigurationException("--output json has the id in any case: leave out --with-id");
    }
    try (GatewayDoor door = cli.gateway()) {
      return new BatchResults(cli, door.client(), id.toString(), form, withId).run(follows);
    }
  }

  @Command(
      name = "cancel",
      description = {
        "Cancels the members of a batch: what waits is not run any more, what runs is told to stop.",
        "Needs no gateway."
      })
  int cancel(@Parameters(paramLabel = "ID", description = ID) TaskId id) {
    try (WarrenClient client = cli.client(1)) {
      client.batch(id.toString()).cancel();
    }
    cli.say("batch " + id + " is cancelled; what runs is told to stop");
    return ExitCodes.OK;
  }
}
