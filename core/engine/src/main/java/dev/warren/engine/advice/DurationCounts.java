package dev.warren.engine.advice;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.warren.engine.codec.JsonCodec;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How many attempts took how long: counts by the number of their bucket, of one process or of
 * several together. As JSON it is {@code [[bucket, count], …]}.
 */
public record DurationCounts(SortedMap<Integer, Long> byBucket) {
  public static final DurationCounts NONE = new DurationCounts(new TreeMap<>());

  public DurationCounts {
    byBucket = new TreeMap<>(byBucket);
  }

  static DurationCounts of(DurationBuckets buckets) {
    return new DurationCounts(new TreeMap<>(buckets.counts()));
  }

  public long count() {
    return byBucket.values().stream().mapToLong(Long::longValue).sum();
  }

  /** All of them together, to about 6 %. */
  public Duration total() {
    Duration total = Duration.ZERO;
    for (Map.Entry<Integer, Long> each : byBucket.entrySet()) {
      total = total.plus(middle(each.getKey()).multipliedBy(each.getValue()));
    }
    return total;
  }

  /**
   * So many percent took no longer than this, to about 6 %: the middle of the bucket. Zero if
   * nothing was counted.
   */
  public Duration percentile(double percent) {
    long rank = Math.max(1, (long) Math.ceil(count() * percent / 100));
    long seen = 0;
    for (Map.Entry<Integer, Long> each : byBucket.entrySet()) {
      seen += each.getValue();
      if (seen >= rank) {
        return middle(each.getKey());
      }
    }
    return Duration.ZERO;
  }

  private static Duration middle(int bucket) {
    return DurationBuckets.begin(bucket).plus(DurationBuckets.begin(bucket + 1)).dividedBy(2);
  }

  /** These and others. */
  public DurationCounts with(DurationCounts others) {
    SortedMap<Integer, Long> all = new TreeMap<>(byBucket);
    others.byBucket.forEach((bucket, count) -> all.merge(bucket, count, Long::sum));
    return new DurationCounts(all);
  }

  ArrayNode json() {
    ArrayNode json = JsonCodec.json().createArrayNode();
    byBucket.forEach((bucket, count) -> json.addArray().add(bucket).add(count));
    return json;
  }

  /** What makes no sense is left out. */
  static DurationCounts read(JsonNode json) {
    SortedMap<Integer, Long> counts = new TreeMap<>();
    for (JsonNode each : json) {
      int bucket = each.path(0).asInt(-1);
      long count = each.path(1).asLong();
      if (bucket >= 0 && bucket < DurationBuckets.MOST && count > 0) {
        counts.merge(bucket, count, Long::sum);
      }
    }
    return new DurationCounts(counts);
  }
}
