package dev.warren.worker.supervise;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the metrics of a process say of its work since its start.
 *
 * @param delivered tasks that came, by queue and type
 * @param ran seconds that attempts took, by type and lane
 * @param acknowledged messages that are done with, by queue
 * @param running attempts that run now, by lane
 * @param concurrency attempts that run at once at most, by lane
 */
record Counters(
    Map<Pair, Double> delivered,
    Map<Pair, Double> ran,
    Map<String, Double> acknowledged,
    Map<String, Double> running,
    Map<String, Double> concurrency) {
  private static final Pattern SAMPLE =
      Pattern.compile("(warren_[a-z_]+)\\{(.*)\\} ([-+0-9.eE]+|NaN)(?: \\d+)?");
  private static final Pattern LABEL =
      Pattern.compile("([A-Za-z_]\\w*)=\"((?:[^\"\\\\]|\\\\.)*)\"");

  /** Two labels. */
  record Pair(String first, String second) {}

  /** Nothing yet. */
  static final Counters NONE = new Counters(Map.of(), Map.of(), Map.of(), Map.of(), Map.of());

  /** Reads the text of {@code /metrics}; what it does not know it passes over. */
  static Counters parse(String text) {
    Counters all =
        new Counters(
            new HashMap<>(), new HashMap<>(), new HashMap<>(), new HashMap<>(), new HashMap<>());
    text.lines().filter(line -> line.startsWith("warren_")).forEach(all::add);
    return all;
  }

  private void add(String line) {
    Matcher sample = SAMPLE.matcher(line);
    if (!sample.matches()) {
      return;
    }
    double value = Double.parseDouble(sample.group(3));
    switch (sample.group(1)) {
      case "warren_deliveries_total" -> add(delivered, pair(sample, "queue", "type"), value);
      case "warren_attempt_ran_seconds_sum" -> add(ran, pair(sample, "type", "lane"), value);
      case "warren_deliveries_acknowledged_total" ->
          add(acknowledged, label(sample, "queue"), value);
      case "warren_lane_running" -> add(running, label(sample, "lane"), value);
      case "warren_lane_concurrency" -> add(concurrency, label(sample, "lane"), value);
      default -> {
        // Of no use here.
      }
    }
  }

  private static Pair pair(Matcher sample, String first, String second) {
    return new Pair(label(sample, first), label(sample, second));
  }

  private static String label(Matcher sample, String name) {
    Matcher label = LABEL.matcher(sample.group(2));
    while (label.find()) {
      if (label.group(1).equals(name)) {
        return label.group(2);
      }
    }
    return "";
  }

  private static <K> void add(Map<K, Double> to, K key, double value) {
    to.merge(key, value, Double::sum);
  }
}
