package dev.warren.producer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.wire.OutcomeEvent;

/** A result as one line of JSON, or a text in it as it is. */
final class ResultText {
  private ResultText() {}

  /**
   * The result's JSON without line breaks, which a worker in another language may have put in. They
   * are white space there: a text writes its own as an escape.
   */
  static byte[] line(OutcomeEvent outcome) {
    byte[] line = (outcome.result() == null ? JsonText.NULL : outcome.result()).bytes().clone();
    for (int i = 0; i < line.length; i++) {
      if (line[i] == '\n' || line[i] == '\r') {
        line[i] = ' ';
      }
    }
    return line;
  }

  /**
   * A text of the result, with a line end if it has none, so that two never stand on one line;
   * nothing if it is empty, null or not there. What is no text is one line of JSON.
   */
  static byte[] field(OutcomeEvent outcome, String name) {
    JsonText result = outcome.result() == null ? JsonText.NULL : outcome.result();
    JsonNode value = JsonCodec.tree(result, "result of task " + outcome.task()).path(name);
    if (value.isNull() || value.isMissingNode()) {
      return new byte[0];
    }
    String text = value.isTextual() ? value.asText() : value.toString();
    return (text.isEmpty() || text.endsWith("\n") ? text : text + "\n").getBytes(UTF_8);
  }
}
