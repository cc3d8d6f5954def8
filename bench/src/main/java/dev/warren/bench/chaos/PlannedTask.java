package dev.warren.bench.chaos;

import dev.warren.api.TaskId;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A task of the load.
 *
 * @param batch the batch it is a member of; null if it is on its own
 * @param batchIndex which member it is
 * @param delay from submission to the earliest start; zero for none
 * @param expiry from submission; zero for none
 * @param cancelAfter from the confirm; zero for never
 */
record PlannedTask(
    TaskId id,
    TaskKind kind,
    ChaosTasks.Work work,
    @Nullable String batch,
    long batchIndex,
    Duration delay,
    Duration expiry,
    Duration cancelAfter) {}
