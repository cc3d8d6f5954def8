package dev.warren.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The memory of another JVM, in MiB.
 *
 * @param liveHeap what is left of its heap after a collection
 * @param resident what the system has given it; 0 where {@code /proc} does not tell (see proc(5))
 * @param residentPeak the most it ever had
 */
record Memory(double liveHeap, double resident, double residentPeak) {
  private static final double MIB = 1 << 20;
  private static final double KIB_PER_MIB = 1 << 10;

  /** Makes the process collect, and reads. */
  static Memory of(FleetProcess process) throws InterruptedException {
    collect(process.pid());
    return new Memory(
        process.sum("jvm_memory_used_bytes{area=\"heap\"").orElse(0) / MIB,
        status(process.pid(), "VmRSS"),
        status(process.pid(), "VmHWM"));
  }

  /** What the system has given a process, in MiB. */
  static double resident(long pid) {
    return status(pid, "VmRSS");
  }

  private static void collect(long pid) throws InterruptedException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    try {
      Process collecting =
          new ProcessBuilder(jcmd.toString(), Long.toString(pid), "GC.run")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!collecting.waitFor(30, TimeUnit.SECONDS) || collecting.exitValue() != 0) {
        collecting.destroyForcibly();
        throw new BenchException("jcmd could not make process " + pid + " collect its garbage");
      }
    } catch (IOException noTool) {
      throw new BenchException("jcmd cannot be started: a whole JDK is needed", noTool);
    }
  }

  private static double status(long pid, String name) {
    try {
      Optional<String> line =
          Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
              .filter(one -> one.startsWith(name + ":"))
              .findFirst();
      // As in "VmRSS:     1234 kB".
      return line.map(found -> List.of(found.split("\\s+")).get(1))
          .map(kib -> Double.parseDouble(kib) / KIB_PER_MIB)
          .orElse(0.0);
    } catch (IOException noProc) {
      return 0;
    }
  }
}
