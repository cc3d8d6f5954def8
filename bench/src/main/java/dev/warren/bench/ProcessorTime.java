package dev.warren.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Processor time of processes, from Linux's {@code /proc} (see proc(5)); zero where there is none.
 */
public final class ProcessorTime {
  private static final Path PROC = Path.of("/proc");

  /** The unit of {@code /proc}: USER_HZ, which is 100 on every architecture that runs a JVM. */
  private static final long TICKS_PER_SECOND = 100;

  /** The name of such a thread, of which Linux keeps 15 characters. */
  private static final Pattern COMPILER = Pattern.compile("\\(C[12] CompilerThre");

  private static final int USER_TICKS = 11;
  private static final int SYSTEM_TICKS = 12;
  private static final int IDLE = 3;
  private static final int IO_WAIT = 4;
  private static final int FIRST_GUEST = 8;

  private ProcessorTime() {}

  /** What a process has used so far, its ended children left out. */
  public static Duration of(long pid) {
    try {
      return fromStat(Files.readString(PROC.resolve(pid + "/stat")));
    } catch (IOException gone) {
      return Duration.ZERO;
    }
  }

  /** What the threads of a JVM's JIT compilers have used so far. */
  static Duration ofCompilers(long pid) {
    try (Stream<Path> threads = Files.list(PROC.resolve(pid + "/task"))) {
      return threads.map(ProcessorTime::ofCompiler).reduce(Duration.ZERO, Duration::plus);
    } catch (IOException gone) {
      return Duration.ZERO;
    }
  }

  /** What a thread has used if it is a compiler's; else, or if it has ended, nothing. */
  private static Duration ofCompiler(Path thread) {
    try {
      String stat = Files.readString(thread.resolve("stat"));
      return COMPILER.matcher(stat).find() ? fromStat(stat) : Duration.ZERO;
    } catch (IOException gone) {
      return Duration.ZERO;
    }
  }

  /** What a process and those it has started have used. */
  public static Duration ofTree(ProcessHandle process) {
    return Stream.concat(Stream.of(process), process.descendants())
        .map(each -> of(each.pid()))
        .reduce(Duration.ZERO, Duration::plus);
  }

  /** What all processes of the machine have used. */
  public static Duration ofMachine() {
    try (Stream<String> lines = Files.lines(PROC.resolve("stat"))) {
      return lines
          .filter(line -> line.startsWith("cpu "))
          .findFirst()
          .map(ProcessorTime::fromMachineStat)
          .orElse(Duration.ZERO);
    } catch (IOException noProc) {
      return Duration.ZERO;
    }
  }

  /** Reads {@code /proc/PID/stat}. The name of the program, in brackets, may contain anything. */
  static Duration fromStat(String stat) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return ticks(Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS]));
  }

  /** Reads the first line of {@code /proc/stat}: all but idle; guests are part of user time. */
  static Duration fromMachineStat(String line) {
    List<Long> fields =
        Stream.of(line.strip().split("\\s+", -1))
            .skip(1)
            .limit(FIRST_GUEST)
            .map(Long::valueOf)
            .toList();
    long busy = fields.stream().mapToLong(Long::longValue).sum();
    return ticks(busy - fields.get(IDLE) - fields.get(IO_WAIT));
  }

  private static Duration ticks(long count) {
    return Duration.ofMillis(count * 1_000 / TICKS_PER_SECOND);
  }
}
