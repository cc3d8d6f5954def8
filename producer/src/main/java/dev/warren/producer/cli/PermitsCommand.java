package dev.warren.producer.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.warren.api.ConfigurationException;
import dev.warren.engine.permit.PermitBook;
import dev.warren.engine.wire.Pong;
import dev.warren.producer.WarrenClient;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code warren permits}. */
@Command(
    name = "permits",
    description = {
      "How many attempts may run at once in the whole fleet.",
      "A type asks for permits by its options, or at the worker: --permit TYPE=NAME."
    },
    synopsisSubcommandLabel = "COMMAND")
final class PermitsCommand implements Callable<Integer> {
  private static final String NAME = "The name of the permits.";

  /** For whoever else changes permits at this moment. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Cli cli;

  @Spec private CommandSpec spec = CommandSpec.create();

  PermitsCommand(Cli cli) {
    this.cli = cli;
  }

  @Override
  public Integer call() {
    throw new ConfigurationException(
        "permits list, show, set or remove? ('" + spec.qualifiedName() + " --help' says more)");
  }

  @Command(name = "list", description = "All permits, and how many are free.")
  int list(@Mixin OutputOption output) {
    List<PermitBook.View> views = book().list(PATIENCE);
    table(views).print(output.format(), cli.out());
    if (views.isEmpty()) {
      cli.say("there are no permits: 'warren permits set NAME N' makes them");
    }
    return ExitCodes.OK;
  }

  @Command(
      name = "show",
      description = "Which processes use permits of a name, or have attempts that wait for one.")
  int show(
      @Parameters(paramLabel = "NAME", description = NAME) String name,
      @Option(
              names = "--timeout",
              paramLabel = "TIME",
              defaultValue = "3s",
              description = "How long to wait for answers. Default: ${DEFAULT-VALUE}.")
          Duration limit,
      @Mixin OutputOption output) {
    Table table = new Table("process", "running", "waiting", "trouble");
    try (WarrenClient client = cli.client(1)) {
      for (Pong pong : client.fleet().ping(limit)) {
        for (JsonNode each : pong.about().path("permits")) {
          if (each.path("name").asText().equals(name)) {
            table.row(
                pong.process(),
                each.path("held").asInt(),
                each.path("waiting").asInt(),
                each.path("trouble").asText());
          }
        }
      }
    }
    table.print(output.format(), cli.out());
    if (table.isEmpty()) {
      cli.say("no process that answers uses permits '" + name + "' or waits for one");
    }
    return ExitCodes.OK;
  }

  @Command(
      name = "set",
      description = {
        "Makes permits, or more or fewer of them: afterwards there are N.",
        "Those that are free go first, then those that come free while it waits. With 0 nothing runs."
      })
  int set(
      @Parameters(paramLabel = "NAME", description = NAME) String name,
      @Parameters(paramLabel = "N", description = "How many attempts may run at once.") int wanted,
      @Option(
              names = "--wait",
              paramLabel = "TIME",
              defaultValue = "10s",
              description = "For permits that are in use. Default: ${DEFAULT-VALUE}.")
          Duration patience) {
    PermitBook.Entry entry = book().set(name, wanted, patience);
    if (entry.most() > wanted) {
      cli.say(
          "of permits '%s' there are still %d: %d more are in use; run the same again when they are free"
              .formatted(name, entry.most(), entry.most() - wanted));
      return ExitCodes.TASK_FAILED;
    }
    cli.say(
        entry.settled()
            ? (wanted == 1 ? "there is %d permit '%s'" : "there are %d permits '%s'")
                .formatted(wanted, name)
            : "there are %d to %d permits '%s': run the same again when none is in use"
                .formatted(entry.least(), entry.most(), name));
    return ExitCodes.OK;
  }

  @Command(
      name = "remove",
      description = {
        "Deletes permits, and stops what runs with one.",
        "Not stopped are attempts of types that may overlap. Tasks that need such a permit wait until",
        "there are permits of that name again."
      })
  int remove(
      @Parameters(paramLabel = "NAME", description = NAME) String name, @Mixin Consent consent)
      throws IOException {
    consent.requireAnswer(cli);
    if (!consent.given(cli, "remove permits '" + name + "'?")) {
      return ExitCodes.REFUSED;
    }
    cli.say(
        book().remove(name, PATIENCE)
            ? "permits '" + name + "' are removed"
            : "there were no permits '" + name + "'");
    return ExitCodes.OK;
  }

  private PermitBook book() {
    return new PermitBook(cli.connections());
  }

  private static Table table(List<PermitBook.View> views) {
    Table table = new Table("name", "permits", "least", "most", "free", "changed", "by");
    for (PermitBook.View view : views) {
      PermitBook.Entry entry = view.entry();
      table.row(
          entry.name(),
          entry.wanted(),
          view.there() ? entry.least() : 0,
          view.there() ? entry.most() : 0,
          view.there() ? view.free() : NullNode.getInstance(),
          entry.at().toString(),
          entry.by());
    }
    return table;
  }
}
