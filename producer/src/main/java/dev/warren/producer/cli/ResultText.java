package dev.warren.producer.cli;

import dev.warren.engine.codec.JsonText;
import dev.warren.engine.wire.OutcomeEvent;

/** A result as one line. */
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
}
