package dev.warren.worker.process;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What children of a kind are.
 *
 * @param command program and arguments, asked for at each start
 * @param load what one is told to load
 * @param startLimit how long that may take
 * @param groups with a memory limit, one for each; null for none
 */
record ChildProgram(
    Supplier<List<String>> command,
    Told.Load load,
    Duration startLimit,
    @Nullable MemoryGroups groups) {
  /** A group for a child that is to be started; null if they have none. */
  @Nullable MemoryGroup newGroup() throws IOException {
    return groups == null ? null : groups.next();
  }
}
