package dev.warren.producer.cli;

import dev.warren.api.TaskId;
import java.time.Instant;

/**
 * One item of a {@code map} while its task is on the way; not its arguments, which would fill the
 * memory.
 *
 * @param number its place among the items of the input, from 1
 * @param order its place among the items that are submitted, from 0
 * @param line where it stands in the input, from 1
 * @param member its index in the batch, if there is one
 * @param check a short sum of the arguments
 */
record MapItem(
    int number, int order, long line, TaskId id, long member, int check, Instant submittedAt) {}
