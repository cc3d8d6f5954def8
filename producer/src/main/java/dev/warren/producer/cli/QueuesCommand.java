package dev.warren.producer.cli;

import com.fasterxml.jackson.databind.node.NullNode;
import dev.warren.engine.registry.TypeAnnouncement;
import dev.warren.engine.registry.TypeCatalog;
import dev.warren.producer.QueueDepth;
import dev.warren.producer.WarrenClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code warren queues}. */
@Command(
    name = "queues",
    description = {
      "The task queues: tasks that wait, workers that consume, dead tasks.",
      "Tasks that workers hold are not counted as waiting. That a queue is paused is known from",
      "the workers that would serve it."
    })
final class QueuesCommand implements Callable<Integer> {
  private final Cli cli;

  @Parameters(
      arity = "0..*",
      paramLabel = "QUEUE",
      description = "Only these. Default: those of all announced types.")
  private List<String> chosen = new ArrayList<>();

  @Mixin private OutputOption output = new OutputOption();

  QueuesCommand(Cli cli) {
    this.cli = cli;
  }

  @Override
  public Integer call() {
    Map<String, List<String>> typesOf = new TreeMap<>();
    for (TypeAnnouncement type :
        cli.types(cli.connections()).refresh(TypeCatalog.DEFAULT_READ_LIMIT)) {
      typesOf.computeIfAbsent(type.queue(), queue -> new ArrayList<>()).add(type.type());
    }
    List<String> queues = chosen.isEmpty() ? List.copyOf(typesOf.keySet()) : chosen;
    Table table = new Table("queue", "ready", "consumers", "dead", "paused", "types");
    if (!queues.isEmpty()) {
      try (WarrenClient client = cli.client(1)) {
        List<QueueDepth> depths = client.fleet().queues(queues);
        // Nobody consumes a paused queue; so as a rule nobody needs to be asked.
        Map<String, String> paused =
            depths.stream().anyMatch(depth -> depth.consumers() == 0)
                ? Pauses.ask(client.fleet())
                : Map.of();
        for (QueueDepth depth : depths) {
          String pause = depth.consumers() == 0 ? paused.get(depth.queue()) : null;
          add(table, depth, pause, typesOf.getOrDefault(depth.queue(), List.of()));
        }
      }
    }
    table.print(output.format(), cli.out());
    if (table.isEmpty()) {
      cli.say("no worker has announced a queue yet: start one ('warren up' or 'warren worker')");
    }
    return ExitCodes.OK;
  }

  private void add(Table table, QueueDepth depth, @Nullable String paused, List<String> types) {
    NullNode unknown = NullNode.getInstance();
    Object pause = paused == null ? unknown : paused;
    switch (depth.state()) {
      case THERE ->
          table.row(
              depth.queue(),
              depth.ready(),
              depth.consumers(),
              depth.dead().isPresent() ? depth.dead().getAsLong() : unknown,
              pause,
              types);
      case MISSING -> cli.say("there is no queue '" + depth.queue() + "'");
      case FORBIDDEN -> {
        table.row(depth.queue(), unknown, unknown, unknown, pause, types);
        cli.say("this user may not ask for queue '" + depth.queue() + "'");
      }
    }
  }
}
