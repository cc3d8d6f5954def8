package dev.warren.producer.cli;

import dev.warren.api.ConfigurationException;
import dev.warren.api.Names;
import dev.warren.engine.registry.TypeAnnouncement;
import dev.warren.producer.WarrenClient;
import java.nio.file.Path;
import java.time.Clock;
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

/** {@code warren map}. */
@Command(
    name = "map",
    description = {
      "Submits a task for each line of standard input, and prints each result as it comes.",
      "A line that is a JSON object is the arguments; any other line is the type's one required",
      "argument, or the one that --arg names; {} in NAME=TEXT and NAME:=JSON stands for the line.",
      "After -- come the words of the argument 'command'. There and in the pairs, as with GNU",
      "parallel: {} the line, {.} without extension, {/} its last name, {/.} that without extension,",
      "{//} its folder, {#} its number; a command without any gets the line as its last word.%n"
    },
    footer = {
      "%nExamples:",
      "  seq 1000 | warren map echo",
      "  find . -name '*.txt' | warren map text.wordcount --ordered",
      "  cat names | warren map echo greeting='Hello {}!'",
      "  ls *.png | warren map exec -- convert {} {.}.jpg",
      "  warren map file.digest --joblog digests.log --resume < files"
    })
final class MapCommand implements Callable<Integer> {
  private static final int MAX_WINDOW = 100_000;

  private final Cli cli;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", arity = "0..1", paramLabel = "TYPE", description = "The task type.")
  private @Nullable String type;

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "ARGUMENT",
      description = "Pairs NAME=TEXT and NAME:=JSON for every task; after -- a command.")
  private List<String> words = new ArrayList<>();

  @Option(names = "--arg", paramLabel = "NAME", description = "The argument that a line is.")
  private @Nullable String field;

  @Option(
      names = "--window",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Submitted and unfinished tasks at most. Default: ${DEFAULT-VALUE}.")
  private int window;

  @Option(names = "--ordered", description = "Print results in the order of the lines.")
  private boolean ordered;

  @Option(
      names = "--with-id",
      description = "Print {\"item\":…,\"id\":…,\"result\":…} instead of bare results.")
  private boolean withId;

  @Option(
      names = "--text",
      paramLabel = "FIELD",
      description = "Print this text of each result as it is, as stdout of 'exec', and no JSON.")
  private @Nullable String text;

  @Option(
      names = "--progress",
      description = "Tell the progress every 5 s where standard error is no terminal.")
  private boolean showsProgress;

  @Option(
      names = "--joblog",
      paramLabel = "FILE",
      description = "Note each finished item in FILE, one JSON object a line.")
  private @Nullable Path logFile;

  @Option(names = "--resume", description = "Go on with the job log: skip what has succeeded.")
  private boolean resumes;

  @Option(
      names = "--batch",
      arity = "0..1",
      paramLabel = "DESCRIPTION",
      fallbackValue = "",
      preprocessor = AttachedValue.class,
      description =
          "Run under a batch, so that 'batch watch' and 'batch cancel' work elsewhere. Needs a"
              + " gateway.")
  private @Nullable String description;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description = "Give up when no result comes for so long. Default: no limit.")
  private @Nullable Duration idleLimit;

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

  @Option(
      names = {"-h", "--help"},
      description = "Show this; after TYPE, the arguments of that type.")
  private boolean help;

  MapCommand(Cli cli) {
    this.cli = cli;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (help) {
      return TypeHelp.show(cli, spec, type);
    }
    String name = Names.requireType(TypeHelp.required(spec, type));
    if (window < 1 || window > MAX_WINDOW) {
      throw new ConfigurationException("--window is from 1 to " + MAX_WINDOW + ", not " + window);
    }
    if (resumes && logFile == null) {
      throw new ConfigurationException("--resume goes on with a job log: say --joblog FILE");
    }
    if (text != null && withId) {
      throw new ConfigurationException("--text prints no JSON, and --with-id does: give one");
    }
    ArgumentTemplate template = template(GivenWords.of(spec, words));
    Surroundings around = cli.surroundings();
    // Before the log is made: what is wrong with the options must not leave one behind.
    MapFeed.Source unlogged =
        new MapFeed.Source(
            new LineInput(around.in()),
            new LineArguments(template, field, () -> schema(cli, name)),
            name,
            flags.options(around.clock()),
            null,
            patience,
            around.clock());
    try (WarrenClient client = cli.client(window, !alone);
        BlockedWatch watch = new BlockedWatch(cli, client)) {
      watch.start();
      if (logFile == null) {
        return run(client, unlogged);
      }
      try (JobLog log = log(logFile, name, around.clock())) {
        return run(client, unlogged.with(log));
      }
    }
  }

  /** The pairs that are the same for all items. */
  static ArgumentTemplate template(GivenWords given) {
    List<String> words = given.arguments();
    if (words.size() == 1 && SubmittedArguments.looksLikeJson(words.getFirst())) {
      throw new ConfigurationException(
          "arguments that are the same for all items are given as pairs: NAME=TEXT or NAME:=JSON");
    }
    return ArgumentTemplate.parse(words).withCommand(given.command()).withLine();
  }

  private JobLog log(Path file, String name, Clock clock) {
    return resumes
        ? JobLog.resume(file, name, clock.instant())
        : JobLog.create(file, name, clock.instant());
  }

  private int run(WarrenClient client, MapFeed.Source source) throws InterruptedException {
    Surroundings around = cli.surroundings();
    JobLog log = source.log();
    MapWriter writer = new MapWriter(around.out(), new MapWriter.Form(ordered, withId, text), log);
    Progress.Style style =
        around.errIsTerminal()
            ? Progress.Style.BAR
            : showsProgress ? Progress.Style.LINES : Progress.Style.NONE;
    Progress progress = new Progress(cli.err(), style, "map " + source.type(), System::nanoTime);
    MapBatch batch = MapBatch.of(client, log, description(source.type()));
    if (batch != null) {
      cli.say("batch " + batch.id());
    }
    MapRun.Manner manner =
        new MapRun.Manner(window, idleLimit, log != null, style != Progress.Style.NONE, batch);
    WorkerHint hint = new WorkerHint(client.fleet(), cli.err());
    MapRun run = new MapRun(manner, writer, progress, cli.err(), hint::look);
    around.interrupts().handle(() -> run.tell(new MapEvent.Interrupted()));
    ItemSink sink = batch == null ? (item, task) -> client.submitInBulk(task) : batch::submit;
    try (MapFeed feed = new MapFeed(source, sink, run.window(), run::tell)) {
      return run.run(feed);
    }
  }

  private @Nullable String description(String name) {
    return description == null || !description.isEmpty() ? description : "map " + name;
  }

  /** What a type announced of its arguments. */
  static ArgumentSchema schema(Cli cli, String name) {
    return cli.types(cli.connections())
        .find(name)
        .map(TypeAnnouncement::argumentsSchema)
        .map(found -> new ArgumentSchema(name, found))
        .orElseGet(() -> ArgumentSchema.unknown(name));
  }
}
