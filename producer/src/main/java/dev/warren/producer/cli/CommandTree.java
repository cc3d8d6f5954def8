package dev.warren.producer.cli;

import dev.warren.api.TaskId;
import dev.warren.api.WarrenException;
import dev.warren.engine.configuration.Durations;
import dev.warren.engine.configuration.Key;
import dev.warren.engine.configuration.Tier;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.event.Level;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.TypeConversionException;

/**
 * The commands by name. Only the one that is asked for is built, as reading the annotations of all
 * of them would take longer than most of them run.
 */
final class CommandTree {
  private static final int HELP_WIDTH = 100;

  private final Cli cli;
  private final Map<String, Function<Cli, Object>> commands = new LinkedHashMap<>();

  private CommandTree(Cli cli) {
    this.cli = cli;
    commands.put("submit", SubmitCommand::new);
    commands.put("map", MapCommand::new);
    commands.put("batch", BatchCommand::line);
    commands.put("task", TaskCommand::new);
    commands.put("dead", DeadCommand::line);
    commands.put("events", EventsCommand::new);
    commands.put("top", TopCommand::new);
    commands.put("types", TypesCommand::new);
    commands.put("queues", QueuesCommand::new);
    commands.put("queue", QueueCommand::line);
    commands.put("workers", WorkersCommand::new);
    commands.put("worker", WorkerCommand::new);
    commands.put("advise", AdviseCommand::new);
    commands.put("permits", PermitsCommand::new);
    commands.put("topology", TopologyCommand::new);
    commands.put("config", ConfigCommand::new);
    commands.put("doctor", DoctorCommand::new);
    commands.put("demo-run", DemoRunCommand::new);
    commands.put("completion", CompletionCommand::new);
    commands.put("version", VersionCommand::new);
  }

  /** Runs a command line; returns the exit code. */
  static int run(Surroundings surroundings, String... args) {
    return new CommandTree(new Cli(surroundings)).run(args);
  }

  /** All commands, for the completion script. */
  static CommandLine all(Cli cli) {
    CommandTree tree = new CommandTree(cli);
    return tree.commandLine(tree.commands.keySet().toArray(String[]::new));
  }

  private int run(String... args) {
    Optional<String> word = CommandWord.of(args, Cli.KEYS);
    boolean known = word.filter(commands::containsKey).isPresent();
    boolean helps = word.isEmpty() || word.get().equals("help");
    String[] names =
        helps || !known ? commands.keySet().toArray(String[]::new) : new String[] {word.get()};
    if (!helps && !known) {
      names = new String[0];
    }
    try (HeadStart headStart = HeadStart.of(word.orElse(""))) {
      CommandLine line = commandLine(names);
      if (!helps && !known) {
        TypeWordCommand other =
            new TypeWordCommand(cli, word.get(), List.copyOf(commands.keySet()));
        line.addSubcommand(word.get(), configured(other));
      }
      configure(line);
      line.setExecutionStrategy(parsed -> execute(parsed, headStart));
      finish(line.getCommandSpec());
      return line.execute(args);
    }
  }

  private static int execute(CommandLine.ParseResult parsed, HeadStart headStart) {
    headStart.close();
    return new CommandLine.RunLast().execute(parsed);
  }

  private CommandLine commandLine(String... names) {
    CommandSpec root = CommandSpec.forAnnotatedObject(new RootCommand(cli));
    // A command's own help is about the command; that of all lists what all have in common.
    boolean all = names.length > 1;
    for (Key<?> key : Cli.KEYS) {
      if (!key.isSecret()) {
        boolean shown = all ? key.tier() != Tier.RARELY : key.tier() == Tier.ESSENTIAL;
        root.addOption(option(cli, key, !shown));
      }
    }
    root.addOption(
        inherited("--config")
            .type(Path.class)
            .paramLabel("FILE")
            .description("The configuration file. Default: $WARREN_CONFIG, ./warren.yaml.")
            .setter(new Setter<Path>(cli::file))
            .build());
    root.addOption(
        inherited("-v", "--verbose")
            .type(boolean[].class)
            .arity("0")
            .description("Say more on standard error; twice for everything.")
            .setter(new Setter<boolean[]>(given -> verbose(given.length)))
            .build());
    CommandLine line = new CommandLine(root);
    for (String name : names) {
      Function<Cli, Object> create = commands.get(name);
      if (create != null) {
        line.addSubcommand(name, create.apply(cli));
      }
    }
    if (names.length > 1) {
      line.addSubcommand("help", new CommandLine.HelpCommand());
    }
    return line;
  }

  private static Object configured(Object command) {
    CommandLine line = new CommandLine(command);
    line.setUnmatchedArgumentsAllowed(true);
    return line;
  }

  private void verbose(int level) {
    cli.verbosity(level);
    LineLogging.from(level == 0 ? Level.WARN : level == 1 ? Level.INFO : Level.DEBUG);
  }

  private static OptionSpec option(Cli cli, Key<?> key, boolean hidden) {
    String[] names =
        key.flagAlias()
            .map(alias -> new String[] {alias, key.flag()})
            .orElseGet(() -> new String[] {key.flag()});
    String byDefault =
        key.defaultText()
            .filter(text -> !text.isEmpty())
            .map(" Default: %s."::formatted)
            .orElse("");
    return inherited(names)
        .type(String.class)
        .paramLabel(key.valueName().isEmpty() ? "true|false" : key.valueName())
        .description((key.description() + byDefault).replace("%", "%%"))
        .hidden(hidden)
        .setter(new Setter<String>(value -> cli.flag(key, value)))
        .build();
  }

  private static OptionSpec.Builder inherited(String... names) {
    return OptionSpec.builder(names).scopeType(ScopeType.INHERIT);
  }

  private void configure(CommandLine line) {
    line.setExpandAtFiles(false)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpWidth(HELP_WIDTH)
        .setUsageHelpAutoWidth(false)
        .setColorScheme(CommandLine.Help.defaultColorScheme(ansi()))
        .setOut(new PrintWriter(cli.out(), true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(cli.err(), true, StandardCharsets.UTF_8))
        .registerConverter(Duration.class, converter(Durations::parse))
        .registerConverter(TaskId.class, converter(TaskId::of))
        .setParameterExceptionHandler((failure, args) -> usage(failure))
        .setExecutionExceptionHandler((failure, command, result) -> cli.fail(failure));
  }

  /** Gives {@code --help} to each command that has none of its own, and a short synopsis. */
  private static void finish(CommandSpec spec) {
    spec.usageMessage().abbreviateSynopsis(true);
    if (spec.findOption("--help") == null && !spec.name().equals("help")) {
      spec.addOption(
          OptionSpec.builder("-h", "--help").usageHelp(true).description("Show this.").build());
    }
    spec.subcommands().values().forEach(command -> finish(command.getCommandSpec()));
  }

  private Ansi ansi() {
    Surroundings around = cli.surroundings();
    boolean colour =
        around.outIsTerminal() && around.environment().getOrDefault("NO_COLOR", "").isEmpty();
    return colour ? Ansi.ON : Ansi.OFF;
  }

  private static <T> CommandLine.ITypeConverter<T> converter(Function<String, T> parse) {
    return text -> {
      try {
        return parse.apply(text);
      } catch (WarrenException unfit) {
        throw new TypeConversionException(unfit.getMessage());
      }
    };
  }

  private int usage(CommandLine.ParameterException failure) {
    cli.say(UsageError.line(failure));
    return ExitCodes.USAGE;
  }

  /** An option's value on its way to where it belongs; absent ones are not set. */
  private record Setter<T>(Consumer<T> target) implements CommandLine.Model.ISetter {
    @Override
    @SuppressWarnings("unchecked") // The option has this type.
    public <V> V set(V value) {
      if (value != null) {
        target.accept((T) value);
      }
      return value;
    }
  }
}
