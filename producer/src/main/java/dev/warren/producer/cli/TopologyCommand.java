package dev.warren.producer.cli;

import dev.warren.api.ConfigurationException;
import dev.warren.api.Names;
import dev.warren.api.TaskOptions;
import dev.warren.api.TopologyMismatchException;
import dev.warren.engine.registry.TypeAnnouncement;
import dev.warren.engine.registry.TypeCatalog;
import dev.warren.engine.topology.BindingDefinition;
import dev.warren.engine.topology.Declarer;
import dev.warren.engine.topology.Difference;
import dev.warren.engine.topology.ExchangeDefinition;
import dev.warren.engine.topology.QueueDefinition;
import dev.warren.engine.topology.Topology;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code warren topology}. */
@Command(
    name = "topology",
    description = "The exchanges and queues of a fleet in the broker.",
    synopsisSubcommandLabel = "COMMAND")
final class TopologyCommand implements Callable<Integer> {
  private final Cli cli;

  @Spec private CommandSpec spec = CommandSpec.create();

  TopologyCommand(Cli cli) {
    this.cli = cli;
  }

  /** Which queues and types. */
  static final class Scope {
    @Option(
        names = "--queue",
        paramLabel = "NAME",
        split = ",",
        description = "Also these work queues. Default: default, and those of --types.")
    private List<String> queues = new ArrayList<>();

    @Option(
        names = "--types",
        paramLabel = "TYPE[@QUEUE]",
        split = ",",
        description = "Lead these types to their queues, before a worker does; @FILE reads lines.")
    private List<String> types = new ArrayList<>();
  }

  @Override
  public Integer call() {
    throw new ConfigurationException(
        "topology print, apply, verify or diff? ('" + spec.qualifiedName() + " --help' says more)");
  }

  @Command(name = "print", description = "Prints what belongs there, without asking the broker.")
  int print(@Mixin Scope scope, @Mixin OutputOption output) {
    Topology topology = topology(scope, Set.of());
    Table table = new Table("kind", "name", "type", "from", "key", "arguments");
    for (ExchangeDefinition each : topology.exchanges()) {
      table.row("exchange", each.name(), each.kind(), "", "", arguments(each.arguments()));
    }
    for (QueueDefinition each : topology.queues()) {
      table.row("queue", each.name(), each.type(), "", "", arguments(each.arguments()));
    }
    for (BindingDefinition each : topology.bindings()) {
      table.row("binding", each.target(), "", each.exchange(), each.key(), "");
    }
    table.print(output.format(), cli.out());
    return ExitCodes.OK;
  }

  @Command(name = "apply", description = "Declares what is missing; changes nothing that is there.")
  int apply(@Mixin Scope scope) {
    Topology topology = topology(scope, Set.of());
    new Declarer(cli.connections()).apply(topology);
    cli.say(
        topology.exchanges().size()
            + " exchanges, "
            + topology.queues().size()
            + " queues and "
            + topology.bindings().size()
            + " bindings are there");
    return ExitCodes.OK;
  }

  @Command(name = "verify", description = "Looks whether all exchanges and queues are there.")
  int verify(
      @Mixin Scope scope,
      @Option(names = "--shared", description = "Only what all queues share, unless named.")
          boolean shared) {
    boolean none = shared && scope.queues.isEmpty() && scope.types.isEmpty();
    new Declarer(cli.connections()).verify(none ? Topology.fleet() : topology(scope, Set.of()));
    cli.say("all is there");
    return ExitCodes.OK;
  }

  @Command(
      name = "diff",
      description = {
        "Compares exchanges and queues with the broker's; exit code 4 if something differs.",
        "Looks at the queues of all announced types too."
      })
  int diff(
      @Mixin Scope scope,
      @Mixin OutputOption output,
      @Option(names = "--all", description = "Also what is as it should be.") boolean all) {
    List<Difference> differences =
        new Declarer(cli.connections()).diff(topology(scope, announcedQueues()));
    Table table = new Table("object", "state", "argument", "expected", "found", "detail");
    boolean fine = true;
    for (Difference difference : differences) {
      boolean ok = difference.state() == Difference.State.OK;
      fine &= ok || difference.state() == Difference.State.UNKNOWN;
      if (all || !ok) {
        table.row(
            difference.object(),
            difference.state().name().toLowerCase(Locale.ROOT),
            difference.argument(),
            difference.expected(),
            difference.found(),
            difference.detail());
      }
    }
    if (!table.isEmpty() || output.format() == OutputFormat.JSON) {
      table.print(output.format(), cli.out());
    }
    if (fine) {
      cli.say(differences.size() + " exchanges and queues are as they should be");
    }
    return fine ? ExitCodes.OK : ExitCodes.REFUSED;
  }

  private static String arguments(Map<String, Object> arguments) {
    StringJoiner text = new StringJoiner(" ");
    new TreeMap<>(arguments)
        .forEach(
            (name, value) -> {
              if (!name.equals("x-queue-type")) {
                text.add(name + "=" + value);
              }
            });
    return text.toString();
  }

  private Set<String> announcedQueues() {
    Set<String> queues = new LinkedHashSet<>();
    try {
      cli.types(cli.connections()).refresh(TypeCatalog.DEFAULT_READ_LIMIT).stream()
          .map(TypeAnnouncement::queue)
          .forEach(queues::add);
    } catch (TopologyMismatchException noRegistry) {
      cli.say(Failures.line(noRegistry));
    }
    return queues;
  }

  private static Topology topology(Scope scope, Set<String> moreQueues) {
    Map<String, Set<String>> typesOf = new LinkedHashMap<>();
    moreQueues.forEach(queue -> typesOf.put(queue, new LinkedHashSet<>()));
    scope.queues.forEach(queue -> typesOf.put(queue, new LinkedHashSet<>()));
    for (String word : TypeList.read(scope.types)) {
      int at = word.indexOf('@');
      String type = Names.requireType(at < 0 ? word : word.substring(0, at));
      String queue = at < 0 ? TaskOptions.DEFAULT_QUEUE : word.substring(at + 1);
      typesOf.computeIfAbsent(queue, name -> new LinkedHashSet<>()).add(type);
    }
    if (typesOf.isEmpty()) {
      typesOf.put(TaskOptions.DEFAULT_QUEUE, Set.of());
    }
    Topology topology = Topology.fleet();
    for (Map.Entry<String, Set<String>> entry : typesOf.entrySet()) {
      topology =
          topology
              .and(Topology.workQueue(entry.getKey()))
              .and(Topology.types(entry.getKey(), entry.getValue()));
    }
    return topology;
  }
}
