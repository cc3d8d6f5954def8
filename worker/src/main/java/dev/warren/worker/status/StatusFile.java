package dev.warren.worker.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.api.CodecException;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file in which a running worker program tells every second or two how it is, as a JSON object:
 * whole or not at all. A file that cannot be written is no reason to stop.
 */
public final class StatusFile {
  private static final Logger LOG = LoggerFactory.getLogger(StatusFile.class);

  private final Path file;
  private final Instant since = Instant.now();
  private boolean told;

  public StatusFile(Path file) {
    this.file = file;
  }

  /** Writes how it is now, with the process id and times added. Called by one thread. */
  public void write(ObjectNode status) {
    status.put("pid", ProcessHandle.current().pid());
    status.put("since", since.toEpochMilli());
    status.put("at", System.currentTimeMillis());
    Path partial = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.writeString(partial, JsonCodec.write(status, "a status") + "\n");
      Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException failed) {
      if (!told) {
        LOG.warn("{} cannot be written: {}", file, failed.toString());
      }
      told = true;
    }
  }

  /** What a program has told last; empty if nothing. */
  static Optional<JsonNode> read(Path file) {
    try {
      return Optional.of(JsonCodec.tree(JsonText.of(Files.readString(file)), file.toString()));
    } catch (IOException | CodecException none) {
      LOG.debug("{} tells nothing: {}", file, none.getMessage());
      return Optional.empty();
    }
  }
}
