package dev.warren.worker.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.api.ConfigurationException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In a folder with the files that the kernel would have there. */
class MemoryGroupsTest {
  private static final long LIMIT = 512L << 20;

  /** No kernel gives a number as large to a process. */
  private static final String GONE = "999999999";

  private final ProcessHandle self = ProcessHandle.current();

  @TempDir private Path folder;
  private Path unit;

  @BeforeEach
  void prepare() throws IOException {
    unit = Files.createDirectories(folder.resolve("fs/warren.service"));
    Files.writeString(
        folder.resolve("mountinfo"),
        "35 24 0:30 / " + folder.resolve("fs") + " rw - cgroup2 cgroup2 rw\n");
    isIn("/warren.service");
    write("cgroup.controllers", "cpu memory pids\n");
    write("cgroup.subtree_control", "");
    write("cgroup.procs", self.pid() + "\n");
  }

  private void isIn(String group) throws IOException {
    Files.writeString(folder.resolve("cgroup"), "0::" + group + "\n");
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(unit.resolve(file), text);
  }

  private String read(String file) throws IOException {
    return Files.readString(unit.resolve(file));
  }

  private MemoryGroups open() {
    return MemoryGroups.open(folder, self, LIMIT);
  }

  private void assertRefused(String... reasons) {
    assertThatThrownBy(this::open)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContainingAll(reasons)
        .hasMessageContainingAll("worker.child-memory-limit", "Delegate=memory");
  }

  @Test
  void theWorkerMakesRoomAndEachChildGetsALimitedGroup() throws IOException {
    MemoryGroups groups = open();
    groups.next();
    groups.next();

    assertThat(read("warren-worker-" + self.pid() + "/cgroup.procs"))
        .isEqualTo(String.valueOf(self.pid()));
    assertThat(read("cgroup.subtree_control")).isEqualTo("+memory");
    assertThat(unit.toFile().list((_, name) -> name.startsWith("warren-child-" + self.pid())))
        .hasSizeGreaterThanOrEqualTo(2)
        .allSatisfy(
            name -> assertThat(read(name + "/memory.max")).isEqualTo(String.valueOf(LIMIT)));
  }

  @Test
  void aProcessOfASupervisorMakesGroupsBesideItsOwn() throws IOException {
    isIn("/warren.service/warren-worker-1");
    write("cgroup.procs", "");
    write("cgroup.subtree_control", "memory\n");

    open().next();

    assertThat(unit.resolve("warren-worker-" + self.pid())).doesNotExist();
    assertThat(read("cgroup.subtree_control")).isEqualTo("memory\n");
    assertThat(unit.resolve("warren-child-" + self.pid() + "-1")).isDirectory();
  }

  @Test
  void withoutAGroupOfItsOwnItIsRefused() throws IOException {
    Files.writeString(folder.resolve("cgroup"), "4:memory:/some\n");
    assertRefused("no control group");
    Files.delete(folder.resolve("cgroup"));
    assertRefused("no control groups", "NoSuchFile");
  }

  @Test
  void withoutTheMemoryControllerItIsRefused() throws IOException {
    write("cgroup.controllers", "cpu pids\n");

    assertRefused(unit.toString(), "cpu, pids");
    assertThat(unit.resolve("warren-worker-" + self.pid())).doesNotExist();
  }

  @Test
  void besideStrangersItIsRefusedAndNobodyIsMoved() throws IOException {
    write("cgroup.procs", self.pid() + "\n1\n");

    assertRefused("1 other processes", unit.toString());
    assertThat(unit.resolve("warren-worker-" + self.pid())).doesNotExist();
  }

  @Test
  void whatCannotBeChangedIsRefused() throws IOException {
    Files.delete(unit.resolve("cgroup.subtree_control"));
    Files.createDirectory(unit.resolve("cgroup.subtree_control"));

    assertRefused("cgroup.subtree_control");
  }

  @Test
  void groupsOfWorkersThatAreGoneAreRemoved() throws IOException {
    Path leftByChild = Files.createDirectory(unit.resolve("warren-child-" + GONE + "-7"));
    Path leftByWorker = Files.createDirectory(unit.resolve("warren-worker-" + GONE));
    Path ofOthers = Files.createDirectory(unit.resolve("other-" + GONE));
    Path inUse = Files.createDirectory(unit.resolve("warren-child-" + self.pid() + "-700"));

    open();

    assertThat(leftByChild).doesNotExist();
    assertThat(leftByWorker).doesNotExist();
    assertThat(ofOthers).exists();
    assertThat(inUse).exists();
  }

  @Test
  void aProgramEntersItsGroupBeforeItStarts() throws IOException, InterruptedException {
    MemoryGroup group = MemoryGroup.create(unit.resolve("one"), LIMIT);

    Process echo = new ProcessBuilder(group.entering(List.of("/bin/echo", "a  b", "$0"))).start();

    assertThat(new String(echo.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .isEqualTo("a  b $0\n");
    assertThat(echo.waitFor()).isZero();
    assertThat(read("one/cgroup.procs")).isEqualTo("0\n");
  }

  @Test
  void itTellsWhetherTheSystemEndedItForItsMemory() throws IOException {
    MemoryGroup group = MemoryGroup.create(unit.resolve("one"), LIMIT);
    assertThat(group.outOfMemory()).isEmpty();

    write("one/memory.events", "low 0\nmax 9\noom 1\noom_kill 0\noom_group_kill 0\n");
    assertThat(group.outOfMemory()).isEmpty();
    write("one/memory.events", "low 0\nmax 0\noom 0\noom_kill 1\noom_group_kill 0\n");
    assertThat(group.outOfMemory().orElseThrow()).contains("the whole worker or machine");
    write("one/memory.events", "low 0\nmax 9\noom 1\noom_kill 2\noom_group_kill 1\n");
    assertThat(group.outOfMemory().orElseThrow()).contains("512MiB", "worker.child-memory-limit");

    Files.delete(unit.resolve("one/memory.events"));
    assertThat(group.outOfMemory().orElseThrow()).contains("512MiB");
  }

  @Test
  void whatIsLeftInAGroupEndsWithIt() throws IOException {
    MemoryGroup group = MemoryGroup.create(unit.resolve("one"), LIMIT);
    Process left = new ProcessBuilder("sleep", "600").start();
    write("one/cgroup.procs", left.pid() + "\n");

    group.clear();

    assertThat(left.toHandle().onExit()).succeedsWithin(Duration.ofSeconds(30));
  }

  @Test
  void aLimitThatAHeapWouldFillIsRefused() {
    ProcessSettings settings = ProcessSettings.of(1);

    assertThatThrownBy(() -> settings.withMemoryLimit(ProcessSettings.DEFAULT_HEAP))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContainingAll("256MiB", "worker.child-heap");
  }
}
