package dev.warren.engine.journal;

import dev.warren.api.TaskId;
import java.time.Instant;

/**
 * An attempt that was running when its process ended.
 *
 * @param type the task type; its first 24 bytes
 */
public record InFlight(TaskId task, int generation, int attempt, Instant started, String type) {}
