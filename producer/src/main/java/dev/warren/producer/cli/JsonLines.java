package dev.warren.producer.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.engine.codec.JsonCodec;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/** Writes one JSON object per line, and notices when nobody reads them any more. */
final class JsonLines implements AutoCloseable {
  private static final int BUFFER = 64 << 10;

  private final OutputStream out;

  JsonLines(Cli cli) {
    this.out = new BufferedOutputStream(cli.surroundings().out(), BUFFER);
  }

  /** Writes a line. */
  void write(JsonNode node) {
    try {
      out.write(JsonCodec.write(node, "a line").bytes());
      out.write('\n');
    } catch (IOException closed) {
      throw new UncheckedIOException(closed);
    }
  }

  @Override
  public void close() throws IOException {
    out.flush();
  }
}
