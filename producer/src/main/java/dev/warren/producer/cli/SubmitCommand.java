package dev.warren.producer.cli;

import dev.warren.api.AwaitTimeoutException;
import dev.warren.api.ConfigurationException;
import dev.warren.api.Names;
import dev.warren.api.Outcome;
import dev.warren.api.SubmitOptions;
import dev.warren.api.TaskId;
import dev.warren.api.WarrenException;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.configuration.Durations;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.producer.RawHandle;
import dev.warren.producer.RawTask;
import dev.warren.producer.WarrenClient;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code warren submit}. */
@Command(
    name = "submit",
    description = {
      "Submits one task, and prints its id; with --wait its result instead.",
      "'warren submit TYPE --help' shows the arguments of a type.%n"
    },
    footer = {
      "%nExamples:",
      "  warren submit echo '{\"message\": \"hello\"}' --wait",
      "  warren submit sleep millis:=250 --wait --timeout 10s",
      "  warren submit file.digest path=notes.txt --in 10m",
      "  warren submit exec --wait --text stdout -- uname -a"
    })
final class SubmitCommand implements Callable<Integer> {
  private final Cli cli;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", arity = "0..1", paramLabel = "TYPE", description = "The task type.")
  private @Nullable String type;

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "ARGUMENT",
      description =
          "A JSON value, @FILE, - (standard input), or pairs: NAME=TEXT, NAME:=JSON. Default: {}."
              + " After -- come the words of the argument 'command'.")
  private List<String> words = new ArrayList<>();

  @Option(names = "--wait", description = "Wait for the task and print its result.")
  private boolean waits;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description = "The longest wait; the task itself goes on. Default: no limit.")
  private @Nullable Duration timeout;

  @Option(
      names = "--with-id",
      description = "Print {\"id\":…,\"result\":…} instead of the bare result.")
  private boolean withId;

  @Option(
      names = "--text",
      paramLabel = "FIELD",
      description = "Print this text of the result as it is, as stdout of 'exec', and no JSON.")
  private @Nullable String text;

  @Option(
      names = "--id",
      paramLabel = "UUID",
      description = "The task's id, so that a repeat names the same task.")
  private @Nullable TaskId id;

  @Mixin private SubmitFlags flags = new SubmitFlags();

  @Option(
      names = {"-h", "--help"},
      description = "Show this; after TYPE, the arguments of that type.")
  private boolean help;

  SubmitCommand(Cli cli) {
    this.cli = cli;
  }

  @Override
  public Integer call() throws InterruptedException, IOException {
    if (help) {
      return TypeHelp.show(cli, spec, type);
    }
    String name = TypeHelp.required(spec, type);
    if (timeout != null && !waits) {
      throw new ConfigurationException("--timeout limits the wait of --wait: add --wait");
    }
    if (text != null && (withId || !waits)) {
      throw new ConfigurationException(
          waits
              ? "--text prints no JSON, and --with-id does: give one"
              : "--text is of the result of --wait: add --wait");
    }
    Names.requireType(name);
    GivenWords given = GivenWords.of(spec, words);
    JsonText arguments =
        given.command().isEmpty()
            ? SubmittedArguments.read(given.arguments(), cli.surroundings().in())
            : SubmittedArguments.ofCommand(given);
    SubmitOptions options = flags.options(cli.surroundings().clock());
    if (id != null) {
      options = options.withId(id);
    }
    RawTask task = new RawTask(name, arguments, options, null, waits, null);
    try (WarrenClient client = cli.clientForOne(waits);
        BlockedWatch watch = new BlockedWatch(cli, client)) {
      watch.start();
      return runOrTell(client, task);
    }
  }

  /** Tells a failure at once: closing the client may take seconds when the broker is in trouble. */
  private int runOrTell(WarrenClient client, RawTask task)
      throws InterruptedException, IOException {
    try {
      return run(client, task);
    } catch (WarrenException failure) {
      return cli.fail(failure);
    }
  }

  private int run(WarrenClient client, RawTask task) throws InterruptedException, IOException {
    RawHandle handle = client.submit(task);
    if (!waits) {
      cli.out().println(handle.id());
      return ExitCodes.OK;
    }
    CompletableFuture<OutcomeEvent> outcome = handle.outcome().toCompletableFuture();
    CompletableFuture<OutcomeEvent> answer = outcome.copy();
    cli.surroundings().interrupts().handle(() -> answer.cancel(true));
    try {
      return print(await(client, handle, answer));
    } catch (CancellationException interrupted) {
      cli.say("interrupted; task " + handle.id() + " goes on");
      return ExitCodes.INTERRUPTED;
    }
  }

  private OutcomeEvent await(
      WarrenClient client, RawHandle handle, CompletableFuture<OutcomeEvent> answer)
      throws InterruptedException {
    long deadline = timeout == null ? Long.MAX_VALUE : System.nanoTime() + timeout.toNanos();
    long first = Math.min(WorkerHint.AFTER.toNanos(), left(deadline));
    try {
      try {
        return answer.get(first, TimeUnit.NANOSECONDS);
      } catch (TimeoutException slow) {
        return awaitLong(new WorkerHint(client.fleet(), cli.err()), handle, answer, deadline);
      }
    } catch (TimeoutException late) {
      throw new AwaitTimeoutException(
          "no outcome of task "
              + handle.id()
              + " within "
              + Durations.format(timeout == null ? Duration.ZERO : timeout)
              + "; the task itself goes on",
          late);
    } catch (ExecutionException failed) {
      throw failed.getCause() instanceof RuntimeException known
          ? known
          : new IllegalStateException(failed);
    }
  }

  private static OutcomeEvent awaitLong(
      WorkerHint hint, RawHandle handle, CompletableFuture<OutcomeEvent> answer, long deadline)
      throws InterruptedException, ExecutionException, TimeoutException {
    hint.look(handle.queue());
    long second = WorkerHint.LONG.minus(WorkerHint.AFTER).toNanos();
    try {
      return answer.get(Math.min(second, left(deadline)), TimeUnit.NANOSECONDS);
    } catch (TimeoutException slow) {
      if (left(deadline) > 0) {
        hint.lookAgain(handle.queue(), handle.id());
      }
      return answer.get(left(deadline), TimeUnit.NANOSECONDS);
    }
  }

  private static long left(long deadline) {
    return deadline == Long.MAX_VALUE ? deadline : Math.max(0, deadline - System.nanoTime());
  }

  private int print(OutcomeEvent outcome) throws IOException {
    if (outcome.status() != Outcome.Status.SUCCEEDED) {
      cli.say(
          "task " + outcome.task() + " (" + outcome.type() + ") " + MapWriter.describe(outcome));
      return ExitCodes.TASK_FAILED;
    }
    OutputStream out = cli.surroundings().out();
    if (text != null) {
      out.write(ResultText.field(outcome, text));
      out.flush();
      return ExitCodes.OK;
    }
    if (withId) {
      out.write(
          ("{\"id\":\"" + outcome.task() + "\",\"result\":").getBytes(StandardCharsets.UTF_8));
    }
    out.write(ResultText.line(outcome));
    out.write((withId ? "}\n" : "\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
    return ExitCodes.OK;
  }
}
