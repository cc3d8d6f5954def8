package dev.warren.producer.cli;

import dev.warren.api.AwaitTimeoutException;
import dev.warren.api.ConfigurationException;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonText;
import dev.warren.producer.WarrenClient;
import dev.warren.producer.gateway.GatewayClient;
import dev.warren.producer.gateway.TaskStatus;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code warren task}. */
@Command(
    name = "task",
    description = "One task: what became of it, why it does not end, cancelling it.",
    synopsisSubcommandLabel = "COMMAND")
final class TaskCommand implements Callable<Integer> {
  private static final String ID = "The task, as 'submit' printed it.";
  private static final Duration NO_LIMIT = Duration.ofDays(10_000);

  private final Cli cli;

  @Spec private CommandSpec spec = CommandSpec.create();

  TaskCommand(Cli cli) {
    this.cli = cli;
  }

  @Override
  public Integer call() {
    throw new ConfigurationException(
        "task show, result, cancel or why? ('" + spec.qualifiedName() + " --help' says more)");
  }

  @Command(name = "show", description = "All that the gateway knows of a task.")
  int show(@Parameters(paramLabel = "ID", description = ID) TaskId id, @Mixin OutputOption output) {
    try (GatewayDoor door = cli.gateway()) {
      TaskStatus task = known(door.client(), door.client().task(id), id);
      if (output.format() == OutputFormat.JSON) {
        cli.out().println(task.json());
      } else {
        TaskTexts.listing(task).print(cli.out());
      }
      return ExitCodes.OK;
    }
  }

  private static TaskStatus known(GatewayClient gateway, Optional<TaskStatus> task, TaskId id) {
    return task.orElseThrow(() -> UnknownToGatewayException.task(id, gateway.uri()));
  }

  @Command(
      name = "result",
      description = {
        "Prints the result of a task that has succeeded; who submitted it does not matter.",
        "The exit code is 1 if it did not succeed, and 5 if it has not ended."
      })
  int result(
      @Parameters(paramLabel = "ID", description = ID) TaskId id,
      @Option(names = "--wait", description = "Wait until it has ended.") boolean waits,
      @Option(
              names = "--timeout",
              paramLabel = "TIME",
              description = "The longest wait; the task itself goes on. Default: no limit.")
          @Nullable Duration limit,
      @Option(
              names = "--with-id",
              description = "Print {\"id\":…,\"result\":…} instead of the bare result.")
          boolean withId)
      throws IOException {
    if (limit != null && !waits) {
      throw new ConfigurationException("--timeout limits the wait of --wait: add --wait");
    }
    try (GatewayDoor door = cli.gateway()) {
      GatewayClient gateway = door.client();
      Optional<TaskStatus> found =
          waits ? gateway.awaitTask(id, limit == null ? NO_LIMIT : limit) : gateway.task(id);
      if (found.isEmpty() && waits) {
        throw new AwaitTimeoutException(
            "the gateway at " + gateway.uri() + " has heard nothing of task " + id + " so far");
      }
      return print(known(gateway, found, id), waits, withId);
    }
  }

  private int print(TaskStatus task, boolean waited, boolean withId) throws IOException {
    String what = "task " + task.id() + " (" + task.type() + ") " + TaskTexts.ended(task);
    if (!task.state().ended()) {
      throw new AwaitTimeoutException(
          what + (waited ? " so far; it goes on" : " ('--wait' waits for its end)"));
    }
    if (task.state() != TaskStatus.State.SUCCEEDED) {
      cli.say(what);
      return ExitCodes.TASK_FAILED;
    }
    OutputStream out = cli.surroundings().out();
    if (withId) {
      out.write(("{\"id\":\"" + task.id() + "\",\"result\":").getBytes(StandardCharsets.US_ASCII));
    }
    out.write((task.result() == null ? JsonText.NULL : task.result()).bytes());
    out.write((withId ? "}\n" : "\n").getBytes(StandardCharsets.US_ASCII));
    out.flush();
    return ExitCodes.OK;
  }

  @Command(
      name = "cancel",
      description = {
        "Cancels a task: what waits is not run any more, what runs is told to stop.",
        "Needs no gateway. A task that has ended is left alone."
      })
  int cancel(@Parameters(paramLabel = "ID", description = ID) TaskId id) {
    try (WarrenClient client = cli.client(1)) {
      client.cancel(id);
    }
    cli.say(
        "task "
            + id
            + " is cancelled, unless it has ended; if it is delayed, it ends when it is due");
    return ExitCodes.OK;
  }

  @Command(
      name = "why",
      description = {
        "Says where a task is and what it waits for, as far as that can be known.",
        "Asks the gateway for what happened, the fleet who holds the task, the broker for its queue."
      })
  int why(
      @Parameters(paramLabel = "ID", description = ID) TaskId id,
      @Option(
              names = "--queue",
              paramLabel = "NAME",
              description = "Its queue, where nobody can tell. Needed only without a gateway.")
          @Nullable String queue,
      @Mixin OutputOption output) {
    TaskWhy.Answer answer = new TaskWhy(cli, id, queue).ask();
    if (output.format() == OutputFormat.JSON) {
      cli.out().println(answer.json());
    } else {
      answer.lines().forEach(cli.out()::println);
    }
    answer.unknown().forEach(cli::say);
    return answer.exit();
  }
}
