package dev.warren.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The flags with which the launcher starts a program of the fleet. The launcher itself tells them
 * by a variable of the environment, so that what is measured is what is shipped.
 */
public enum ShippedJvm {
  WORKER("WARREN_BENCH_WORKER_JVM"),
  GATEWAY("WARREN_BENCH_GATEWAY_JVM");

  private static final Pattern COLLECTOR = Pattern.compile("-XX:\\+Use\\w+GC");

  private final String variable;

  ShippedJvm(String variable) {
    this.variable = variable;
  }

  /** The flags, and after them, so that they win, more; without the launcher only those. */
  public List<String> flags(List<String> more) {
    return flags(System.getenv(variable), more);
  }

  static List<String> flags(@Nullable String shipped, List<String> more) {
    List<String> all = new ArrayList<>(split(shipped).orElse(List.of()));
    // The JVM takes only one collector.
    if (more.stream().anyMatch(ShippedJvm::isCollector)) {
      all.removeIf(ShippedJvm::isCollector);
    }
    all.addAll(more);
    return all;
  }

  /** Which flags they are, for reports. */
  String told() {
    return split(System.getenv(variable)).isPresent()
        ? "as the launcher starts it"
        : "without the launcher's flags";
  }

  private static Optional<List<String>> split(@Nullable String shipped) {
    return shipped == null || shipped.isBlank()
        ? Optional.empty()
        : Optional.of(List.of(shipped.strip().split("\\s+")));
  }

  private static boolean isCollector(String flag) {
    return COLLECTOR.matcher(flag).matches();
  }
}
