package dev.warren.bench.chaos;

import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A schedule of this run's own. In a class of its own, so that it can run beside the other. */
class NewChaosTest {
  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  @Test
  void losesNothing() throws Exception {
    ShortChaos.losesNothing(ThreadLocalRandom.current().nextLong(1_000_000_000), folder);
  }
}
