package dev.warren.tasks.exec;

import dev.warren.api.Failure;
import dev.warren.api.Verdict;
import dev.warren.tasks.exec.CommandRun.Output;
import java.util.Map;

/** What the end of a command means for its task. */
final class Endings {
  /** Of a message that people read. */
  private static final int SAID = 500;

  /** Of what goes along with a failure. */
  private static final int STORY = 3_900;

  /** What each of the two texts of a result may weigh as JSON; a result is at most 1 MiB. */
  private static final int WEIGHT = 450_000;

  /** Exit codes from here on stand for signals. */
  private static final int SIGNALS = 128;

  private static final Map<Integer, String> NAMES =
      Map.of(
          1, "SIGHUP", 2, "SIGINT", 3, "SIGQUIT", 6, "SIGABRT", 8, "SIGFPE", 9, "SIGKILL", 11,
          "SIGSEGV", 13, "SIGPIPE", 15, "SIGTERM");

  private Endings() {}

  static Verdict<Exec.Result> of(Exec.Arguments arguments, int code, CommandRun run, long millis) {
    if (arguments.isFine(code)) {
      return Verdict.done(result(code, run, millis));
    }
    Failure failure =
        failure(
            Exec.FAILED,
            arguments.command().getFirst() + " ended with " + described(code),
            run.stderr());
    return arguments.isHopeless(code) ? Verdict.reject(failure) : Verdict.retry(failure);
  }

  /**
   * A command that was ended.
   *
   * @param late whether because its time was up
   * @param done what was done to end it
   */
  static Failure stopped(Exec.Arguments arguments, boolean late, String done, CommandRun run) {
    String program = arguments.command().getFirst();
    return late
        ? failure(Failure.TIME_LIMIT, program + " ran beyond its time limit: " + done, run.stderr())
        : failure(Exec.STOPPED, program + " was told to stop: " + done, run.stderr());
  }

  private static Failure failure(String type, String what, Output stderr) {
    String said = stderr.text().strip();
    String message = said.isEmpty() ? what : what + ": " + end(said, SAID);
    return new Failure(type, message, end(said, STORY));
  }

  private static Exec.Result result(int code, CommandRun run, long millis) {
    Output stdout = run.stdout();
    Output stderr = run.stderr();
    String first = JsonWeight.beginning(stdout.text(), WEIGHT);
    String last = JsonWeight.end(stderr.text(), WEIGHT);
    return new Exec.Result(
        code,
        first,
        last,
        stdout.cut() || first.length() < stdout.text().length(),
        stderr.cut() || last.length() < stderr.text().length(),
        millis);
  }

  private static String described(int code) {
    String signal = NAMES.get(code - SIGNALS);
    return "exit code " + code + (signal == null ? "" : " (" + signal + ")");
  }

  private static String end(String text, int limit) {
    return text.length() <= limit ? text : "…" + text.substring(text.length() - limit);
  }
}
