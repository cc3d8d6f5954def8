package dev.warren.bench;

import java.time.Duration;
import java.util.List;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * One of the programs that a measurement consists of; what it uses is read from {@code /proc}, and
 * nothing where it is on another machine.
 *
 * @param name as in {@code broker}, {@code client}, {@code worker}, {@code gateway}
 * @param processes the ids of its processes, at the moment
 */
public record Part(String name, Supplier<List<Long>> processes) {
  /** This program itself. */
  public static Part ofThisProcess(String name) {
    return new Part(name, () -> List.of(ProcessHandle.current().pid()));
  }

  /** A process and all that it has started. */
  public static Part ofTree(String name, ProcessHandle process) {
    return new Part(
        name,
        () ->
            Stream.concat(Stream.of(process), process.descendants())
                .map(ProcessHandle::pid)
                .toList());
  }

  /** The processor time that its processes have used; that of ended ones is left out. */
  Duration processor() {
    return sum(ProcessorTime::of);
  }

  /** That of it which the JIT compilers of its JVMs took. */
  Duration compilers() {
    return sum(ProcessorTime::ofCompilers);
  }

  /** MiB that the system has given it. */
  double resident() {
    return processes.get().stream().mapToDouble(Memory::resident).sum();
  }

  private Duration sum(LongFunction<Duration> of) {
    return processes.get().stream().map(of::apply).reduce(Duration.ZERO, Duration::plus);
  }
}
