package dev.warren.engine.advice;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.api.Lane;
import dev.warren.engine.codec.JsonCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToLongFunction;

/**
 * What all processes of a fleet together say of one type.
 *
 * @param processes how many run it
 * @param lanes where it runs now
 * @param auto whether a registration leaves that to the worker
 * @param evidence of all of them: {@code busy} is that of the busiest process
 * @param advice of the process that has measured the most attempts; its concurrency is that of one
 *     process
 */
public record FleetAdvice(
    String type,
    int processes,
    SortedSet<Lane> lanes,
    boolean auto,
    Evidence evidence,
    Advice advice) {
  public FleetAdvice {
    lanes = new TreeSet<>(lanes);
  }

  /** One for each type, that which took the most time first. */
  public static List<FleetAdvice> of(Collection<AdviceReport> reports) {
    Map<String, List<TypeReport>> byType = new TreeMap<>();
    for (AdviceReport report : reports) {
      for (TypeReport each : report.types()) {
        byType.computeIfAbsent(each.type(), type -> new ArrayList<>()).add(each);
      }
    }
    return byType.values().stream()
        .map(FleetAdvice::merged)
        .sorted(
            Comparator.comparing((FleetAdvice each) -> each.evidence().durations().total())
                .reversed()
                .thenComparing(FleetAdvice::type))
        .toList();
  }

  private static FleetAdvice merged(List<TypeReport> all) {
    TypeReport best = all.getFirst();
    SortedSet<Lane> lanes = new TreeSet<>();
    for (TypeReport each : all) {
      lanes.add(each.lane());
      if (each.evidence().measured() > best.evidence().measured()) {
        best = each;
      }
    }
    return new FleetAdvice(
        best.type(),
        all.size(),
        lanes,
        all.stream().anyMatch(each -> each.registered() == Lane.AUTO),
        evidence(all),
        advice(best, all));
  }

  /** Where not all think so, that is said. */
  private static Advice advice(TypeReport best, List<TypeReport> all) {
    Advice advice = best.advice();
    List<TypeReport> sure =
        all.stream().filter(each -> each.evidence().measured() >= LaneRules.ENOUGH).toList();
    long agree = sure.stream().filter(each -> each.advice().lane() == advice.lane()).count();
    return agree == sure.size()
        ? advice
        : new Advice(
            advice.lane(),
            advice.concurrency(),
            "%s; %d of %d processes come to this".formatted(advice.why(), agree, sure.size()));
  }

  private static Evidence evidence(List<TypeReport> all) {
    List<Evidence> each = all.stream().map(TypeReport::evidence).toList();
    return new Evidence(
        each.stream().map(Evidence::durations).reduce(DurationCounts.NONE, DurationCounts::with),
        new Evidence.Endings(
            sum(each, one -> one.endings().failed()),
            sum(each, one -> one.endings().stuck()),
            sum(each, one -> one.endings().crashed())),
        each.stream().mapToDouble(Evidence::busy).max().orElse(0),
        sum(each, Evidence::measured),
        cpuShare(each),
        allocated(each),
        each.stream().flatMapToLong(one -> one.resident().stream()).max());
  }

  private static long sum(List<Evidence> all, ToLongFunction<Evidence> of) {
    return all.stream().mapToLong(of).sum();
  }

  /** Each process weighs as much as its attempts took. */
  private static OptionalDouble cpuShare(List<Evidence> all) {
    double weight = 0;
    double sum = 0;
    for (Evidence each : all) {
      if (each.cpuShare().isPresent()) {
        double own = each.durations().total().toNanos() + 1.0;
        weight += own;
        sum += own * each.cpuShare().getAsDouble();
      }
    }
    return weight > 0 ? OptionalDouble.of(sum / weight) : OptionalDouble.empty();
  }

  private static OptionalLong allocated(List<Evidence> all) {
    double weight = 0;
    double sum = 0;
    for (Evidence each : all) {
      if (each.allocated().isPresent()) {
        weight += each.attempts();
        sum += (double) each.attempts() * each.allocated().getAsLong();
      }
    }
    return weight > 0 ? OptionalLong.of(Math.round(sum / weight)) : OptionalLong.empty();
  }

  /** For programs; what is not known is left out. Durations are in milliseconds. */
  public ObjectNode json() {
    ObjectNode json = JsonCodec.json().createObjectNode();
    json.put("type", type);
    json.put("processes", processes);
    json.put("attempts", evidence.attempts());
    json.put("failed", evidence.endings().failed());
    json.put("stuck", evidence.endings().stuck());
    json.put("crashed", evidence.endings().crashed());
    json.put("measured", evidence.measured());
    evidence
        .cpuShare()
        .ifPresent(
            share -> json.put("cpu_share", round(share)).put("wait_share", round(waits(share))));
    for (double percent : new double[] {50, 95, 99}) {
      if (evidence.attempts() > 0) {
        json.put("p%.0f_ms".formatted(percent), millis(evidence.durations().percentile(percent)));
      }
    }
    evidence.allocated().ifPresent(bytes -> json.put("allocated_bytes", bytes));
    evidence.resident().ifPresent(bytes -> json.put("resident_bytes", bytes));
    json.put("busy", round(evidence.busy()));
    ArrayNode now = json.putArray("lanes");
    lanes.forEach(lane -> now.add(lane.word()));
    json.put("auto", auto);
    json.put("best_lane", advice.lane().word());
    json.put("best_concurrency", advice.concurrency());
    json.put("why", advice.why());
    return json;
  }

  /** The share of its time in which an attempt does not compute. */
  public static double waits(double cpuShare) {
    return Math.max(0, 1 - cpuShare);
  }

  private static double round(double share) {
    return Math.round(share * 1e4) / 1e4;
  }

  private static double millis(Duration duration) {
    return Math.round(duration.toNanos() / 1e3) / 1e3;
  }

  /** Words for where it runs: {@code virtual}, or {@code threads, virtual (auto)}. */
  public String lanesText() {
    String words = String.join(", ", lanes.stream().map(Lane::word).toList());
    return auto ? words + " (auto)" : words;
  }
}
