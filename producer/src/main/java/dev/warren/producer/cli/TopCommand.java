package dev.warren.producer.cli;

import dev.warren.api.ConfigurationException;
import dev.warren.engine.registry.TypeAnnouncement;
import dev.warren.engine.registry.TypeCatalog;
import dev.warren.producer.WarrenClient;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code warren top}. */
@Command(
    name = "top",
    description = {
      "The queues and the processes of the fleet, drawn anew every other second until Ctrl-C.",
      "Where standard output is no terminal, once. Needs no gateway.",
      "change/s is how fast a queue grows or, below zero, shrinks."
    })
final class TopCommand implements Callable<Integer> {
  /** Puts the cursor to the upper left corner. */
  private static final String HOME = "\u001b[H";

  private static final String ERASE_LINE_END = "\u001b[K";
  private static final String ERASE_BELOW = "\u001b[J";
  private static final String CLEAR = "\u001b[2J" + HOME;

  private final Cli cli;
  private final CountDownLatch interrupted = new CountDownLatch(1);

  @Option(names = "--once", description = "Look for one interval, print and leave.")
  private boolean once;

  @Option(
      names = "--interval",
      paramLabel = "TIME",
      defaultValue = "2s",
      description = "How often to look. Default: ${DEFAULT-VALUE}.")
  private Duration interval = Duration.ofSeconds(2);

  @Mixin private OutputOption output = new OutputOption();

  TopCommand(Cli cli) {
    this.cli = cli;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (interval.toMillis() < 100 || interval.compareTo(Duration.ofHours(1)) > 0) {
      throw new ConfigurationException("--interval is from 100ms to 1h, not " + interval);
    }
    boolean live =
        !once && output.format() == OutputFormat.TABLE && cli.surroundings().outIsTerminal();
    cli.surroundings().interrupts().handle(interrupted::countDown);
    List<String> queues =
        cli.types(cli.connections()).refresh(TypeCatalog.DEFAULT_READ_LIMIT).stream()
            .map(TypeAnnouncement::queue)
            .distinct()
            .sorted()
            .toList();
    try (WarrenClient client = cli.client(1)) {
      FleetSample before = FleetSample.take(client.fleet(), queues);
      if (live) {
        cli.out().print(CLEAR);
        draw(before, null);
      }
      while (!interrupted.await(interval.toMillis(), TimeUnit.MILLISECONDS)) {
        FleetSample now = FleetSample.take(client.fleet(), queues);
        if (!live) {
          return print(now, before);
        }
        draw(now, before);
        before = now;
      }
    }
    return live ? ExitCodes.OK : ExitCodes.INTERRUPTED;
  }

  private int print(FleetSample now, FleetSample before) {
    if (output.format() == OutputFormat.JSON) {
      cli.out().println(now.json(before));
      return ExitCodes.OK;
    }
    now.queueTable(before).print(OutputFormat.TABLE, cli.out());
    cli.out().println();
    now.processTable(before).print(OutputFormat.TABLE, cli.out());
    if (now.processes().isEmpty()) {
      cli.say("no worker answers: start one ('warren up' or 'warren worker')");
    }
    return ExitCodes.OK;
  }

  private void draw(FleetSample now, @Nullable FleetSample before) {
    StringBuilder screen = new StringBuilder(HOME);
    add(
        screen,
        "warren top  "
            + cli.surroundings().clock().instant().truncatedTo(ChronoUnit.SECONDS)
            + "  every "
            + DurationText.of(interval)
            + ", Ctrl-C ends");
    add(screen, "");
    now.queueTable(before).lines().forEach(line -> add(screen, line));
    add(screen, "");
    now.processTable(before).lines().forEach(line -> add(screen, line));
    if (now.processes().isEmpty()) {
      add(screen, "no worker answers");
    }
    cli.out().print(screen.append(ERASE_BELOW));
    cli.out().flush();
  }

  private static void add(StringBuilder screen, String line) {
    screen.append(line).append(ERASE_LINE_END).append('\n');
  }
}
