package dev.warren.producer.cli;

import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.wire.OutcomeEvent;

/** A result as one line. */
final class ResultText {
  private ResultText() {}

  /** The result's JSON without line breaks, which a worker in another language may have put in. */
  static byte[] line(OutcomeEvent outcome) {
    JsonText result = outcome.result() == null ? JsonText.NULL : outcome.result();
    for (byte at : result.bytes()) {
      if (at == '\n' || at == '\r') {
        return JsonCodec.write(JsonCodec.tree(result, "the result"), "the result").bytes();
      }
    }
    return result.bytes();
  }
}
