package dev.warren.bench.lane;

import dev.warren.bench.Findings;
import java.time.Instant;
import java.util.Formatter;
import java.util.Locale;

/** What became of tasks that end or hold their process, and of their neighbours. */
public record FaultsReport(
    Instant began, String machine, String broker, int children, Crashes crashes, Hangs hangs)
    implements Findings {
  /**
   * Tasks that end their process, among good ones.
   *
   * @param goodAtOnce those that succeeded at their first attempt
   * @param told crashes whose outcome says that the process ended
   */
  public record Crashes(int good, int goodAtOnce, int crashes, int told, double seconds) {}

  /**
   * Tasks that do not end, one after the other, with good ones beside each.
   *
   * @param killed those whose outcome says that the process was told to end
   * @param longest seconds from the start of the attempt to the end of its process
   * @param neighboursAtOnce good ones that succeeded at their first attempt
   * @param slotAgain the longest wait from the end of one to the success of a task in its slot
   * @param idleCores what the worker and its children compute when all is over
   * @param processes children that are there when all is over
   */
  public record Hangs(
      int hangs,
      int killed,
      double median,
      double longest,
      int neighbours,
      int neighboursAtOnce,
      double slotAgain,
      double idleCores,
      long processes) {}

  /** What was not as it should be; each is an error. */
  @Override
  public long wrong() {
    return (long) crashes.good()
        - crashes.goodAtOnce()
        + crashes.crashes()
        - crashes.told()
        + hangs.hangs()
        - hangs.killed()
        + hangs.neighbours()
        - hangs.neighboursAtOnce();
  }

  @Override
  public String table() {
    Formatter text = new Formatter(Locale.ROOT);
    text.format("began     %s%n", began);
    text.format("machine   %s%n", machine);
    text.format("broker    %s%n", broker);
    text.format("worker    %d children%n%n", children);
    text.format(
        "crashes   %,d tasks halt their JVM among %,d good ones: %,d good ones succeeded at their first attempt, %,d outcomes say that the process ended; %.1f s%n",
        crashes.crashes(), crashes.good(), crashes.goodAtOnce(), crashes.told(), crashes.seconds());
    text.format(
        "hangs     %,d tasks loop for ever, limit %d s: %,d ended; from start to end %.2f s median, %.2f s at most%n",
        hangs.hangs(),
        FaultTasks.LIMIT.toSeconds(),
        hangs.killed(),
        hangs.median(),
        hangs.longest());
    text.format(
        "          beside them %,d of %,d good tasks succeeded at their first attempt; their slot ran another task %.2f s later at most%n",
        hangs.neighboursAtOnce(), hangs.neighbours(), hangs.slotAgain());
    text.format(
        "          afterwards worker and %d children use %.2f cores%n",
        hangs.processes(), hangs.idleCores());
    return text.toString();
  }
}
