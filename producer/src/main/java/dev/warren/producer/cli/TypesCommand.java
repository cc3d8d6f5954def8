package dev.warren.producer.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.registry.TypeAnnouncement;
import dev.warren.engine.registry.TypeCatalog;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code warren types}. */
@Command(name = "types", description = "The task types that the fleet knows, or one of them.")
final class TypesCommand implements Callable<Integer> {
  private final Cli cli;

  @Parameters(arity = "0..1", paramLabel = "TYPE", description = "Show the arguments of this one.")
  private @Nullable String type;

  @Mixin private OutputOption output = new OutputOption();

  TypesCommand(Cli cli) {
    this.cli = cli;
  }

  @Override
  public Integer call() {
    if (type != null) {
      one(TypeHelp.found(cli, type));
      return ExitCodes.OK;
    }
    List<TypeAnnouncement> types =
        cli.types(cli.connections()).refresh(TypeCatalog.DEFAULT_READ_LIMIT);
    Table table = new Table("type", "queue", "lane", "arguments", "description");
    types.forEach(
        each ->
            table.row(
                each.type(),
                each.queue(),
                each.lane().word(),
                arguments(each),
                each.description()));
    table.print(output.format(), cli.out());
    if (types.isEmpty()) {
      cli.say("no worker has announced a type yet: start one ('warren up' or 'warren worker')");
    }
    return ExitCodes.OK;
  }

  private void one(TypeAnnouncement found) {
    if (output.format() == OutputFormat.TABLE) {
      TypeHelp.print(found, cli.out());
      return;
    }
    ObjectNode node = JsonCodec.json().createObjectNode();
    node.put("type", found.type()).put("queue", found.queue()).put("lane", found.lane().word());
    node.put("description", found.description());
    node.set("arguments", found.argumentsSchema());
    node.set("result", found.resultSchema());
    node.put("time_limit_ms", found.timeLimit().toMillis());
    node.put("attempts", found.maxAttempts()).put("version", found.version());
    cli.out().println(node);
  }

  /** Required ones first, optional ones in brackets. */
  private static List<String> arguments(TypeAnnouncement type) {
    ArgumentSchema schema = new ArgumentSchema(type.type(), type.argumentsSchema());
    if (schema.isWhole()) {
      return List.of(schema.type().equals("any") ? "any JSON" : schema.type());
    }
    List<String> names = new ArrayList<>();
    schema.names().stream().filter(schema::isRequired).forEach(names::add);
    schema.names().stream()
        .filter(name -> !schema.isRequired(name))
        .forEach(name -> names.add("[" + name + "]"));
    return names;
  }
}
