package dev.warren.worker.supervise;

import dev.warren.engine.depth.Depth;
import dev.warren.worker.supervise.Counters.Pair;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * How many seconds of work wait in the queues, learned from what the processes have done: the time
 * that a message of a queue takes in a lane, times the messages that wait, over the concurrency of
 * the lane. Where a queue did not become empty for a while, its real pace counts if it is slower:
 * not everything that takes time is the task itself. What was learned fades with a half-life of a
 * minute of work. Pure: the time is handed in. Not safe for concurrent use.
 */
final class WorkEstimate {
  private static final Duration HALF_LIFE = Duration.ofMinutes(1);
  private static final Duration PACE_OVER = Duration.ofSeconds(10);

  /** So few messages say nothing about a pace. */
  private static final double PACE_LEAST = 20;

  private static final double FULL = 0.95;

  private record Moment(Duration at, double done, boolean waits) {}

  private final Map<String, Counters> last = new HashMap<>();
  private final Map<Pair, Double> delivered = new HashMap<>();
  private final Map<Pair, Double> seconds = new HashMap<>();
  private final Map<String, Double> messages = new HashMap<>();
  private final Map<String, Double> done = new HashMap<>();
  private final Map<String, Deque<Moment>> paces = new HashMap<>();
  private Optional<Duration> before = Optional.empty();

  /**
   * Learns from what the processes say of themselves.
   *
   * @param told by the name of the process; those that do not answer are missing
   */
  void learn(Duration now, Map<String, Counters> told) {
    fade(before.map(now::minus).orElse(Duration.ZERO));
    before = Optional.of(now);
    last.keySet().retainAll(told.keySet());
    told.forEach(
        (process, counters) -> {
          Counters earlier = last.getOrDefault(process, Counters.NONE);
          grown(earlier.delivered(), counters.delivered()).forEach((k, v) -> add(delivered, k, v));
          grown(earlier.ran(), counters.ran()).forEach(this::learnSeconds);
          grown(earlier.acknowledged(), counters.acknowledged())
              .forEach(
                  (queue, count) -> {
                    add(messages, queue, count);
                    add(done, queue, count);
                  });
          last.put(process, counters);
        });
  }

  /**
   * What there is to do.
   *
   * @param depths the queues, as the broker tells
   * @param processes how many there are
   * @param ready how many of them take work
   * @param starting how many of them will soon
   */
  ScalingRule.Load load(
      Duration now, Map<String, Depth> depths, int processes, int ready, int starting) {
    Map<String, Double> concurrency = perProcess(Counters::concurrency);
    double busy = 0;
    double waiting = 0;
    for (Map.Entry<String, Double> lane : concurrency.entrySet()) {
      busy = Math.max(busy, total(Counters::running, lane.getKey()) / lane.getValue());
      double inLane = 0;
      for (Map.Entry<String, Depth> queue : depths.entrySet()) {
        inLane += ours(queue.getValue(), ready) * perMessage(queue.getKey(), lane.getKey());
      }
      waiting = Math.max(waiting, inLane / lane.getValue());
    }
    boolean unknown = false;
    for (Map.Entry<String, Depth> queue : depths.entrySet()) {
      double share = ours(queue.getValue(), ready);
      unknown |= share > 0 && messages.getOrDefault(queue.getKey(), 0.0) < 1e-3;
      waiting = Math.max(waiting, atItsPace(now, queue.getKey(), share) * Math.max(1, ready));
    }
    boolean full = ready > 0 && busy >= FULL * ready;
    return new ScalingRule.Load(processes, starting, waiting, busy, unknown && full);
  }

  /** Others that consume the queue will take their part of it. */
  private static double ours(Depth depth, int ready) {
    int consumers = Math.max(depth.consumers(), Math.max(1, ready));
    return depth.ready() * (double) Math.max(1, ready) / consumers;
  }

  private double perMessage(String queue, String lane) {
    double count = messages.getOrDefault(queue, 0.0);
    return count < 1e-3 ? 0 : seconds.getOrDefault(new Pair(queue, lane), 0.0) / count;
  }

  /** Seconds until so many messages are done with, if the queue has not been empty for a while. */
  private double atItsPace(Duration now, String queue, double share) {
    Deque<Moment> moments = paces.computeIfAbsent(queue, absent -> new ArrayDeque<>());
    moments.addLast(new Moment(now, done.getOrDefault(queue, 0.0), share > 0));
    while (moments.size() > 2
        && moments.stream().skip(1).findFirst().orElseThrow().at().plus(PACE_OVER).compareTo(now)
            <= 0) {
      moments.removeFirst();
    }
    Moment first = moments.getFirst();
    Duration over = now.minus(first.at());
    double count = moments.getLast().done() - first.done();
    if (over.compareTo(PACE_OVER) < 0
        || count < PACE_LEAST
        || !moments.stream().allMatch(Moment::waits)) {
      return 0;
    }
    return share / count * (over.toNanos() / 1e9);
  }

  /** A type that comes from several queues: its time belongs to them as its tasks do. */
  private void learnSeconds(Pair typeAndLane, double more) {
    String type = typeAndLane.first();
    double all = 0;
    for (Map.Entry<Pair, Double> one : delivered.entrySet()) {
      all += one.getKey().second().equals(type) ? one.getValue() : 0;
    }
    for (Map.Entry<Pair, Double> one : delivered.entrySet()) {
      if (one.getKey().second().equals(type)) {
        add(
            seconds,
            new Pair(one.getKey().first(), typeAndLane.second()),
            more * one.getValue() / all);
      }
    }
  }

  private void fade(Duration passed) {
    double left = Math.pow(0.5, (double) passed.toNanos() / HALF_LIFE.toNanos());
    // Not to nothing: what a quiet queue's tasks take is known until something newer is.
    if (messages.values().stream().mapToDouble(Double::doubleValue).sum() > 1) {
      delivered.replaceAll((key, value) -> value * left);
      seconds.replaceAll((key, value) -> value * left);
      messages.replaceAll((key, value) -> value * left);
    }
  }

  private Map<String, Double> perProcess(Function<Counters, Map<String, Double>> of) {
    Map<String, Double> mean = new HashMap<>();
    Set<String> lanes = new HashSet<>();
    last.values().forEach(one -> lanes.addAll(of.apply(one).keySet()));
    for (String lane : lanes) {
      double all = total(of, lane);
      if (all > 0) {
        mean.put(lane, all / last.size());
      }
    }
    return mean;
  }

  private double total(Function<Counters, Map<String, Double>> of, String lane) {
    Collection<Counters> all = last.values();
    return all.stream().mapToDouble(one -> of.apply(one).getOrDefault(lane, 0.0)).sum();
  }

  /** A process that was started again counts from the beginning. */
  private static <K> Map<K, Double> grown(Map<K, Double> from, Map<K, Double> to) {
    Map<K, Double> grown = new HashMap<>();
    to.forEach(
        (key, value) -> {
          double earlier = from.getOrDefault(key, 0.0);
          double more = value >= earlier ? value - earlier : value;
          if (more > 0) {
            grown.put(key, more);
          }
        });
    return grown;
  }

  private static <K> void add(Map<K, Double> to, K key, double value) {
    to.merge(key, value, Double::sum);
  }
}
