package dev.warren.engine.delivery;

import java.time.Duration;

/**
 * How a drain went.
 *
 * @param returned deliveries given back unstarted
 * @param interrupted deliveries given back although their attempts still ran
 * @param took from the start of the drain to its end
 */
public record DrainReport(int returned, int interrupted, Duration took) {}
