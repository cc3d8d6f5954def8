package dev.warren.worker.supervise;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Joins the metrics of several processes into one Prometheus text. The format wants all samples of
 * a family together under one heading; the samples already carry the label {@code process}.
 *
 * @see <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">the text format</a>
 */
final class MetricsUnion {
  private static final class Family {
    private final List<String> heading = new ArrayList<>();
    private final List<String> samples = new ArrayList<>();
  }

  private final Map<String, Family> families = new LinkedHashMap<>();

  /** Adds the text of one process. */
  void add(String text) {
    Family current = null;
    for (String line : text.lines().toList()) {
      if (line.startsWith("# HELP ") || line.startsWith("# TYPE ")) {
        String name = line.split(" ", 4)[2];
        current = families.computeIfAbsent(name, absent -> new Family());
        String kind = line.substring(0, 7);
        if (current.heading.stream().noneMatch(known -> known.startsWith(kind))) {
          current.heading.add(line);
        }
      } else if (!line.isBlank() && !line.startsWith("#")) {
        if (current == null) {
          String name = line.split("[{ ]", 2)[0];
          families.computeIfAbsent(name, absent -> new Family()).samples.add(line);
        } else {
          current.samples.add(line);
        }
      }
    }
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Family family : families.values()) {
      family.heading.forEach(line -> text.append(line).append('\n'));
      family.samples.forEach(line -> text.append(line).append('\n'));
    }
    return text.toString();
  }
}
