package dev.warren.tasks.exec;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A command that runs, from its start until it and all that it has started are gone. */
final class CommandRun {
  /** What a command gets to end after SIGTERM. */
  static final Duration PATIENCE = Duration.ofSeconds(2);

  /** How long the output of a command that has ended is still waited for. */
  private static final Duration OPEN_LIMIT = Duration.ofSeconds(1);

  private static final File NOTHING = new File("/dev/null");

  /** The variable by which a process is known that was started by a command. */
  private static final String MARK = "TASK_PROCESS";

  /**
   * What to start.
   *
   * @param words the program's path and its arguments
   * @param folder to run in
   * @param stdin to read, or null for nothing
   * @param stdout to write to, or null to keep the beginning of it
   * @param keep bytes of each stream
   */
  record Plan(
      List<String> words,
      Map<String, String> environment,
      Path folder,
      @Nullable Path stdin,
      @Nullable Path stdout,
      int keep) {}

  private final Process process;
  private final Descendants descendants;
  private final @Nullable OutputPump stdout;
  private final OutputPump stderr;

  private CommandRun(Process process, String mark, Plan plan) {
    this.process = process;
    this.descendants = new Descendants(process, mark);
    this.stdout =
        plan.stdout() == null
            ? new OutputPump("stdout", process.getInputStream(), Kept.first(plan.keep()))
            : null;
    // Of a long story about what went wrong the end is what matters.
    this.stderr = new OutputPump("stderr", process.getErrorStream(), Kept.last(plan.keep()));
  }

  /** Starts a command. */
  static CommandRun start(Plan plan) throws IOException {
    String token = UUID.randomUUID().toString();
    ProcessBuilder builder =
        new ProcessBuilder(plan.words())
            .directory(plan.folder().toFile())
            .redirectInput(plan.stdin() == null ? NOTHING : plan.stdin().toFile());
    if (plan.stdout() != null) {
      builder.redirectOutput(plan.stdout().toFile());
    }
    builder.environment().clear();
    builder.environment().putAll(plan.environment());
    builder.environment().put(MARK, token);
    return new CommandRun(builder.start(), MARK + "=" + token, plan);
  }

  /**
   * Waits for its end, and for that of its output, unless something that it left behind holds that
   * open. Returns its exit code.
   */
  int await() throws InterruptedException {
    int code = process.waitFor();
    long deadline = System.nanoTime() + OPEN_LIMIT.toNanos();
    if (stdout != null) {
      stdout.awaitEnd(deadline);
    }
    stderr.awaitEnd(deadline);
    return code;
  }

  /** Ends it, and all that it has started. Returns what was done, in words. */
  String end() {
    Set<ProcessHandle> asked = descendants.terminate();
    String what =
        asked.size() == 1 ? "it" : "it and what it started, %d in all,".formatted(asked.size());
    boolean ended = Descendants.awaitEnd(asked, PATIENCE);
    int killed = descendants.kill().size();
    return ended && killed == 0
        ? "SIGTERM has ended " + what
        : "%s had to be killed (SIGKILL), as SIGTERM did not end %s"
            .formatted(killed == 1 ? "it" : killed + " processes", killed == 1 ? "it" : "all");
  }

  /** The beginning of what it wrote to standard output, if that was not a file. */
  Output stdout() {
    return stdout == null ? Output.NONE : stdout.read(Output::of);
  }

  /** The end of what it wrote to standard error. */
  Output stderr() {
    return stderr.read(Output::of);
  }

  /** A part of what was written. */
  record Output(String text, boolean cut) {
    static final Output NONE = new Output("", false);

    static Output of(Kept kept) {
      return new Output(kept.text(), kept.isCut());
    }
  }
}
