package dev.warren.producer.cli;

import dev.warren.api.ConfigurationException;
import dev.warren.api.Names;
import dev.warren.producer.QueueDepth;
import dev.warren.producer.WarrenClient;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code warren queue}; {@code peek} and {@code purge} are classes of their own. */
@Command(
    name = "queue",
    description = "One task queue: looking into it, emptying it, pausing it.",
    synopsisSubcommandLabel = "COMMAND")
final class QueueCommand implements Callable<Integer> {
  private final Cli cli;

  static final String NAME = "The task queue, as 'warren queues' lists it.";

  @Spec private CommandSpec spec = CommandSpec.create();

  QueueCommand(Cli cli) {
    this.cli = cli;
  }

  /** With all its commands. */
  static CommandLine line(Cli cli) {
    CommandLine line = new CommandLine(new QueueCommand(cli));
    line.addSubcommand("peek", new QueuePeekCommand(cli));
    line.addSubcommand("purge", new QueuePurgeCommand(cli));
    return line;
  }

  @Override
  public Integer call() {
    throw new ConfigurationException(
        "queue peek, purge, pause or resume? ('" + spec.qualifiedName() + " --help' says more)");
  }

  @Command(
      name = "pause",
      description = {
        "Lets no worker take tasks of a queue, those that start later neither.",
        "What runs ends, what has not started goes back. A pause lasts until 'queue resume', at",
        "most 15 days."
      })
  int pause(
      @Parameters(arity = "1..*", paramLabel = "QUEUE", description = "The queue.")
          List<String> queues,
      @Option(names = "--by", paramLabel = "NAME", description = Asker.OPTION)
          @Nullable String by) {
    return tell(queues, by, true);
  }

  @Command(name = "resume", description = "Lets workers take tasks of a paused queue again.")
  int resume(
      @Parameters(arity = "1..*", paramLabel = "QUEUE", description = "The queue.")
          List<String> queues,
      @Option(names = "--by", paramLabel = "NAME", description = Asker.OPTION)
          @Nullable String by) {
    return tell(queues, by, false);
  }

  private int tell(List<String> queues, @Nullable String by, boolean paused) {
    Set<String> named = new LinkedHashSet<>(queues);
    named.forEach(Names::requireQueue);
    try (WarrenClient client = cli.client(1)) {
      String asks = Asker.of(by, client.connections().process());
      for (QueueDepth depth : client.fleet().queues(named)) {
        if (depth.state() == QueueDepth.State.MISSING) {
          // Told and done: a queue may be paused before its first worker starts.
          cli.say("there is no queue '" + depth.queue() + "' yet");
        }
        if (paused) {
          client.pauseQueue(depth.queue(), asks);
          cli.say("queue '" + depth.queue() + "' is paused; 'warren queue resume' ends that");
        } else {
          client.resumeQueue(depth.queue(), asks);
          cli.say("queue '" + depth.queue() + "' goes on");
        }
      }
    }
    return ExitCodes.OK;
  }
}
