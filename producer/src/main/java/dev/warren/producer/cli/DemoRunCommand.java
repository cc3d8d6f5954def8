package dev.warren.producer.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.api.ConfigurationException;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.producer.Batch;
import dev.warren.producer.WarrenClient;
import dev.warren.producer.gateway.GatewayClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What {@code warren demo} does once a fleet is up: real work, counted and timed. */
@Command(
    name = "demo-run",
    hidden = true,
    description = "Real work on the fleet that runs: the second half of 'warren demo'.")
final class DemoRunCommand implements Callable<Integer> {
  private static final int WINDOW = 1_000;
  private static final int SLEEP_MILLIS = 100;
  private static final Duration PAGE_DELAY = Duration.ofSeconds(1);
  private static final int DRAWINGS = 12;
  private static final int THUMBNAIL_WIDTH = 160;
  private static final Duration SILENCE = Duration.ofSeconds(60);

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
    try (DemoPages pages = DemoPages.start(PAGE_DELAY);
        DemoImages images = DemoImages.below(filesRoot);
        WarrenClient client = cli.client(WINDOW);
        GatewayDoor door = GatewayDoor.open(cli);
        BlockedWatch watch = new BlockedWatch(cli, client)) {
      watch.start();
      List<DemoWork> works = works(pages, images);
      Map<String, Duration> alone = alone(client, works);
      DemoBatch.Result result = together(client, door.client(), works);
      return new DemoReport(cli, works, alone, result).print(output.format(), addresses);
    }
  }

  private Map<String, Duration> alone(WarrenClient client, List<DemoWork> works)
      throws InterruptedException {
    cli.say("first a few of each alone, to know how long one takes");
    DemoAlone single = new DemoAlone(client, SILENCE);
    Map<String, Duration> times = new LinkedHashMap<>();
    for (DemoWork work : works) {
      times.put(work.type(), single.of(work));
    }
    return times;
  }

  private DemoBatch.Result together(
      WarrenClient client, GatewayClient gateway, List<DemoWork> works)
      throws InterruptedException {
    Progress.Style style =
        cli.surroundings().errIsTerminal() ? Progress.Style.BAR : Progress.Style.NONE;
    try (Batch batch = client.openBatch("warren demo")) {
      cli.say(
          "now all of it at once, as batch "
              + batch.id()
              + ": computing, blocking and network work beside each other");
      Progress progress = new Progress(cli.err(), style, "demo", System::nanoTime);
      return new DemoBatch(gateway, works).run(batch, progress, SILENCE);
    }
  }

  private List<DemoWork> works(DemoPages pages, DemoImages images) throws IOException {
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
        "%d texts and %d large files of this machine, %d images found and %d drawn, slow pages at %s"
            .formatted(texts.size(), large.size(), found, pictures.size() - found, pages.page(1)));
    return List.of(
        new DemoWork("text.wordcount", amount(2_000), 40, i -> path(texts, i).put("top", 3)),
        new DemoWork("file.digest", amount(600), 40, i -> path(large, i)),
        new DemoWork(
            "image.thumbnail", amount(60), 10, i -> thumbnail(pictures, images.folder(), i)),
        new DemoWork("sleep", amount(600), 1, i -> object().put("millis", SLEEP_MILLIS)),
        new DemoWork("http.request", amount(400), 1, i -> object().put("url", pages.page(i))),
        new DemoWork("echo", amount(2_000), 0, DemoRunCommand::message));
  }

  private int amount(int usual) {
    return Math.max(1, usual * size / 100);
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
}
