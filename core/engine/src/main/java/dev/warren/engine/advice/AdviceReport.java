package dev.warren.engine.advice;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.engine.codec.JsonCodec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * What a process says of the types that it runs, as it stands in {@code about.advice} of a pong.
 *
 * @param cores that the process may use
 * @param left how many types are left out, as an answer must not become too large; those with the
 *     fewest attempts
 */
public record AdviceReport(int cores, List<TypeReport> types, int left) {
  /** Stands in the answer. */
  public static final String NAME = "advice";

  /** Types take part until they are so many characters of JSON. */
  static final int LARGEST = 64 * 1024;

  public AdviceReport {
    types = List.copyOf(types);
  }

  /**
   * Of those types that are asked for, or of all if none is.
   *
   * @return the one with the most attempts first
   */
  public static AdviceReport of(int cores, List<TypeReport> all, Collection<String> asked) {
    Set<String> wanted = Set.copyOf(asked);
    List<TypeReport> found =
        all.stream()
            .filter(each -> wanted.isEmpty() || wanted.contains(each.type()))
            .sorted(
                Comparator.comparingLong((TypeReport each) -> each.evidence().attempts())
                    .reversed()
                    .thenComparing(TypeReport::type))
            .toList();
    List<TypeReport> kept = new ArrayList<>();
    int size = 0;
    for (TypeReport each : found) {
      size += each.json().toString().length();
      if (size > LARGEST) {
        break;
      }
      kept.add(each);
    }
    return new AdviceReport(cores, kept, found.size() - kept.size());
  }

  public ObjectNode json() {
    ObjectNode json = JsonCodec.json().createObjectNode();
    json.put("cores", cores);
    ArrayNode told = json.putArray("types");
    types.forEach(each -> told.add(each.json()));
    json.put("left", left);
    return json;
  }

  /**
   * Reads what {@link #json} wrote.
   *
   * @throws dev.warren.api.CodecException if it is something else
   */
  public static AdviceReport read(JsonNode json) {
    List<TypeReport> types = new ArrayList<>();
    json.path("types").forEach(each -> types.add(TypeReport.read(each)));
    return new AdviceReport(json.path("cores").asInt(1), types, json.path("left").asInt());
  }
}
