package dev.warren.bench.chaos;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * A schedule that is the same each time. In a class of its own, so that it can run beside the
 * other.
 */
class KnownChaosTest {
  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  @Test
  void losesNothing() throws Exception {
    ShortChaos.losesNothing(20_261_122, folder);
  }
}
