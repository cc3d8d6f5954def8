package dev.warren.tasks.exec;

import dev.warren.api.Failure;
import dev.warren.api.Lane;
import dev.warren.api.RejectedTask;
import dev.warren.api.TaskContext;
import dev.warren.api.TaskHandler;
import dev.warren.api.TaskRegistry;
import dev.warren.api.TaskType;
import dev.warren.api.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * {@code exec}: runs a command of the operating system, of those that the worker's operator allows.
 * There is no shell: a word of the command is a word, whatever is in it.
 */
public final class Exec implements TaskHandler<Exec.Arguments, Exec.Result> {
  public static final TaskType<Arguments, Result> TYPE =
      TaskType.of("exec", Arguments.class, Result.class)
          // A command that fails once will mostly fail again.
          .with(options -> options.withRetry(options.retry().withMaxAttempts(3)))
          .describedAs("Runs a command that the worker's operator allows");

  /** The type of the failure when a command ends with an exit code that is not fine. */
  public static final String FAILED = "ExecFailed";

  /** The type of the failure when a command was ended because its attempt should stop. */
  public static final String STOPPED = "ExecStopped";

  private final ExecSettings settings;
  private final RunningCommands running;

  Exec(ExecSettings settings, RunningCommands running) {
    this.settings = settings;
    this.running = running;
  }

  /**
   * Registers the type if the settings of the worker allow any program. It runs as many commands at
   * once as there are cores, unless the worker is told otherwise: its thread waits, but a command
   * mostly computes.
   */
  public static void register(TaskRegistry registry) {
    ExecSettings.of(registry, System.getenv())
        .ifPresent(
            settings -> {
              RunningCommands running = new RunningCommands();
              running.endWithTheProcess();
              int cores = Runtime.getRuntime().availableProcessors();
              registry.registerHandler(
                  TYPE.with(options -> options.withConcurrency(cores)),
                  Lane.VIRTUAL,
                  new Exec(settings, running));
            });
  }

  /**
   * What to run.
   *
   * @param command the program, as the worker's operator named it, and its arguments
   * @param stdin a text for standard input. Default is nothing.
   * @param stdinFile a file below the files root for standard input instead
   * @param stdoutFile a file below the output root for standard output, which is not kept then. It
   *     appears when the command has succeeded, and whole.
   * @param environment variables, of those that the operator lets tasks set
   * @param folder to run in, below the files root or the output root. Default is the files root,
   *     else the output root, else a fresh folder that is removed afterwards.
   * @param fresh whether to run in such a fresh folder in any case
   * @param maxOutput bytes to keep of standard output, from its beginning, and of standard error,
   *     up to its end. Default is 64 KiB, at most 400 KiB.
   * @param ok the exit codes of success. Default is 0 alone. All others are failed attempts.
   * @param rejectOn the exit codes after which there is no further attempt. Default is none.
   */
  public record Arguments(
      List<String> command,
      @Nullable String stdin,
      @Nullable String stdinFile,
      @Nullable String stdoutFile,
      @Nullable Map<String, String> environment,
      @Nullable String folder,
      @Nullable Boolean fresh,
      @Nullable Integer maxOutput,
      @Nullable List<Integer> ok,
      @Nullable List<Integer> rejectOn) {
    public static final int DEFAULT_MAX_OUTPUT = 64 << 10;
    private static final int MOST_OUTPUT = 400 << 10;
    private static final int MOST_CODE = 255;

    public Arguments {
      command = requireWords(command);
      if (stdin != null && stdinFile != null) {
        throw new RejectedTask("give either 'stdin' or 'stdinFile', not both");
      }
      if (folder != null && Boolean.TRUE.equals(fresh)) {
        throw new RejectedTask("give either 'folder' or 'fresh', not both");
      }
      if (maxOutput != null && (maxOutput < 0 || maxOutput > MOST_OUTPUT)) {
        throw new RejectedTask("'maxOutput' is from 0 to " + MOST_OUTPUT + ", not " + maxOutput);
      }
      ok = requireCodes("ok", ok);
      rejectOn = requireCodes("rejectOn", rejectOn);
    }

    /** A command with defaults for all else. */
    public static Arguments of(String... words) {
      return new Arguments(List.of(words), null, null, null, null, null, null, null, null, null);
    }

    private static List<String> requireWords(@Nullable List<String> words) {
      if (words == null || words.isEmpty() || words.getFirst().isEmpty()) {
        throw new RejectedTask("'command' is missing: a list of words, the program first");
      }
      for (@Nullable String word : words) {
        if (word == null || word.indexOf('\0') >= 0) {
          throw new RejectedTask("'command' has a word that is null or has a zero byte in it");
        }
      }
      return List.copyOf(words);
    }

    private static @Nullable List<Integer> requireCodes(
        String name, @Nullable List<Integer> codes) {
      if (codes == null) {
        return null;
      }
      for (@Nullable Integer code : codes) {
        if (code == null || code < 0 || code > MOST_CODE) {
          throw new RejectedTask("'" + name + "' lists exit codes from 0 to 255, not " + code);
        }
      }
      return List.copyOf(codes);
    }

    boolean isFine(int code) {
      return ok == null ? code == 0 : ok.contains(code);
    }

    boolean isHopeless(int code) {
      return rejectOn != null && rejectOn.contains(code);
    }
  }

  /**
   * How a command ended.
   *
   * @param stdout the beginning of standard output, as UTF-8
   * @param stderr the end of standard error, as UTF-8
   * @param stdoutTruncated whether there was more of it
   * @param stderrTruncated whether there was more of it
   * @param millis from its start to its end
   */
  public record Result(
      int exitCode,
      String stdout,
      String stderr,
      boolean stdoutTruncated,
      boolean stderrTruncated,
      long millis) {}

  @Override
  public Verdict<Result> handle(Arguments arguments, TaskContext context) throws IOException {
    Path program = settings.programs().allowed(arguments.command().getFirst());
    try (Scratch scratch = new Scratch()) {
      Path target =
          arguments.stdoutFile() == null ? null : settings.output().newFile(arguments.stdoutFile());
      Path partial =
          target == null ? null : target.resolveSibling(".exec-" + UUID.randomUUID() + ".part");
      try {
        CommandRun.Plan plan = plan(program, arguments, context, partial, scratch);
        Verdict<Result> verdict = run(plan, arguments, context);
        if (target != null && partial != null && verdict instanceof Verdict.Done<Result>) {
          Files.move(
              partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
        return verdict;
      } finally {
        if (partial != null) {
          Files.deleteIfExists(partial);
        }
      }
    }
  }

  private CommandRun.Plan plan(
      Path program,
      Arguments arguments,
      TaskContext context,
      @Nullable Path stdout,
      Scratch scratch)
      throws IOException {
    List<String> words = new ArrayList<>(arguments.command());
    words.set(0, program.toString());
    Path folder = WorkingFolder.of(arguments, settings, scratch);
    Path stdin = null;
    if (arguments.stdinFile() != null) {
      stdin = settings.files().existingFile(arguments.stdinFile());
    } else if (arguments.stdin() != null) {
      // A file, not a pipe: nobody has to feed it while the command runs.
      stdin = Files.writeString(scratch.folder().resolve("stdin"), arguments.stdin());
    }
    int keep = Objects.requireNonNullElse(arguments.maxOutput(), Arguments.DEFAULT_MAX_OUTPUT);
    return new CommandRun.Plan(words, environment(arguments, context), folder, stdin, stdout, keep);
  }

  private Map<String, String> environment(Arguments arguments, TaskContext context) {
    Map<String, String> variables = new TreeMap<>(settings.variables());
    if (arguments.environment() != null) {
      arguments
          .environment()
          .forEach(
              (name, value) -> {
                if (!settings.settable().contains(name) || value == null) {
                  throw new RejectedTask(
                      "a task may not set the variable '%s' here; the worker's operator allows it with --exec-environment"
                          .formatted(name));
                }
                variables.put(name, value);
              });
    }
    variables.put("TASK_ID", context.id().toString());
    variables.put("TASK_ATTEMPT", String.valueOf(context.attempt()));
    variables.put("TASK_IDEMPOTENCY_KEY", context.idempotencyKey());
    return variables;
  }

  private Verdict<Result> run(CommandRun.Plan plan, Arguments arguments, TaskContext context) {
    long began = System.nanoTime();
    CommandRun run;
    try {
      run = CommandRun.start(plan);
    } catch (IOException failure) {
      return Verdict.retry(Failure.of(FAILED, String.valueOf(failure.getMessage())));
    }
    running.add(run);
    try {
      int code = run.await();
      return Endings.of(arguments, code, run, (System.nanoTime() - began) / 1_000_000);
    } catch (InterruptedException stop) {
      // Not interrupted again: the verdict is the answer to being told to stop.
      String done = run.end();
      boolean late = !Instant.now().isBefore(context.deadline());
      return Verdict.retry(Endings.stopped(arguments, late, done, run));
    } finally {
      running.remove(run);
    }
  }
}
