package dev.warren.bench.peers;

/**
 * What a client tells of one run.
 *
 * @param completed tasks whose result came back, or that were done where none comes back
 * @param seconds from the start to the last completion
 * @param lost tasks of which nothing was heard
 */
record Measured(long completed, double seconds, long failed, long lost) {}
