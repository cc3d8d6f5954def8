package dev.warren.producer.cli;

import dev.warren.api.ConfigurationException;
import dev.warren.engine.control.StopOrder;
import dev.warren.producer.WarrenClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code warren worker drain} and {@code restart}; the launcher starts workers by that word. */
@Command(
    name = "worker",
    description = {
      "Stops workers that run, wherever they are, and lets them be started again.",
      "'warren worker' alone starts one."
    },
    synopsisSubcommandLabel = "COMMAND")
final class WorkerCommand implements Callable<Integer> {
  private final Cli cli;

  @Spec private CommandSpec spec = CommandSpec.create();

  WorkerCommand(Cli cli) {
    this.cli = cli;
  }

  @Override
  public Integer call() {
    throw new ConfigurationException(
        "worker drain or restart? ('" + spec.qualifiedName() + " --help' says more)");
  }

  /** Which processes, and how long to wait for them. */
  static final class Target {
    @Parameters(
        arity = "0..*",
        paramLabel = "NAME",
        description = "The processes, as 'warren workers' prints them.")
    private List<String> names = List.of();

    @Option(names = "--all", description = "All workers.")
    private boolean all;

    @Option(names = "--by", paramLabel = "WHO", description = Asker.OPTION)
    private @Nullable String by;

    @Option(
        names = "--timeout",
        paramLabel = "TIME",
        defaultValue = "60s",
        description = "The longest wait for each, beyond its own grace. Default: ${DEFAULT-VALUE}.")
    private Duration limit = Duration.ofSeconds(60);

    /** Made by the command line. */
    Target() {}
  }

  @Command(
      name = "drain",
      description = {
        "Lets workers take no more tasks, end what they run, give back the rest, and end.",
        "They stay away, even if a supervisor of 'warren worker --processes' runs them."
      })
  int drain(@Mixin Target target, @Mixin OutputOption output) throws InterruptedException {
    return stop(StopOrder.Action.DRAIN, target, output);
  }

  @Command(
      name = "restart",
      description = {
        "Drains workers, and waits until their supervisor has started them again and they take",
        "tasks. One after the other. What has no supervisor ends, and must be started again by",
        "whoever runs it."
      })
  int restart(@Mixin Target target, @Mixin OutputOption output) throws InterruptedException {
    return stop(StopOrder.Action.RESTART, target, output);
  }

  private int stop(StopOrder.Action action, Target target, OutputOption output)
      throws InterruptedException {
    if (target.all == !target.names.isEmpty()) {
      throw new ConfigurationException(
          "which workers? name them, as 'warren workers' prints them, or say --all, not both");
    }
    try (WarrenClient client = cli.client(1)) {
      WorkerStops stops =
          new WorkerStops(
              cli,
              client.fleet(),
              action,
              Asker.of(target.by, client.connections().process()),
              target.limit);
      int exit = target.all ? stops.all() : stops.named(target.names);
      if (!stops.table().isEmpty()) {
        stops.table().print(output.format(), cli.out());
      }
      return exit;
    }
  }
}
