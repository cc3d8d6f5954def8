package dev.warren.producer.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.api.ConfigurationException;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.configuration.StandardKeys;
import dev.warren.producer.WarrenClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What {@code warren demo} does once a fleet is up: real work, counted and timed. */
@Command(
    name = "demo-run",
    hidden = true,
    description = "Real work on the workers that run: the second half of 'warren demo'.")
final class DemoRunCommand implements Callable<Integer> {
  private static final int WINDOW = 1_000;
  private static final int SLEEP_MILLIS = 100;
  private static final int DRAWINGS = 12;
  private static final int THUMBNAIL_WIDTH = 160;
  private static final Duration PHASE_LIMIT = Duration.ofSeconds(60);

  private final Cli cli;

  @Option(
      names = "--files-root",
      paramLabel = "PATH",
      defaultValue = "/",
      description = "The workers' files root. Default: ${DEFAULT-VALUE}.")
  private Path filesRoot = Path.of("/");

  @Option(
      names = "--size",
      paramLabel = "N",
      defaultValue = "100",
      description = "How much work, in percent. Default: ${DEFAULT-VALUE}.")
  private int size;

  @Option(
      names = "--look",
      paramLabel = "NAME=URL",
      description = "An address to print at the end; may be repeated.")
  private Map<String, URI> addresses = new LinkedHashMap<>();

  @Mixin private OutputOption output = new OutputOption();

  DemoRunCommand(Cli cli) {
    this.cli = cli;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (size < 1 || size > 10_000) {
      throw new ConfigurationException("--size is from 1 to 10000 percent, not " + size);
    }
    List<DemoPhase.Result> results = new ArrayList<>();
    try (DemoImages images = DemoImages.below(filesRoot);
        WarrenClient client = cli.client(WINDOW);
        BlockedWatch watch = new BlockedWatch(cli, client)) {
      watch.start();
      DemoFiles files = new DemoFiles(filesRoot);
      List<Path> texts = files.texts(amount(2_000));
      if (texts.isEmpty()) {
        throw new ConfigurationException("there are no text files below " + filesRoot);
      }
      List<Path> large = new ArrayList<>(files.large(amount(300)));
      if (large.isEmpty()) {
        large.addAll(texts);
      }
      List<Path> pictures = new ArrayList<>(files.images(amount(DRAWINGS)));
      int found = pictures.size();
      pictures.addAll(images.draw(Math.max(0, amount(DRAWINGS) - found)));
      cli.say(
          texts.size()
              + " texts and "
              + large.size()
              + " large files of this machine, "
              + found
              + " images found and "
              + (pictures.size() - found)
              + " drawn");
      // Does no work: its run times would be those of waiting for a processor.
      results.add(
          run(client, "echo", amount(4_000), DemoRunCommand::message).withRunning(Duration.ZERO));
      results.add(run(client, "sleep", amount(600), i -> object().put("millis", SLEEP_MILLIS)));
      results.add(run(client, "text.wordcount", amount(2_000), i -> path(texts, i).put("top", 3)));
      results.add(run(client, "file.digest", amount(600), i -> path(large, i)));
      results.add(
          run(client, "image.thumbnail", amount(60), i -> thumbnail(pictures, images.folder(), i)));
    }
    return report(results);
  }

  private int amount(int usual) {
    return Math.max(1, usual * size / 100);
  }

  private DemoPhase.Result run(
      WarrenClient client, String type, int count, Function<Integer, ObjectNode> arguments)
      throws InterruptedException {
    List<JsonText> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(JsonCodec.write(arguments.apply(i), "arguments"));
    }
    Progress.Style style =
        cli.surroundings().errIsTerminal() ? Progress.Style.BAR : Progress.Style.NONE;
    Progress progress = new Progress(cli.err(), style, type, System::nanoTime);
    DemoPhase.Result result =
        new DemoPhase(type).run(all, client::submitAsync, progress, PHASE_LIMIT);
    cli.say(
        type
            + ": "
            + Progress.number(result.succeeded())
            + " of "
            + Progress.number(result.submitted())
            + " in "
            + DurationText.of(result.wall())
            + (result.failure() == null ? "" : "; " + result.failure()));
    return result;
  }

  private static ObjectNode object() {
    return JsonCodec.json().createObjectNode();
  }

  private static ObjectNode message(int number) {
    return object().put("message", "hello").put("number", number);
  }

  private static ObjectNode path(List<Path> files, int number) {
    return object().put("path", files.get(number % files.size()).toString());
  }

  private static ObjectNode thumbnail(List<Path> pictures, Path folder, int number) {
    Path target = folder.resolve("thumbnail-" + number + ".png");
    return path(pictures, number).put("width", THUMBNAIL_WIDTH).put("target", target.toString());
  }

  private int report(List<DemoPhase.Result> results) {
    Table table =
        new Table(
            "task type",
            "lane",
            "count",
            "per second",
            "wall time",
            "one after another",
            "speed-up",
            "worker JVMs");
    Set<String> workers = new TreeSet<>();
    int submitted = 0;
    int succeeded = 0;
    Duration wall = Duration.ZERO;
    Duration running = Duration.ZERO;
    for (DemoPhase.Result each : results) {
      row(table, each.type(), String.join(", ", each.lanes()), each);
      workers.addAll(each.workers());
      submitted += each.submitted();
      succeeded += each.succeeded();
      wall = wall.plus(each.wall());
      running = running.plus(each.running());
    }
    boolean exact = results.stream().allMatch(DemoPhase.Result::isExact);
    row(
        table,
        "all",
        "",
        new DemoPhase.Result(
            "all", Set.of(), submitted, succeeded, 0, wall, running, workers, null));
    table.print(output.format(), cli.out());
    conclude(exact, submitted, succeeded, workers);
    return exact ? ExitCodes.OK : ExitCodes.TASK_FAILED;
  }

  private static void row(Table table, String name, String lane, DemoPhase.Result result) {
    double speedUp = (double) result.running().toNanos() / Math.max(1, result.wall().toNanos());
    boolean works = !result.running().isZero();
    table.row(
        name,
        lane,
        result.succeeded(),
        Progress.rate(result.succeeded(), result.wall()),
        DurationText.of(result.wall()),
        works ? DurationText.of(result.running()) : "",
        works ? String.format(Locale.ROOT, "%.1f x", speedUp) : "",
        result.workers().size());
  }

  private void conclude(boolean exact, int submitted, int succeeded, Set<String> workers) {
    cli.err().println();
    if (exact) {
      cli.say(
          Progress.number(submitted)
              + " tasks submitted, "
              + Progress.number(succeeded)
              + " succeeded, each with exactly one result, on "
              + workers.size()
              + (workers.size() == 1 ? " worker JVM: " : " worker JVMs: ")
              + String.join(", ", workers));
    } else {
      cli.say(
          "of "
              + Progress.number(submitted)
              + " tasks only "
              + Progress.number(succeeded)
              + " succeeded");
    }
    cli.say(
        "'one after another' is the sum of the tasks' run times, as they were beside each other;"
            + " 'echo' does no work and shows how fast tasks come and go");
    cli.settings()
        .find(StandardKeys.BROKER_MANAGEMENT_URI)
        .ifPresent(uri -> cli.say("RabbitMQ's own view: " + uri));
    addresses.forEach((name, uri) -> cli.say(name + ": " + uri));
  }
}
