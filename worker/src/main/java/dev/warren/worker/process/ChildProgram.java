package dev.warren.worker.process;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * What children of a kind are.
 *
 * @param command program and arguments, asked for at each start
 * @param load what one is told to load
 * @param startLimit how long that may take
 */
record ChildProgram(Supplier<List<String>> command, Told.Load load, Duration startLimit) {}
