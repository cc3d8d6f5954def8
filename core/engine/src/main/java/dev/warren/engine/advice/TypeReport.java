package dev.warren.engine.advice;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.api.CodecException;
import dev.warren.api.Lane;
import dev.warren.engine.codec.JsonCodec;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What a process says of one type that it runs.
 *
 * @param registered the lane of its registration
 * @param lane where it runs now
 * @param places how many attempts run at once in that lane, of whatever type
 */
public record TypeReport(
    String type, Lane registered, Lane lane, int places, Evidence evidence, Advice advice) {
  public TypeReport {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(registered, "registered");
    Objects.requireNonNull(lane, "lane");
    Objects.requireNonNull(evidence, "evidence");
    Objects.requireNonNull(advice, "advice");
  }

  /** With the advice that follows from the evidence. */
  public static TypeReport of(
      String type, Lane registered, Lane lane, int places, Evidence evidence, int cores) {
    LaneRules.Choice choice = LaneRules.choose(evidence, registered, lane);
    ConcurrencyRules.Choice many = ConcurrencyRules.choose(evidence, choice, cores, places);
    String why = many.how().isEmpty() ? choice.why() : choice.why() + "; " + many.how();
    return new TypeReport(
        type,
        registered,
        lane,
        places,
        evidence,
        new Advice(choice.lane(), many.concurrency(), why));
  }

  /** As an element of {@code about.advice.types} of a pong; what is not known is left out. */
  public ObjectNode json() {
    ObjectNode json = JsonCodec.json().createObjectNode();
    json.put("type", type);
    json.put("registered", registered.word());
    json.put("lane", lane.word());
    json.put("places", places);
    json.put("failed", evidence.endings().failed());
    json.put("stuck", evidence.endings().stuck());
    json.put("crashed", evidence.endings().crashed());
    json.put("busy", Math.round(evidence.busy() * 1_000) / 1_000.0);
    json.put("measured", evidence.measured());
    evidence.cpuShare().ifPresent(share -> json.put("cpuShare", Math.round(share * 1e4) / 1e4));
    evidence.allocated().ifPresent(bytes -> json.put("allocated", bytes));
    evidence.resident().ifPresent(bytes -> json.put("resident", bytes));
    json.set("durations", evidence.durations().json());
    json.putObject("advice")
        .put("lane", advice.lane().word())
        .put("concurrency", advice.concurrency())
        .put("why", advice.why());
    return json;
  }

  /**
   * Reads what {@link #json} wrote.
   *
   * @throws CodecException if it is something else, or of a lane that is not known here
   */
  public static TypeReport read(JsonNode json) {
    JsonNode advice = json.path("advice");
    return new TypeReport(
        json.path("type").asText(),
        lane(json.path("registered")),
        lane(json.path("lane")),
        json.path("places").asInt(),
        new Evidence(
            DurationCounts.read(json.path("durations")),
            new Evidence.Endings(
                json.path("failed").asLong(),
                json.path("stuck").asLong(),
                json.path("crashed").asLong()),
            json.path("busy").asDouble(),
            json.path("measured").asLong(),
            json.path("cpuShare").isNumber()
                ? OptionalDouble.of(json.path("cpuShare").asDouble())
                : OptionalDouble.empty(),
            bytes(json.path("allocated")),
            bytes(json.path("resident"))),
        new Advice(
            lane(advice.path("lane")),
            advice.path("concurrency").asInt(),
            advice.path("why").asText()));
  }

  private static OptionalLong bytes(JsonNode number) {
    return number.isIntegralNumber() ? OptionalLong.of(number.asLong()) : OptionalLong.empty();
  }

  private static Lane lane(JsonNode word) {
    try {
      return Lane.valueOf(word.asText().toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException unknown) {
      throw new CodecException("there is no lane '" + word.asText() + "'", unknown);
    }
  }
}
