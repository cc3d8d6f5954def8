package dev.warren.producer.cli;

import dev.warren.api.WarrenException;
import dev.warren.engine.configuration.NearNames;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.connection.ProcessName;
import dev.warren.engine.registry.ClosedTypes;
import dev.warren.engine.registry.TypeAnnouncement;
import dev.warren.engine.registry.TypeCatalog;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A first word that is no command: a task type whose help is wanted, or a slip of the keys. */
@Command(description = "A task type.")
final class TypeWordCommand implements Callable<Integer> {
  /** Nobody asked for the broker here: it is only looked at for a better answer. */
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);

  /** The words that the launcher keeps for itself, when it is what has started this program. */
  private static final List<String> LAUNCHER_COMMANDS =
      List.of(
          "up", "down", "status", "logs", "worker", "gateway", "demo", "test", "fmt", "bench",
          "startup", "install");

  private final Cli cli;
  private final String word;
  private final List<String> commands;

  @Option(
      names = {"-h", "--help"},
      description = "The arguments of the type.")
  private boolean help;

  TypeWordCommand(Cli cli, String word, List<String> commands) {
    this.cli = cli;
    this.word = word;
    boolean launched = cli.surroundings().environment().containsKey("WARREN_LAUNCHER");
    this.commands =
        Stream.concat(commands.stream(), launched ? LAUNCHER_COMMANDS.stream() : Stream.empty())
            .filter(name -> !name.equals("demo-run"))
            .toList();
  }

  @Override
  public Integer call() {
    Optional<TypeCatalog> catalog = catalog();
    Optional<TypeAnnouncement> type = catalog.flatMap(types -> types.cached(word));
    if (type.isPresent() && help) {
      TypeHelp.print(type.get(), cli.out());
      return ExitCodes.OK;
    }
    if (type.isPresent()) {
      cli.say(
          "'"
              + word
              + "' is a task type, not a command: 'warren submit "
              + word
              + " …' runs it, 'warren "
              + word
              + " --help' shows its arguments");
      return ExitCodes.USAGE;
    }
    cli.say(
        "no command"
            + (catalog.isPresent() ? " and no task type '" : " '")
            + word
            + "'"
            + meant(catalog)
            + " ('warren --help' shows all)");
    return ExitCodes.USAGE;
  }

  private String meant(Optional<TypeCatalog> catalog) {
    Optional<String> command = nearest(commands);
    if (command.isPresent()) {
      return "; did you mean '" + command.get() + "'?";
    }
    Optional<String> closed = ClosedTypes.howToOpen(word);
    if (closed.isPresent()) {
      return "; " + closed.get();
    }
    return catalog
        .flatMap(types -> types.nearest(word))
        .map(type -> "; did you mean task type '" + type + "', as in 'warren submit " + type + "'?")
        .orElse("");
  }

  private Optional<String> nearest(Collection<String> names) {
    return NearNames.nearest(word, names);
  }

  /** What the fleet knows, this word looked up; empty if the broker does not answer. */
  private Optional<TypeCatalog> catalog() {
    try {
      BrokerSettings broker = cli.broker();
      if (broker.connectTimeout().compareTo(CONNECT_LIMIT) > 0) {
        broker = broker.withConnectTimeout(CONNECT_LIMIT);
      }
      TypeCatalog types = cli.types(new Connections(broker, ProcessName.of("cli")));
      boolean unused = types.find(word).isPresent();
      return Optional.of(types);
    } catch (WarrenException unreachable) {
      LoggerFactory.getLogger(TypeWordCommand.class).debug("types are not known", unreachable);
      return Optional.empty();
    }
  }
}
