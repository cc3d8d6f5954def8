package dev.warren.worker.status;

import static org.awaitility.Awaitility.await;

import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.health.Health;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusTellerTest {
  @TempDir private Path folder;

  @Test
  void oneRoundThatFailsIsNotTheLast() {
    Path file = folder.resolve("status.json");
    AtomicInteger rounds = new AtomicInteger();
    try (StatusTeller _ =
        StatusTeller.start(
            new StatusFile(file),
            () -> {
              if (rounds.getAndIncrement() == 0) {
                throw new IllegalStateException("nothing is known yet");
              }
              return new Health(true, "", JsonCodec.json().createObjectNode());
            })) {
      await().until(() -> StatusFile.read(file).isPresent());
    }
  }
}
