package dev.warren.worker.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class OwnGroupTest {
  private static final String HOST =
      """
      24 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
      35 24 0:30 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate
      """;

  private static final String MIXED =
      """
      34 31 0:35 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
      41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
      """;

  @Test
  void theGroupOfAServiceIsBelowTheMount() {
    assertThat(OwnGroup.folder("0::/system.slice/warren-worker@8078.service\n", HOST))
        .hasValue(Path.of("/sys/fs/cgroup/system.slice/warren-worker@8078.service"));
  }

  @Test
  void theGroupOfAContainerIsTheMount() {
    assertThat(OwnGroup.folder("0::/\n", HOST)).hasValue(Path.of("/sys/fs/cgroup"));
  }

  @Test
  void aMountOfAPartIsLeftOutOfThePath() {
    String part = "35 24 0:30 /pods/one /sys/fs/cg\\040roup rw - cgroup2 cgroup2 rw";

    assertThat(OwnGroup.folder("0::/pods/one/worker", part))
        .hasValue(Path.of("/sys/fs/cg roup/worker"));
    assertThat(OwnGroup.folder("0::/pods/two/worker", part)).isEmpty();
  }

  @Test
  void aGroupOutsideOfTheNamespaceIsNotSeen() {
    assertThat(OwnGroup.folder("0::/../other", HOST)).isEmpty();
  }

  @Test
  void controllersOfVersionOneAreNotLookedAt() {
    assertThat(OwnGroup.folder("4:memory:/some\n0::/\n", MIXED))
        .hasValue(Path.of("/sys/fs/cgroup/unified"));
    assertThat(OwnGroup.folder("4:memory:/some\n", MIXED)).isEmpty();
    assertThat(OwnGroup.folder("0::/\n", MIXED.lines().findFirst().orElseThrow())).isEmpty();
  }
}
